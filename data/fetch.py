"""Get a corpus: download or take local files, convert, split without leaks, write.

A folder given with `--from` may hold the published files (names in data/sources.py) or the collected ones
(`NAME.jsonl`, `NAME.jsonl.xz`, for `text` the `.txt.xz` files). Without it the published files are downloaded.
"""

from __future__ import annotations

import lzma
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from ausblick.bundle import digest
from data import layer, leaks, standoff
from data.convert import adhoc, cofun, germeval, pud, running_text, shared, smartdata
from data.corpus import Item, write_corpus
from data.sources import ARCHIVES, COLLECTED, ORIGINALS, TEXT_FILES, Original

HERE = Path(__file__).parent
LABELS = HERE / "adhoc" / "labels.jsonl"
CORPORA = tuple(ORIGINALS)
Say = Callable[[str], None]


class FetchError(Exception):
    """What went wrong with which file or address, and what to do."""


# ---- files

def check(path: Path, size: int | None, sha256: str | None, say: Say) -> None:
    """Compare a file with its record; where none is recorded, print what it has. Raises FetchError."""
    got_size, got = path.stat().st_size, digest(path)
    if size is not None and size != got_size:
        raise FetchError(f"{path}: {got_size} bytes, expected {size}; fetch it again or update data/sources.py")
    if sha256 is not None and sha256 != got:
        raise FetchError(f"{path}: SHA-256 {got}, expected {sha256}; fetch it again or update data/sources.py")
    if sha256 is None:
        say(f"{path.name}: {got_size} bytes, SHA-256 {got} (no digest recorded yet; check it, then add it to "
            "data/sources.py)")


def download(url: str, path: Path, say: Say) -> None:
    """Download to `path` in one step. Raises FetchError with the address and the cause."""
    if not url.startswith("https://"):
        raise FetchError(f"{url}: only https addresses are fetched")
    say(f"fetching {url}")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        with urllib.request.urlopen(url, timeout=60) as answer, part.open("wb") as out:
            shutil.copyfileobj(answer, out)
    except (urllib.error.URLError, OSError, ValueError) as error:
        part.unlink(missing_ok=True)
        raise FetchError(f"{url}: {error}; download it by hand into a folder and give it with --from") from error
    part.replace(path)


def _originals(name: str, folder: Path | None, out: Path, say: Say) -> dict[str, Path]:
    """The published files by their names: local ones, or downloaded into `out`/originals/NAME."""
    files: dict[str, Path] = {}
    missing: list[Original] = []
    for original in ORIGINALS[name]:
        path = (folder or out / "originals" / name) / original.file
        if not path.exists():
            if folder:
                missing.append(original)
                continue
            download(original.url, path, say)
        check(path, original.size, original.sha256, say)
        files[original.file] = path
    if missing:
        wanted = "\n".join(f"  {o.file}  from  {o.url}" for o in missing)
        raise FetchError(f"{folder}: neither {name}.jsonl nor {name}.jsonl.xz, and of the published files these are "
                         f"missing:\n{wanted}")
    return files


def _collected(folder: Path | None, file: str, say: Say) -> Path | None:
    path = folder / file if folder else None
    if path is None or not path.exists():
        return None
    size, sha256 = COLLECTED.get(file, (None, None))
    if sha256 is not None and digest(path) != sha256:
        say(f"{file}: not the collected file whose digest is recorded; its lines are checked one by one all the same")
    elif size is not None:
        say(f"{file}: {size} bytes, SHA-256 as recorded")
    return path


# ---- corpora

def _convert(name: str, files: dict[str, Path]) -> list[Item]:
    if name == "smartdata":
        return list(smartdata.read([files["v1-train.jsonl.gz"], files["v1-test.jsonl.gz"]],
                                   {split: files[f"v2-{split}.jsonl.gz"] for split in ("train", "dev", "test")}))
    if name == "germeval14":
        return [*germeval.read(files["train_bioes.train"], "train"), *germeval.read(files["NER-de-dev.tsv"], "dev"),
                *germeval.read(files["NER-de-test.tsv"], "test")]
    if name == "cofun":
        return list(cofun.read(files["CO-Fun-1.0-anonymized.jsonl"], {
            "train": files["train_indices.txt"], "dev": files["valid_indices.txt"], "test": files["test_indices.txt"]}))
    return list(pud.read(files["de_pud-ud-test.iob2"]))


