"""Plain text and JSON Lines: one article a file, one article a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from ausblick.inputs.checks import RAW_KEPT, RECODE, BadRecord, Columns, Located, printable, read_row, text_problem
from ausblick.records import Record

LINE_BYTES_PER_CHAR = 12
"""A character takes at most this many bytes in a line: an escaped surrogate pair."""
LINE_SLACK = 1 << 20
"""Room in a line for what stands beside the text."""
BOM = b"\xef\xbb\xbf"


def read_text(file: BinaryIO, name: str, columns: Columns) -> Iterator[Located | BadRecord]:
    """A whole file as one article; its id is its name. A byte-order mark is taken off, line ends stay as they are."""
    data = file.read(columns.max_chars * 4 + len(BOM) + 1)
    if len(data) > columns.max_chars * 4 + len(BOM):
        yield BadRecord(name, None, f"more than {columns.max_chars:,} characters; split it or raise --max-chars")
        return
    try:
        text = data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        yield BadRecord(name, None, not_utf8(data, error), data)
        return
    problem = text_problem(text, "text", columns.max_chars)
    if problem:
        yield BadRecord(name, None, problem, text[:RAW_KEPT])
    else:
        yield Located(name, None, Record(printable(name), text))


def read_lines(file: BinaryIO, name: str, columns: Columns) -> Iterator[Located | BadRecord]:
    """JSON Lines; empty lines are passed over. A line is never held beyond what --max-chars can need."""
    limit = columns.max_chars * LINE_BYTES_PER_CHAR + LINE_SLACK
    number = 0
    while data := file.readline(limit):
        number += 1
        if len(data) == limit and not data.endswith(b"\n"):
            while (rest := file.readline(1 << 20)) and not rest.endswith(b"\n"):
                pass
            yield BadRecord(name, number, f"line of more than {limit:,} bytes; its raw form is cut", data[:RAW_KEPT])
            continue
        if number == 1:
            data = data.removeprefix(BOM)
        if data.strip():
            yield _line(data, name, number, columns)


def _line(data: bytes, name: str, number: int, columns: Columns) -> Located | BadRecord:
    data = data.rstrip(b"\r\n")
    try:
        line = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return BadRecord(name, number, not_utf8(data, error), data)
    try:
        row = json.loads(line, parse_constant=_no_constant)
    except RecursionError:
        return BadRecord(name, number, "JSON nested too deeply", line[:RAW_KEPT])
    except ValueError as error:
        return BadRecord(name, number, f"not valid JSON: {error}", line)
    if not isinstance(row, dict):
        return BadRecord(name, number, f"got a JSON {type(row).__name__}, expected an object with a 'text'", line)
    found = read_row(row, name, number, columns)
    return BadRecord(name, number, found, line) if isinstance(found, str) else found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def not_utf8(data: bytes, error: UnicodeDecodeError) -> str:
    """The message for undecodable bytes, with a guess at what they are."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "not UTF-8 but UTF-16; convert it: iconv -f UTF-16 -t UTF-8"
    return f"not UTF-8: byte 0x{data[error.start]:02x} at byte {error.start}; {RECODE}"
