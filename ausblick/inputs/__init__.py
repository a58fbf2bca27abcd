"""Articles from files: streamed, in order, and what is broken handed on as such.

>>> for item in read_inputs(["news/", "wire.jsonl.gz"]):
...     if isinstance(item, BadRecord):
...         print(item.place, item.reason)

Formats: plain text (a file is an article), JSON Lines, CSV, Parquet; folders, patterns, stdin (`-`); .gz and .zst
around any of the text formats. Nothing is held whole except the article at hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from ausblick.inputs.checks import BadRecord, Columns, Located
from ausblick.inputs.sources import (
    FORMATS,
    STDIN_NAME,
    ReadMeter,
    Source,
    find_sources,
    open_bytes,
    unpack_errors,
    unpacked,
)
from ausblick.inputs.table import read_csv, read_parquet
from ausblick.inputs.text import read_lines, read_text

__all__ = ["FORMATS", "BadRecord", "Columns", "Located", "ReadMeter", "read_file", "read_inputs"]

_READERS = {"txt": read_text, "jsonl": read_lines, "csv": read_csv}


def read_inputs(inputs: Sequence[str], columns: Columns | None = None, forced: str | None = None,
                meter: ReadMeter | None = None) -> Iterator[Located | BadRecord]:
    """Every record of `inputs` in order: files, folders, patterns, `-`.

    forced: read everything as this format, whatever the suffixes say.
    Raises UserError when a package for a format is missing; whatever is wrong with the data is a BadRecord.
    """
    meter = meter or ReadMeter()
    for source in find_sources(inputs, forced):
        if source.problem:
            yield BadRecord(source.name, None, source.problem)
        else:
            yield from _read(source, columns or Columns(), meter)


def _read(source: Source, columns: Columns, meter: ReadMeter) -> Iterator[Located | BadRecord]:
    last: Located | BadRecord | None = None
    try:
        if source.format == "parquet" and source.name != STDIN_NAME:
            with open(source.name, "rb") as file:
                yield from read_parquet(file, source.name, columns, meter)
            return
        with open_bytes(source, meter) as stream:
            for last in read_file(stream, source, columns):
                yield last
    except OSError as error:
        yield BadRecord(source.name, _after(last), f"cannot be read: {error.strerror or error}")


def read_file(file: BinaryIO, source: Source, columns: Columns) -> Iterator[Located | BadRecord]:
    """The records of an open file (for Parquet one that can seek). Raises OSError when reading fails."""
    if source.format == "parquet":
        if source.name == STDIN_NAME:
            yield BadRecord(source.name, None, "Parquet cannot be read from stdin; give it as a file")
        else:
            yield from read_parquet(file, source.name, columns)
        return
    last: Located | BadRecord | None = None
    try:
        with unpacked(file, source.name) as stream:
            kind = source.format or ("jsonl" if _looks_like_json(stream) else "txt")
            for last in _READERS[kind](stream, source.name, columns):
                yield last
    except unpack_errors() as error:
        yield BadRecord(source.name, _after(last), f"damaged compression, its rest cannot be read: {error}")


def _after(last: Located | BadRecord | None) -> int | None:
    return last.line + 1 if last is not None and last.line is not None else None


def _looks_like_json(file: object) -> bool:
    """Whether stdin starts with a JSON object: then it is JSON Lines, otherwise one text."""
    head: bytes = file.peek(1 << 12)[: 1 << 12].lstrip(b"\xef\xbb\xbf \t\r\n")  # type: ignore[attr-defined]
    if not head.startswith(b"{"):
        return False
    try:
        json.JSONDecoder().raw_decode(head.decode("utf-8", "ignore"))
    except ValueError:
        return b"\n" not in head or head[1:].lstrip().startswith((b'"', b"}"))
    return True