def _clean(name: str, items: list[Item], say: Say) -> list[Item]:
    """No near-duplicates across splits: see the datasheets for why CO-Fun is treated in its own way."""
    if name in ("smartdata", "germeval14"):
        kept, dropped = leaks.drop(items)
        say(f"{name}: dropped " + ", ".join(f"{count} of {split}" for split, count in dropped.items() if count)
            + " as near-duplicates of a later split")
        return kept
    if name == "cofun":
        kept, moved = leaks.gather(items)
        say(f"{name}: gave {moved} items of dev and test the split of their near-duplicates")
        return kept
    return items


def _layered(name: str, items: list[Item], say: Say) -> list[Item]:
    """The items with the outlook that this project labelled on them, where it did."""
    path = HERE / name / "outlook.jsonl"
    if not path.exists():
        return items
    joined, missed = layer.join(path, items)
    for line in missed[:20]:
        say(f"{line}; it stays without an outlook")
    count = sum("outlook" in item.covers for item in joined)
    say(f"{name}: outlook of {count} articles joined, {len(missed)} not")
    return joined


def corpus(name: str, folder: Path | None, out: Path, say: Say) -> Path:
    """Fetch one labelled corpus and write `out`/NAME.jsonl.

    Raises FetchError (files, addresses, digests) and ValueError (`file:line` of what cannot be converted).
    """
    ready = _collected(folder, f"{name}.jsonl", say) or _collected(folder, f"{name}.jsonl.xz", say)
    if name == "adhoc":
        texts = adhoc.corpus_texts(ready) if ready else adhoc.texts(_originals(name, folder, out, say)["test.json"])
        items = standoff.join(LABELS, texts, "adhoc")
    else:
        items = list(shared.read(ready)) if ready else _convert(name, _originals(name, folder, out, say))
        items = _layered(name, _clean(name, items, say), say)
    path = out / f"{name}.jsonl"
    count = write_corpus(path, items)
    say(f"{path}: {count} items")
    return path


def text(folder: Path | None, out: Path, say: Say) -> list[Path]:
    """Fetch the pretraining text: `out`/*.txt.xz. Raises FetchError and ValueError as `corpus` does."""
    out.mkdir(parents=True, exist_ok=True)
    if folder:
        missing = [file for file in TEXT_FILES if not (folder / file).exists()]
        if missing:
            raise FetchError(f"{folder}: {', '.join(missing)} missing; or leave --from out to download the originals")
        for file in TEXT_FILES:
            check(folder / file, *COLLECTED[file], say)
            if not (out / file).exists() or digest(out / file) != COLLECTED[file][1]:
                (out / file).unlink(missing_ok=True)
                shutil.copyfile(folder / file, out / file)
            say(f"{out / file}: SHA-256 as recorded")
        return [out / file for file in TEXT_FILES]
    return [_text_file(file, out, say) for file in TEXT_FILES]


def _text_file(file: str, out: Path, say: Say) -> Path:
    seen: set[str] = set()
    part = out / (file + ".part")
    with lzma.open(part, "wt", encoding="utf8") as lines:
        for archive in (a for a in ARCHIVES if f"{a.name}.txt.xz" == file):
            local = out / "originals" / f"{archive.repository.replace('/', '--')}-{archive.commit}.zip"
            if not local.exists():
                download(archive.url, local, say)
                check(local, None, None, say)
            lines.writelines(line + "\n" for line in running_text.read(local, archive.pattern, archive.form, seen))
    part.replace(out / file)
    say(f"{out / file}: {len(seen)} lines")
    return out / file
