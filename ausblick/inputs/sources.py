"""Which files an input means, and their bytes, unpacked."""

from __future__ import annotations

import glob
import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from ausblick.errors import UserError, missing_extra

FORMATS = {".txt": "txt", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv", ".parquet": "parquet"}
PACKED = (".gz", ".zst")
STDIN = "-"
STDIN_NAME = "stdin"
GZIP_MAGIC, ZSTD_MAGIC = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read, or the reason why it is none."""

    name: str
    """The path as it was given or found, `stdin` for `-`; starts every id and message."""
    format: str | None
    problem: str | None = None


def format_of(name: str) -> str | None:
    """The format that the suffixes name, packed or not; None when they name none."""
    low = name.lower()
    for packed in PACKED:
        low = low.removesuffix(packed)
    return FORMATS.get(os.path.splitext(low)[1])


def find_sources(inputs: Sequence[str], forced: str | None = None) -> Iterator[Source]:
    """The files that files, folders, patterns and `-` mean: inputs in the order given, each file once.

    Folders are searched with their subfolders, in the order of their names; in them, hidden files and files of other
    formats are passed over. A path that is not there becomes a Source with a problem.
    """
    once: set[str] | None = set() if len(inputs) > 1 else None
    for given in inputs:
        for source in _expand(given, forced):
            if once is not None and source.name != STDIN_NAME:
                real = os.path.realpath(source.name)
                if real in once:
                    continue
                once.add(real)
            yield source


def _expand(given: str, forced: str | None) -> Iterator[Source]:
    if given == STDIN:
        yield Source(STDIN_NAME, forced)
    elif os.path.isdir(given):
        yield from _folder(given, forced)
    elif os.path.exists(given):
        yield _file(given, forced)
    elif glob.has_magic(given):
        found = sorted(glob.glob(given, recursive=True))
        if not found:
            yield Source(given, None, "no file matches this pattern")
        for name in found:
            if os.path.isfile(name):
                yield _file(name, forced)
    else:
        yield Source(given, None, "no such file or folder")


def _file(name: str, forced: str | None) -> Source:
    kind = forced or format_of(name)
    if kind is None:
        known = ", ".join((*FORMATS, *PACKED))
        return Source(name, None, f"unknown format; expected one of {known}, or name it with --format")
    return Source(name, kind)


def _folder(folder: str, forced: str | None) -> Iterator[Source]:
    empty = True
    closed: list[OSError] = []
    for root, folders, files in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            kind = None if name.startswith(".") else forced or format_of(name)
            if kind is not None:
                empty = False
                yield Source(Path(root, name).as_posix(), kind)
    for error in closed:
        yield Source(str(error.filename), None, f"the folder cannot be read: {error.strerror}")
    if empty and not closed:
        yield Source(folder, None, f"the folder holds no file in a known format ({', '.join(FORMATS)})")


class ReadMeter:
    """How many bytes of the input are behind us; for the progress bar."""

    def __init__(self) -> None:
        self.bytes = 0


class _Metered(io.RawIOBase):
    def __init__(self, file: IO[bytes], meter: ReadMeter) -> None:
        self.file, self.meter = file, meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.file.read(len(buffer))
        buffer[: len(data)] = data
        self.meter.bytes += len(data)
        return len(data)


@contextmanager
def open_bytes(source: Source, meter: ReadMeter | None = None) -> Iterator[BinaryIO]:
    """The bytes of a file or of stdin, as they are. Raises OSError when the file cannot be opened."""
    with ExitStack() as stack:
        stdin = source.name == STDIN_NAME
        file = sys.stdin.buffer if stdin else stack.enter_context(open(source.name, "rb", buffering=0))
        yield cast(BinaryIO, io.BufferedReader(_Metered(file, meter or ReadMeter()), 1 << 16))


@contextmanager
def unpacked(file: BinaryIO, name: str) -> Iterator[BinaryIO]:
    """The bytes without their packing, by the suffix of the name (stdin: by its first bytes).

    Raises UserError when zstd is needed and not installed.
    """
    head = file.peek(4) if name == STDIN_NAME else b""  # type: ignore[attr-defined]
    with ExitStack() as stack:
        if name.lower().endswith(".gz") or head.startswith(GZIP_MAGIC):
            yield cast(BinaryIO, stack.enter_context(gzip.GzipFile(fileobj=file, mode="rb")))
        elif name.lower().endswith(".zst") or head.startswith(ZSTD_MAGIC):
            yield io.BufferedReader(stack.enter_context(_zstd(file, name)), 1 << 16)
        else:
            yield file


def _zstd(file: BinaryIO, name: str) -> Any:
    try:
        import zstandard
    except ImportError as error:
        raise missing_extra("zstandard", "zstd", f"{name}: reading .zst") from error
    return zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True, closefd=False)


def unpack_errors() -> tuple[type[Exception], ...]:
    """What reading a damaged packed file raises, beside OSError."""
    try:
        import zstandard
    except ImportError:
        return (EOFError, zlib.error, gzip.BadGzipFile)
    return (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError)


def total_bytes(inputs: Sequence[str], forced: str | None) -> int | None:
    """The size of all input files, for the time left; None when it cannot be known (stdin)."""
    total = 0
    for source in find_sources(inputs, forced):
        if source.name == STDIN_NAME:
            return None
        with suppress(OSError):  # reading it will tell
            total += os.path.getsize(source.name) if source.problem is None else 0
    return total


def check_inputs(inputs: Sequence[str], forced: str | None) -> None:
    """Refuse a run that has nothing to read at all: raises UserError when every input has a problem."""
    problems = []
    for source in find_sources(inputs, forced):
        if source.problem is None:
            return
        problems.append(f"{source.name}: {source.problem}")
    raise UserError("\n".join(problems))
