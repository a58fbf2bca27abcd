"""The unfinished output: a file that only grows, the errors beside it, and a journal that says how far both are good.

    OUT.part                articles as JSON Lines, in the order of the input
    OUT.errors.jsonl.part   records that could not be read
    OUT.journal             a header with what the run is, then one line of counts after every chunk

A chunk is written to the parts, forced to disk, and only then entered in the journal. After a kill or a power failure
the parts are cut back to the last entry, which is also where the input goes on: nothing is lost or doubled. The name
OUT appears only when everything is complete.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any

from ausblick.errors import UserError, missing_extra
from ausblick.inputs import BadRecord


@dataclass(slots=True)
class Counts:
    """What a run has done so far; one line of the journal."""

    records: int = 0
    """Records taken from the input, bad ones included."""
    articles: int = 0
    bad: int = 0
    sentences: int = 0
    entities: int = 0
    empty: int = 0
    """Articles without any text."""
    cut: int = 0
    """Sentences longer than a window, read in pieces."""
    repeated: int = 0
    """Articles whose id an earlier one has."""
    out_bytes: int = 0
    error_bytes: int = 0
    last: str = ""
    """The place of the last record taken."""
    complete: bool = False


def packer(name: str) -> Callable[[bytes], bytes]:
    """How a chunk is packed for an output of this name; packed chunks in a row are a valid file."""
    if name.endswith(".gz"):
        return lambda data: gzip.compress(data, 6, mtime=0)
    if name.endswith(".zst"):
        try:
            import zstandard
        except ImportError as error:
            raise missing_extra("zstandard", "zstd", f"{name}: writing .zst") from error
        return zstandard.ZstdCompressor(level=6).compress
    return bytes


class Spool:
    """Entered, it takes chunks (`add`) until `complete`; after the finishing of the output, `remove_journal`."""

    def __init__(self, out: Path, counts: Counts, journal: IO[bytes]) -> None:
        self.out, self.counts, self.journal = out, counts, journal
        self.pack = packer(out.name)
        self.part, self.errors_part, self.journal_name = part_names(out)
        self.file: IO[bytes] | None = None
        self.errors: IO[bytes] | None = None
        self.good = replace(counts)
        """What is safe on disk, and entered in the journal or about to be."""

    @classmethod
    def open(cls, out: Path, run: Mapping[str, Any], resume: bool) -> Spool:
        """Start a run, or with `resume` go on with the one that the journal tells of (when there is one).

        Raises UserError when another process writes `out`, or when the journal is of a different run.
        """
        out.parent.mkdir(parents=True, exist_ok=True)
        journal = open(part_names(out)[2], "a+b")  # noqa: SIM115
        try:
            _lock(journal, out)
            counts = _read_journal(journal, run, out) if resume else None
            if counts is None:
                journal.truncate(0)
                _append(journal, {"run": dict(run)})
            return cls(out, counts or Counts(), journal)
        except BaseException:
            journal.close()
            raise

    def __enter__(self) -> Spool:
        if not self.counts.complete:
            self.file = _open_at(self.part, self.counts.out_bytes)
            self.errors = _open_at(self.errors_part, self.counts.error_bytes)
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
        self.journal.close()
        if not self.good.records and not self.counts.complete:  # nothing is worth keeping
            for path in (self.part, self.errors_part, self.journal_name):
                path.unlink(missing_ok=True)

    @property
    def placed(self) -> bool:
        """The run was complete and its output is in place already; only the journal was left."""
        return self.counts.complete and not self.part.exists()

    def add(self, lines: list[str], bad: list[BadRecord]) -> None:
        """Write a chunk; `counts` must already tell of it."""
        assert self.file is not None
        assert self.errors is not None
        if lines:
            self.file.write(self.pack(("\n".join(lines) + "\n").encode("utf-8")))
        for record in bad:
            self.errors.write((json.dumps(record.to_json(), ensure_ascii=False) + "\n").encode("utf-8"))
        for file in (self.file, *([self.errors] if bad else [])):
            file.flush()
            os.fsync(file.fileno())
        self.counts.out_bytes, self.counts.error_bytes = self.file.tell(), self.errors.tell()
        # First here, then in the journal: a stop in between must not cut off what the journal tells of.
        self.good = replace(self.counts)
        _append(self.journal, asdict(self.counts))

    def kept(self) -> str:
        """What a run that stops now leaves behind, for its message."""
        if not self.good.records:
            return ""
        return f"{self.good.articles:,} articles are kept in {self.part}; --resume goes on from there"

    def complete(self) -> None:
        """Enter in the journal that the input is through, and close the parts."""
        self.counts.complete = True
        self.good = replace(self.counts)
        _append(self.journal, asdict(self.counts))
        self.close()

    def close(self) -> None:
        """Close the parts; a chunk that was written in half is cut off."""
        if self.file is None or self.errors is None:
            return
        for file, path, size in ((self.file, self.part, self.good.out_bytes),
                                 (self.errors, self.errors_part, self.good.error_bytes)):
            with contextlib.suppress(OSError):  # a full disk: the rest of the buffer is lost, and was not entered
                file.close()
            os.truncate(path, size)
        self.file = self.errors = None

    def remove_journal(self) -> None:
        """The output is in place: forget the run."""
        self.journal_name.unlink(missing_ok=True)


def part_names(out: Path) -> tuple[Path, Path, Path]:
    """The unfinished output, the unfinished errors, the journal."""
    return (out.with_name(out.name + ".part"), out.with_name(out.name + ".errors.jsonl.part"),
            out.with_name(out.name + ".journal"))


def _open_at(path: Path, size: int) -> IO[bytes]:
    """Open for appending, cut to `size` bytes."""
    file = open(path, "ab")  # noqa: SIM115
    if file.tell() < size:
        file.close()
        raise UserError(f"{path}: {path.stat().st_size:,} bytes, but its journal tells of {size:,}; it was changed. "
                        "Start again without --resume")
    file.truncate(size)
    file.seek(size)
    return file


def _append(journal: IO[bytes], entry: Mapping[str, Any]) -> None:
    journal.write((json.dumps(entry, ensure_ascii=False) + "\n").encode("utf-8"))
    journal.flush()
    os.fsync(journal.fileno())


def _lock(journal: IO[bytes], out: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: no lock
        return
    try:
        fcntl.flock(journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise UserError(f"{out}: another run is writing it; wait for it, or name another output with -o") from error


def _read_journal(journal: IO[bytes], run: Mapping[str, Any], out: Path) -> Counts | None:
    """The last entry that was written whole, None for a journal without one. A torn last line is cut off."""
    journal.seek(0)
    data = journal.read()
    good = data.rfind(b"\n") + 1
    journal.truncate(good)
    lines = data[:good].splitlines()
    if not lines:
        return None
    try:
        then = json.loads(lines[0])["run"]
        counts = Counts(**json.loads(lines[-1])) if len(lines) > 1 else Counts()
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{part_names(out)[2]}: not a journal of this version ({error}); "
                        "start again without --resume") from error
    for key in {**then, **run}:
        if then.get(key) != run.get(key):
            raise UserError(f"--resume: {key} was {then.get(key)!r} when {out} was begun and is {run.get(key)!r} now; "
                            "call it as before, or start again without --resume")
    return counts
