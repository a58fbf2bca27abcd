"""Articles as Parquet: nested, or flat with one row a mention and one row a sentence.

Amounts are `decimal128(38, 10)`, exact; currencies ISO 4217 codes. A number with more than 10 decimals is rounded, one
of 10^28 or more left empty; both are counted. Needs pyarrow (`ausblick[parquet]`).
"""

from __future__ import annotations

import json
import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from pathlib import Path
from typing import Any

from ausblick.errors import missing_extra
from ausblick.labels import OUTLOOK_LABELS

DIGITS, DECIMALS = 38, 10
GROUP_CHARS = 8_000_000
"""A row group holds articles of about this many characters of JSON."""
GROUP_ROWS = 20_000


def arrow() -> Any:
    """pyarrow; raises UserError when it is not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise missing_extra("pyarrow", "parquet", "writing .parquet") from error
    return pyarrow


def nested_schema() -> Any:
    """One row an article, as in the JSON Lines; `meta` is JSON in a string."""
    pa = arrow()
    amount = pa.decimal128(DIGITS, DECIMALS)
    reading = pa.struct([("low", amount), ("high", amount)])
    value = pa.struct([("kind", pa.string()), ("low", amount), ("high", amount), ("currency", pa.string()),
                       ("unit", pa.string()), ("bound", pa.string()), ("assumed", pa.bool_()),
                       ("ambiguous", pa.bool_()), ("alternatives", pa.list_(reading)),
                       ("candidates", pa.list_(pa.string()))])
    scores = pa.struct([(name, pa.float64()) for name in OUTLOOK_LABELS])
    sentence = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("outlook", pa.string()), ("scores", scores)])
    entity = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("label", pa.string()), ("text", pa.string()),
                        ("score", pa.float64()), ("value", value)])
    return pa.schema([("id", pa.string()), ("text", pa.string()), ("sentences", pa.list_(sentence)),
                      ("entities", pa.list_(entity)), ("meta", pa.string())])


def mention_schema() -> Any:
    """One row a mention; `sentence` is the number of its sentence in the article, from 0."""
    pa = arrow()
    amount = pa.decimal128(DIGITS, DECIMALS)
    return pa.schema([
        ("article_id", pa.string()), ("mention", pa.int32()), ("sentence", pa.int32()), ("start", pa.int32()),
        ("end", pa.int32()), ("label", pa.string()), ("text", pa.string()), ("score", pa.float64()), ("low", amount),
        ("high", amount), ("currency", pa.string()), ("unit", pa.string()), ("bound", pa.string()),
        ("assumed", pa.bool_()), ("ambiguous", pa.bool_()), ("candidates", pa.list_(pa.string())),
        ("outlook", pa.string())])


def sentence_schema() -> Any:
    """One row a sentence."""
    pa = arrow()
    return pa.schema([
        ("article_id", pa.string()), ("sentence", pa.int32()), ("start", pa.int32()), ("end", pa.int32()),
        ("text", pa.string()), ("outlook", pa.string()), *((f"score_{name}", pa.float64()) for name in OUTLOOK_LABELS)])


class Amounts:
    """Turns decimal strings into decimals that fit the columns, and counts those that do not fit as they are."""

    def __init__(self) -> None:
        self.rounded = self.too_large = 0

    def read(self, text: str | None) -> Decimal | None:
        if text is None:
            return None
        number = Decimal(text)
        if number.adjusted() >= DIGITS - DECIMALS:
            self.too_large += 1
            return None
        with localcontext(Context(prec=DIGITS + 5)):
            fitting = number.quantize(Decimal(1).scaleb(-DECIMALS), ROUND_HALF_EVEN)
        self.rounded += fitting != number
        return fitting

    def notes(self) -> list[str]:
        """What to tell the user."""
        out = []
        if self.rounded:
            out.append(f"{self.rounded:,} amounts have more than {DECIMALS} decimals and were rounded")
        if self.too_large:
            out.append(f"{self.too_large:,} amounts of 10^{DIGITS - DECIMALS} or more are empty in the table")
        return out


def nested_row(row: Mapping[str, Any], amounts: Amounts) -> dict[str, Any]:
    """The row of an article, from its JSON form."""
    meta = row.get("meta")
    return {"id": row["id"], "text": row["text"], "sentences": row["sentences"],
            "entities": [{**e, "value": _value(e.get("value"), amounts)} for e in row["entities"]],
            "meta": json.dumps(meta, ensure_ascii=False, separators=(",", ":")) if meta else None}


def _value(value: Mapping[str, Any] | None, amounts: Amounts) -> dict[str, Any] | None:
    if value is None:
        return None
    return {"kind": value["kind"], "low": amounts.read(value["low"]), "high": amounts.read(value["high"]),
            "currency": value.get("currency"), "unit": value.get("unit"), "bound": value["bound"],
            "assumed": value.get("assumed", False), "ambiguous": value.get("ambiguous", False),
            "alternatives": [{"low": amounts.read(low), "high": amounts.read(high)}
                             for low, high in value.get("alternatives", ())],
            "candidates": value.get("candidates", [])}


def mention_rows(row: Mapping[str, Any], amounts: Amounts) -> Iterator[dict[str, Any]]:
    """A row for each mention of an article."""
    sentences = row["sentences"]
    starts = [sentence["start"] for sentence in sentences]
    for number, entity in enumerate(row["entities"]):
        at = bisect_right(starts, entity["start"]) - 1
        value = _value(entity.get("value"), amounts) or {}
        value.pop("alternatives", None)
        yield {"article_id": row["id"], "mention": number, "sentence": at if at >= 0 else None, **entity, **value,
               "outlook": sentences[at].get("outlook") if at >= 0 else None}


def sentence_rows(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each sentence of an article."""
    for number, sentence in enumerate(row["sentences"]):
        scores = {f"score_{name}": score for name, score in sentence.get("scores", {}).items()}
        yield {"article_id": row["id"], "sentence": number, "start": sentence["start"], "end": sentence["end"],
               "text": row["text"][sentence["start"]:sentence["end"]], "outlook": sentence.get("outlook"), **scores}


