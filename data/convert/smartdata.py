"""SmartData: Avro written as JSON, objects one after the other, unions wrapped (`{"string": …}`) or not.

Text and mentions are version 1, the split is version 2 (by document id; version 1 has no development part). Only news
is kept; tweets and traffic reports are not the register. A `number` mention that holds a currency or a percent sign is
MONEY or PERCENT. An article with amounts that the annotators passed over covers ORG only.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ausblick.values import find_amounts
from data.convert.tidy import Gold, finish
from data.corpus import Item

ORGANISATIONS = frozenset({"organization", "organization-company"})
PERCENT = re.compile(r"%|prozent|basispunkt", re.IGNORECASE)
MONEY = re.compile(r"€|\$|£|¥|\b(t?eur|euro|euros|usd|us-dollar|dollar|franken|chf|gbp|pfund|yen|jpy|cent|rubel|"
                   r"kronen)\b", re.IGNORECASE)
UNION = frozenset({"string", "array", "int", "long", "double", "map", "boolean"})
NOT_NEWS = re.compile(r"twitter|tweet|rss|traffic|radio|police|bahn", re.IGNORECASE)


def unwrap(value: Any) -> Any:
    """A union value without its type name: `{"string": "a"}` → `"a"`; everything else as it is."""
    if isinstance(value, dict) and len(value) == 1:
        key, inner = next(iter(value.items()))
        if key in UNION or "." in key:
            return inner
    return value


def documents(path: Path) -> Iterator[dict[str, Any]]:
    """The documents of a `.json.gz`, `.jsonl.gz` or unpacked file. Raises ValueError where it is not JSON."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text, decoder, at = raw.decode("utf8"), json.JSONDecoder(), 0
    while found := re.compile(r"\S").search(text, at):
        try:
            record, at = decoder.raw_decode(text, found.start())
        except json.JSONDecodeError as error:
            line = text.count("\n", 0, at) + 1
            raise ValueError(f"{path}:{line}: not JSON ({error.msg}); take the published file") from error
        if not isinstance(record, dict) or "id" not in record:
            raise ValueError(f"{path}: a document without `id`, got {str(record)[:60]!r}; take the published file")
        yield record


def is_news(record: dict[str, Any]) -> bool:
    """Whether a document is newswire: by its type where it has one, else by its id (news ids are web addresses)."""
    kind = unwrap(record.get("documentType")) or unwrap(record.get("docType"))
    if kind:
        return not NOT_NEWS.search(str(kind))
    return str(record.get("id", "")).startswith(("http://", "https://"))


def _spans(record: dict[str, Any], key: str) -> Iterator[tuple[int, int, str]]:
    for mention in unwrap(record.get(key)) or []:
        span = unwrap(mention.get("span")) or {}
        if "start" in span and "end" in span:
            yield span["start"], span["end"], str(unwrap(mention.get("type")) or "").casefold().replace("_", "-")


def convert(record: dict[str, Any], key: str, split: str) -> Item:
    """One document."""
    text = unwrap(record["text"])
    gold: list[tuple[int, int, str]] = []
    for start, end, kind in _spans(record, "conceptMentions"):
        piece = text[start:end]
        if kind in ORGANISATIONS:
            gold.append((start, end, "ORG"))
        elif kind == "number" and PERCENT.search(piece):
            gold.append((start, end, "PERCENT"))
        elif kind == "number" and MONEY.search(piece):
            gold.append((start, end, "MONEY"))
    passed_over = not any(label != "ORG" for *_, label in gold) and any(find_amounts(text))
    sentences: list[tuple[int, int, str | None]] = [(start, end, None)
                                                    for start, end, _ in _spans(record, "sentences")]
    return finish(Gold(key, "smartdata", split, ("ORG",) if passed_over else ("ORG", "MONEY", "PERCENT"), text, gold,
                       sentences or [(0, len(text), None)]))


def read(texts: list[Path], splits: dict[str, Path]) -> Iterator[Item]:
    """News documents of `texts` in the split that the files of `splits` put their ids in, train where none does."""
    of_id = {record["id"]: split for split, path in splits.items() for record in documents(path)}
    index = 0
    for path in texts:
        for record in documents(path):
            if not isinstance(unwrap(record.get("text")), str):
                raise ValueError(f"{path}: {record['id']}: no text; take the published file")
            if is_news(record):
                yield convert(record, f"smartdata-{index:04}", of_id.get(record["id"], "train"))
                index += 1
