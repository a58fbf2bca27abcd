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

from ausblick.inputs.checks import BadRecord, Columns, Located
from ausblick.inputs.sources import FORMATS, STDIN_NAME, ReadMeter, Source, find_sources, open_bytes, unpack_errors
from ausblick.inputs.table import read_csv, read_parquet
from ausblick.inputs.text import read_lines, read_text

__all__ = ["FORMATS", "BadRecord", "Columns", "Located", "ReadMeter", "read_inputs"]

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
        if source.format == "parquet":
            if source.name == STDIN_NAME:
                yield BadRecord(source.name, None, "Parquet cannot be read from stdin; give it as a file")
                return
            yield from read_parquet(source.name, columns, meter)
            return
        with open_bytes(source, meter) as file:
            kind = source.format or ("jsonl" if _looks_like_json(file) else "txt")
            for last in _READERS[kind](file, source.name, columns):
                yield last
    except OSError as error:
        yield BadRecord(source.name, _after(last), f"cannot be read: {error.strerror or error}")
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