def nested_table(lines: Iterable[str], amounts: Amounts) -> Any:
    """The table of some articles, from their JSON Lines."""
    return arrow().Table.from_pylist([nested_row(json.loads(line), amounts) for line in lines], nested_schema())


def write_tables(part: Path, outputs: list[Path]) -> list[str]:
    """Write the articles of a spool: one output is the nested table, two are the mentions and the sentences.

    Every table gets its name when it is whole. Returns notes for the user.
    """
    amounts = Amounts()
    temporary = [out.with_name(out.name + ".tmp") for out in outputs]
    schemas = [nested_schema()] if len(outputs) == 1 else [mention_schema(), sentence_schema()]
    with ExitStack() as stack, part.open(encoding="utf-8", newline="\n") as file:
        writers = [stack.enter_context(_Writer(path, schema)) for path, schema in zip(temporary, schemas, strict=True)]
        for line in file:
            row = json.loads(line)
            if len(writers) == 1:
                writers[0].add([nested_row(row, amounts)], len(line))
            else:
                writers[0].add(mention_rows(row, amounts), len(line) // 4)
                writers[1].add(sentence_rows(row), len(row["text"]))
    for path, out in zip(temporary, outputs, strict=True):
        os.replace(path, out)
    return amounts.notes()


class _Writer:
    """Gathers rows into row groups."""

    def __init__(self, path: Path, schema: Any) -> None:
        self.path, self.schema = path, schema
        self.rows: list[dict[str, Any]] = []
        self.size = 0

    def __enter__(self) -> _Writer:
        import pyarrow.parquet as pq

        self.file = pq.ParquetWriter(self.path, self.schema, compression="zstd")
        return self

    def __exit__(self, *error: object) -> None:
        if not any(error):
            self.flush()
        self.file.close()

    def add(self, rows: Iterable[dict[str, Any]], size: int) -> None:
        self.rows += rows
        self.size += size
        if self.size >= GROUP_CHARS or len(self.rows) >= GROUP_ROWS:
            self.flush()

    def flush(self) -> None:
        if self.rows:
            self.file.write_table(arrow().Table.from_pylist(self.rows, self.schema))
            self.rows, self.size = [], 0
