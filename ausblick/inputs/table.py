"""CSV and Parquet: one article a row."""

from __future__ import annotations

import csv
import datetime
import decimal
import io
import json
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from ausblick.errors import missing_extra
from ausblick.inputs.checks import RAW_KEPT, BadRecord, Columns, Located, listed, read_row
from ausblick.inputs.sources import ReadMeter

DELIMITERS = ",;\t|"
ROWS = 256
"""Rows of a Parquet file that are held at a time."""


class _Lines:
    """The lines of a CSV file, remembering those of the current row so that a broken row can be taken apart again."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        # Bytes that are not UTF-8 become lone surrogates, which the checks of the fields find and name.
        self.stream = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        self.limit = limit
        self.again: deque[str] = deque()
        self.row: list[str] = []
        self.size = 0
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.size > self.limit:  # a quote that never closes: stop here rather than swallow the file
            raise csv.Error(f"a field of more than {self.limit:,} characters, or a quote that never closes")
        line = self.again.popleft() if self.again else self.stream.readline(self.limit)
        if not line:
            raise StopIteration
        self.row.append(line)
        self.size += len(line)
        self.number += 1
        return line

    def next_row(self) -> None:
        self.row, self.size = [], 0

    def give_back(self) -> str:
        """Keep the first line of a broken row and queue the others, so that the rows in them are not lost."""
        first, *others = self.row
        self.again.extendleft(reversed(others))
        self.number -= len(others)
        return first


def read_csv(file: BinaryIO, name: str, columns: Columns) -> Iterator[Located | BadRecord]:
    """CSV with a header line; the delimiter (comma, semicolon, tab, bar) is the one that yields the text column."""
    csv.field_size_limit(columns.max_chars + 1)
    lines = _Lines(file, columns.max_chars + (1 << 20))
    header_line = next(lines, "")
    header, delimiter = _header(header_line, columns.text)
    if columns.text not in header:
        yield BadRecord(name, 1, _no_column(header, columns), header_line)
        return
    if twice := {key for key in header if header.count(key) > 1}:
        yield BadRecord(name, 1, f"column {min(twice)!r} appears twice in the header", header_line)
        return
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.next_row()
        start = lines.number + 1
        try:
            fields = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRecord(name, start, f"not valid CSV: {error}", _raw(lines.give_back()))
            continue
        if fields:
            yield _csv_row(fields, header, "".join(lines.row), (name, start), columns)


def _no_column(names: list[str], columns: Columns) -> str:
    return f"no column {columns.text!r} (columns: {listed(names)}); name it with --text-column"


def _csv_row(fields: list[str], header: list[str], raw: str, place: tuple[str, int],
             columns: Columns) -> Located | BadRecord:
    if len(fields) != len(header):
        return BadRecord(*place, f"{len(fields)} fields, expected {len(header)} as in the header", _raw(raw))
    row: dict[str, Any] = dict(zip(header, fields, strict=True))
    spans = row.pop("sentences", None)
    if spans:
        try:
            row["sentences"] = json.loads(spans)
        except ValueError as error:
            return BadRecord(*place, f"sentences: not valid JSON: {error}", _raw(raw))
    found = read_row(row, *place, columns)
    return BadRecord(*place, found, _raw(raw)) if isinstance(found, str) else found


def _raw(text: str) -> str | bytes:
    """The row as it stood: text, or the bytes when they are not UTF-8."""
    text = text.rstrip("\r\n")
    data = text.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data


def _header(line: str, text: str) -> tuple[list[str], str]:
    found: list[tuple[bool, int, list[str], str]] = []
    for delimiter in DELIMITERS:
        try:
            header = [field.strip() for field in next(csv.reader([line], delimiter=delimiter), [])]
        except csv.Error:
            continue
        found.append((text in header, len(header), header, delimiter))
    _, _, header, delimiter = max(found, key=lambda row: row[:2], default=(False, 0, [], ","))
    return header, delimiter


def read_parquet(file: BinaryIO, path: str, columns: Columns,
                 meter: ReadMeter | None = None) -> Iterator[Located | BadRecord]:
    """The rows of a Parquet file, a few at a time. Dates, decimals and binaries of other columns become strings."""
    try:
        import pyarrow
        import pyarrow.parquet as pq
    except ImportError as error:
        raise missing_extra("pyarrow", "parquet", f"{path}: reading .parquet") from error
    number = 0
    try:
        table = pq.ParquetFile(file)
        names = table.schema_arrow.names
    except pyarrow.ArrowException as error:
        yield BadRecord(path, None, f"not a readable Parquet file: {error}")
        return
    if columns.text not in names:
        yield BadRecord(path, None, _no_column(names, columns))
        return
    try:
        for batch in table.iter_batches(ROWS):
            if meter is not None:
                meter.bytes = max(meter.bytes, file.tell())
            for row in _rows(batch):
                number += 1
                yield _parquet_row(row, path, number, columns)
    except pyarrow.ArrowException as error:
        yield BadRecord(path, number + 1, f"damaged Parquet file, its rest cannot be read: {error}")


def _rows(batch: Any) -> Iterator[dict[str, Any]]:
    """Rows as dicts; strings are decoded one by one, so that one that is not UTF-8 spoils its row only."""
    import pyarrow as pa

    parts = []
    for column in batch.columns:
        text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        values = column.cast(pa.large_binary()) if text else column
        parts.append([_decode(value.as_py()) if text else value.as_py() for value in values])
    for values in zip(*parts, strict=True):
        yield dict(zip(batch.schema.names, values, strict=True))


def _decode(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "surrogateescape")


def _parquet_row(row: dict[str, Any], path: str, number: int, columns: Columns) -> Located | BadRecord:
    found = read_row({key: _plain(value) for key, value in row.items()}, path, number, columns)
    if not isinstance(found, str):
        return found
    return BadRecord(path, number, found, json.dumps(row, ensure_ascii=False, default=str)[:RAW_KEPT])


def _plain(value: Any) -> Any:
    """A value of Arrow as JSON has it."""
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal | datetime.timedelta):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
