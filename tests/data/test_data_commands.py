import io
import json
import lzma
import urllib.error
from pathlib import Path
from typing import Any

import pytest

from ausblick.bundle import digest
from data import fetch, sources
from data.__main__ import main
from data.corpus import read_corpus

TEXT = "Die Wagner AG wächst um 4 Prozent."
LINE = {"id": "smartdata-0", "source": "smartdata", "split": "train", "covers": ["ORG"], "text": TEXT,
        "sentences": [{"start": 0, "end": len(TEXT)}], "entities": [{"start": 4, "end": 13, "label": "ORG"}]}


def corpus_file(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf8")
    return path


def test_fetch_takes_a_collected_file_and_drops_what_leaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = "".join(json.dumps(LINE | {"id": f"s-{s}", "split": s}) + "\n" for s in ("train", "dev", "test"))
    (tmp_path / "smartdata.jsonl.xz").write_bytes(lzma.compress(raw.encode()))
    assert main(["fetch", "smartdata", "--from", str(tmp_path), "-o", str(tmp_path / "out")]) == 0
    assert [item.article.id for item in read_corpus(tmp_path / "out" / "smartdata.jsonl")] == ["s-test"]
    said = capsys.readouterr().err
    assert "dropped 1 of train, 1 of dev" in said
    assert "not the collected file whose digest is recorded" in said


def test_fetch_takes_the_published_files_and_prints_unrecorded_digests(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "de_pud-ud-test.iob2").write_text("# text = Kern AG\n1\tKern\tB-ORG\n2\tAG\tI-ORG\n")
    assert main(["fetch", "pud", "--from", str(tmp_path), "-o", str(tmp_path)]) == 0
    assert read_corpus(tmp_path / "pud.jsonl")[0].article.entities[0].text == "Kern AG"
    assert "no digest recorded yet" in capsys.readouterr().err


def test_fetch_names_missing_files_with_their_addresses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch", "germeval14", "--from", str(tmp_path), "-o", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "NER-de-dev.tsv  from  https://github.com/" in said
    assert "GermEval%202014/train_bioes.train" in said
    assert main(["fetch", "pud", "--from", str(tmp_path / "none")]) == 1
    assert "no such folder" in capsys.readouterr().err


def test_fetch_downloads_and_says_why_not(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def answer(url: str, timeout: int) -> io.BytesIO:
        assert url == sources.ORIGINALS["pud"][0].url
        return io.BytesIO(b"# text = Kern AG\n1\tKern\tB-ORG\n2\tAG\tI-ORG\n")

    monkeypatch.setattr(fetch.urllib.request, "urlopen", answer)
    assert main(["fetch", "pud", "-o", str(tmp_path)]) == 0
    assert (tmp_path / "originals" / "pud" / "de_pud-ud-test.iob2").exists()

    def refuse(url: str, timeout: int) -> io.BytesIO:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr(fetch.urllib.request, "urlopen", refuse)
    assert main(["fetch", "cofun", "-o", str(tmp_path)]) == 1
    assert "no route>; download it by hand into a folder and give it with --from" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.part"))


def test_fetch_refuses_a_file_that_is_not_the_recorded_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    said: list[str] = []
    fetch.check(path, 3, digest(path), said.append)
    assert not said
    with pytest.raises(fetch.FetchError, match="3 bytes, expected 4"):
        fetch.check(path, 4, None, said.append)
    with pytest.raises(fetch.FetchError, match="SHA-256 ba7816bf"):
        fetch.check(path, 3, "0" * 64, said.append)


def test_our_adhoc_labels_are_whole_and_hold_no_text() -> None:
    records = [json.loads(line) for line in fetch.LABELS.read_text(encoding="utf8").splitlines()]
    splits = [record["split"] for record in records]
    assert {split: splits.count(split) for split in ("train", "dev", "test")} == {"train": 141, "dev": 40, "test": 64}
    assert {key for record in records for key in record} == {"id", "split", "sha256", "covers", "sentences", "entities"}
    with pytest.raises(ValueError, match="has changed"):
        fetch.standoff.join(fetch.LABELS, {record["id"]: "anders" for record in records}, "adhoc")


def test_sources_are_pinned() -> None:
    for originals in sources.ORIGINALS.values():
        for original in originals:
            assert len(original.commit) == 40
            assert " " not in original.url
    assert all(len(digest) == 64 and size > 0 for size, digest in sources.COLLECTED.values())


def test_validate_stats_leaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = corpus_file(tmp_path / "good.jsonl", LINE)
    bad = corpus_file(tmp_path / "bad.jsonl", LINE | {"split": "x"}, LINE | {"id": "b", "split": "dev", "covers": []})
    assert main(["validate", str(good), str(bad)]) == 1
    captured = capsys.readouterr()
    assert f"{good}: 1 valid, 0 faults" in captured.out
    assert captured.err.count("bad.jsonl:") == 2
    assert main(["stats", str(good)]) == 0
    assert "| smartdata | train |" in capsys.readouterr().out
    assert main(["leaks", str(good)]) == 0
    assert "0 near-duplicates" in capsys.readouterr().out
    leaky = corpus_file(tmp_path / "leaky.jsonl", LINE, LINE | {"id": "b", "split": "dev"})
    assert main(["leaks", str(leaky)]) == 1
    assert "1 near-duplicates" in capsys.readouterr().out
    assert main(["leaks", "--authored", "mine", str(good),
                 str(corpus_file(tmp_path / "mine.jsonl", LINE | {"id": "m", "source": "mine"}))]) == 1


def test_exchange_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = corpus_file(tmp_path / "good.jsonl", LINE)
    for way, name in (("label-studio", "tasks.json"), ("conll", "a.conll")):
        assert main([f"to-{way}", str(good), "-o", str(tmp_path / name)]) == 0
        assert main([f"from-{way}", str(tmp_path / name), "-o", str(tmp_path / "back.jsonl")]) == 0
        assert read_corpus(tmp_path / "back.jsonl") == read_corpus(good)
    assert main(["to-label-studio", "--config"]) == 0
    assert "<Labels name=\"outlook\"" in capsys.readouterr().out
    assert main(["to-label-studio"]) == 1
    assert main(["to-standoff", str(good), "-o", str(tmp_path / "labels.jsonl")]) == 0
    marked = tmp_path / "w.txt"
    marked.write_text("## a-1 | agency\nnone | Die [ORG Wagner AG] wächst.\n", encoding="utf8")
    assert main(["from-markup", str(marked), "-o", str(tmp_path / "news")]) == 0
    capsys.readouterr()
    assert main(["to-markup", *map(str, sorted((tmp_path / "news").iterdir()))]) == 0
    assert capsys.readouterr().out == marked.read_text(encoding="utf8")
    assert main(["from-markup", str(marked), "--split", "dev", "-o", str(tmp_path / "more.jsonl")]) == 0
    assert [item.split for item in read_corpus(tmp_path / "more.jsonl")] == ["dev"]


@pytest.mark.parametrize("arguments", [[], ["fetch", "other"], ["from-conll", "a", "--covers", "PER", "-o", "b"]])
def test_usage_errors_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main(arguments)
    assert error.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_missing_files_are_user_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["validate", "none.jsonl"], ["from-label-studio", "none.json", "-o", "x"], ["to-conll", "none"]):
        assert main(arguments) == 1
        assert "no such file or folder" in capsys.readouterr().err
