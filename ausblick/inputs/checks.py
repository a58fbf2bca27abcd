"""From a raw row to a checked record: nothing that breaks further on gets past here."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ausblick.records import Record

MAX_CHARS = 5_000_000
"""The longest text that is read, in characters, unless the caller says otherwise."""
RAW_KEPT = 10_000
"""How much of the raw form of an over-long record goes to the errors file, in characters."""


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that could not be read, and where it is."""

    file: str
    line: int | None
    """Line of a text file, row of a table, both from 1; None when the whole file is meant."""
    reason: str
    raw: str | bytes | None = None
    """The record as it was found; bytes when it is not UTF-8."""

    @property
    def place(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def to_json(self) -> dict[str, Any]:
        """For the errors file; bytes as `raw_base64`."""
        out: dict[str, Any] = {"file": printable(self.file), "line": self.line, "reason": printable(self.reason)}
        if isinstance(self.raw, bytes):
            out["raw_base64"] = base64.b64encode(self.raw).decode("ascii")
        elif self.raw is not None:
            out["raw"] = printable(self.raw)
        return out


@dataclass(frozen=True, slots=True)
class Located:
    """A record that could be read, and where it came from."""

    file: str
    line: int | None
    record: Record
    row: Mapping[str, Any] | None = None
    """The whole row as it was read, for a row of a table or of JSON Lines."""

    @property
    def place(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a row keeps its text and id, and how long the text may be."""

    text: str = "text"
    id: str = "id"
    max_chars: int = MAX_CHARS


def printable(text: str) -> str:
    """`text` with halves of surrogate pairs (undecodable file names, say) written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def shorten(value: object, limit: int = 60) -> str:
    """The start of a value's repr, for messages."""
    shown = repr(value[: limit + 10]) if isinstance(value, str | bytes) else repr(value)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def listed(names: Iterable[str]) -> str:
    """Names for a message, not too many."""
    shown = ", ".join(names) or "none"
    return shown if len(shown) <= 200 else shown[:199] + "…"


def text_problem(text: object, key: str, max_chars: int) -> str | None:
    """Why `text` cannot be an article's text, or None when it can."""
    if text is None:
        return f"{key}: null, expected the text as a string"
    if not isinstance(text, str):
        return f"{key}: got {type(text).__name__} {shorten(text)}, expected the text as a string"
    if len(text) > max_chars:
        return f"{key}: {len(text):,} characters, more than the {max_chars:,} allowed; split it or raise --max-chars"
    return string_problem(text, key)


def string_problem(text: str, key: str) -> str | None:
    """A NUL or half a surrogate pair, which no output could hold; None when there is neither."""
    nul = text.find("\0")
    if nul >= 0:
        return f"{key}: NUL byte at character {nul}; the file is damaged or not text"
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        if "\udc80" <= text[error.start] <= "\udcff":
            return f"{key}: not UTF-8 (byte 0x{ord(text[error.start]) - 0xDC00:02x}); {RECODE}"
        return f"{key}: half a surrogate pair at character {error.start}, which is not valid Unicode"
    return None


RECODE = "if it is Windows-1252: iconv -f CP1252 -t UTF-8"


def read_row(row: Mapping[str, Any], file: str, line: int, columns: Columns) -> Located | str:
    """The record in a row of JSON Lines, CSV or Parquet, or what is wrong with it.

    The id is the row's own (a whole number is written out); without one it is `file:line`. Everything that is not
    id, text or sentences goes into `meta`; a row's own `meta` object is unpacked there, so that output can be input.
    """
    if columns.text not in row:
        return f"no {columns.text!r} among its keys ({listed(row)}); name the right one with --text-column"
    text = row[columns.text]
    problem = text_problem(text, columns.text, columns.max_chars)
    if problem:
        return problem
    ident = row.get(columns.id)
    if ident is None or ident == "":
        ident = printable(f"{file}:{line}")
    elif isinstance(ident, int) and not isinstance(ident, bool):
        ident = str(ident)
    elif not isinstance(ident, str):
        return f"{columns.id}: got {type(ident).__name__} {shorten(ident)}, expected a string or a whole number"
    spans = _sentences(row.get("sentences"), len(text))
    problem = spans if isinstance(spans, str) else string_problem(ident, columns.id)
    if problem:
        return problem
    meta = {key: value for key, value in row.items() if key not in (columns.text, columns.id, "sentences", "meta")}
    own = row.get("meta")
    if own is not None:
        meta |= own if isinstance(own, Mapping) else {"meta": own}
    problem = _meta_problem(meta)
    return problem or Located(file, line, Record(ident, text, spans, meta), row)  # type: ignore[arg-type]


def _meta_problem(meta: Mapping[str, Any]) -> str | None:
    if not meta:
        return None
    try:
        json.dumps(meta, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        return "not UTF-8, or half a surrogate pair, in a field beside the text"
    except (TypeError, ValueError) as error:
        return f"a field beside the text cannot be written as JSON: {error}"
    return None


def _sentences(value: Any, length: int) -> tuple[tuple[int, int], ...] | str | None:
    """Offsets given as [[start, end], …] or [{"start": …, "end": …}, …]; a string says what is wrong with them."""
    if value is None:
        return None
    if not isinstance(value, list):
        return f"sentences: got {type(value).__name__}, expected a list of [start, end]"
    spans: list[tuple[int, int]] = []
    for i, item in enumerate(value):
        pair: Any = (item.get("start"), item.get("end")) if isinstance(item, dict) else item
        good = isinstance(pair, list | tuple) and len(pair) == 2 and all(type(x) is int for x in pair)
        if not good or not 0 <= pair[0] < pair[1] <= length:
            return f"sentences[{i}]: got {shorten(item)}, expected [start, end] with 0 <= start < end <= {length}"
        spans.append((pair[0], pair[1]))
    for i, (one, two) in enumerate(pairwise(spans)):
        if two[0] < one[1]:
            return f"sentences[{i + 1}]: starts at {two[0]}, before the one before it ends at {one[1]}"
    return tuple(spans)
