"""The corpus format: JSON Lines in the result schema plus `source`, `split` and `covers`.

A line is checked in two steps: its shape by pydantic, then what pydantic cannot know (offsets in range, order, overlap,
layers). All faults of a file are reported in one error, since a user who mends labels by hand wants the whole list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ausblick.labels import LAYERS
from ausblick.schema import Article
from data.text import open_text

SPLITS = ("train", "dev", "test")

Label = Literal["ORG", "MONEY", "PERCENT"]
Layer = Literal["ORG", "MONEY", "PERCENT", "outlook"]
Outlook = Literal["none", "positive", "neutral", "negative"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SentenceLine(_Model):
    """A sentence as it stands in a corpus line."""

    start: int
    end: int
    outlook: Outlook | None = None
    scores: dict[str, float] | None = None


class EntityLine(_Model):
    """A mention as it stands in a corpus line; `silver` says that a rule made it."""

    start: int
    end: int
    label: Label
    text: str | None = None
    score: float | None = None
    value: dict[str, Any] | None = None
    silver: bool = False


class Line(_Model):
    """One line of a corpus: an article with gold, where it is from and which layers its gold covers."""

    id: str = Field(min_length=1)
    source: str = Field(min_length=1)
    split: Literal["train", "dev", "test"]
    covers: list[Layer]
    text: str = Field(min_length=1)
    sentences: list[SentenceLine]
    entities: list[EntityLine]
    meta: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled article of a corpus."""

    article: Article
    source: str
    split: str
    covers: frozenset[str]
    """The layers whose gold is complete: of ORG, MONEY, PERCENT, outlook."""

    def to_json(self) -> dict[str, Any]:
        """The corpus line: as the result schema, without scores and null values."""
        record = self.article.to_json()
        for entity in record["entities"]:
            if entity.get("value", ...) is None:
                del entity["value"]
        head = {"id": record.pop("id"), "source": self.source, "split": self.split,
                "covers": [layer for layer in LAYERS if layer in self.covers]}
        return head | record

    def dumps(self) -> str:
        """One line of JSON Lines, without the line break."""
        return json.dumps(self.to_json(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Item:
        """The item of a valid corpus line; raises ValueError with all faults of an invalid one."""
        found = list(line_faults(record))
        if found:
            raise CorpusError([f"{record.get('id', '?')}: {fault}" for fault in found])
        return cls(Article.from_json(record), record["source"], record["split"], frozenset(record["covers"]))


class CorpusError(ValueError):
    """All faults of a file, each as `file:line: what, value; fix`."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


FIXES = {
    "missing": "add the key",
    "extra_forbidden": "remove the key, or move it into `meta`",
    "literal_error": "use one of the names listed",
    "int_type": "give a whole number of characters",
    "string_too_short": "give at least one character",
}


def line_faults(record: Any) -> Iterator[str]:
    """What is wrong with one line, each as `what, value; fix`; nothing for a valid one."""
    try:
        line = Line.model_validate(record)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            where = ".".join(str(part) for part in one["loc"]) or "the line"
            value = "" if one["type"] == "missing" else f", got {_short(one['input'])}"
            yield f"{where}: {one['msg'].lower()}{value}; {FIXES.get(one['type'], 'see the format in data/README.md')}"
        return
    yield from _sentence_faults(line)
    yield from _entity_faults(line)
    if len(set(line.covers)) < len(line.covers):
        yield f"covers: a layer is named twice, got {line.covers}; name each layer once"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _span_faults(line: Line, spans: Iterable[SentenceLine | EntityLine], what: str) -> Iterator[str]:
    """Range, white space at the edges, order and overlap of one kind of span."""
    last = 0
    for i, span in enumerate(spans):
        name, at = f"{what}.{i}", f"{span.start}–{span.end}"
        if not 0 <= span.start < span.end <= len(line.text):
            yield f"{name}: offsets out of range, got {at}; need 0 <= start < end <= {len(line.text)}"
            continue
        piece = line.text[span.start:span.end]
        if piece != piece.strip():
            yield f"{name}: white space at the edge, got {_short(piece)}; shrink {at} to the text itself"
        if span.start < last:
            yield f"{name}: starts before the one before it ends ({last}), got {at}; sort by start, remove the overlap"
        last = max(last, span.end)


def _sentence_faults(line: Line) -> Iterator[str]:
    yield from _span_faults(line, line.sentences, "sentences")
    if not line.sentences:
        yield "sentences: none, got []; give the offsets of every sentence (ausblick.sentences.split_sentences)"
    for i, sentence in enumerate(line.sentences):
        if "outlook" in line.covers and sentence.outlook is None:
            yield f"sentences.{i}: no outlook although `covers` names it, got None; label it or remove it from `covers`"
        if "outlook" not in line.covers and sentence.outlook is not None:
            yield (f"sentences.{i}: an outlook that `covers` does not name, got {sentence.outlook!r}; "
                   "add \"outlook\" to `covers`")


def _entity_faults(line: Line) -> Iterator[str]:
    yield from _span_faults(line, line.entities, "entities")
    bounds = [(s.start, s.end) for s in line.sentences]
    for i, entity in enumerate(line.entities):
        piece = line.text[max(0, entity.start):max(0, entity.end)]
        if entity.text is not None and entity.text != piece:
            yield (f"entities.{i}: its text is not the article's {_short(piece)}, got {_short(entity.text)}; "
                   f"mend the offsets {entity.start}–{entity.end} or the text")
        if bounds and not any(start <= entity.start and entity.end <= end for start, end in bounds):
            yield (f"entities.{i}: not inside one sentence, got {entity.start}–{entity.end} {_short(piece)}; "
                   "mend the mention or join the sentences")
        if entity.label not in line.covers and not entity.silver:
            yield (f"entities.{i}: a label that `covers` does not name, got {entity.label!r}; "
                   "add it to `covers`, or set \"silver\": true if a rule made it")


def scan(path: Path | str) -> tuple[list[Item], list[str]]:
    """The valid items of a file and the faults of all others (`file:line: what, value; fix`)."""
    path = Path(path)
    items: list[Item] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    with open_text(path) as lines:
        for number, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            record, found = _parse(raw)
            key = record.get("id") if isinstance(record, dict) else None
            if isinstance(key, str) and seen.setdefault(key, number) != number:
                found.append(f"id: already in line {seen[key]}, got {key!r}; give every article its own id")
            if found:
                faults += [f"{path}:{number}: {fault}" for fault in found]
            else:
                items.append(Item(Article.from_json(record), record["source"], record["split"],
                                  frozenset(record["covers"])))
    return items, faults


def _parse(raw: str) -> tuple[Any, list[str]]:
    try:
        record = json.loads(raw)
    except json.JSONDecodeError as error:
        return None, [f"not JSON: {error.msg} at column {error.colno}, got {_short(raw.strip())}; one object a line"]
    return record, list(line_faults(record))


def read_corpus(path: Path | str) -> list[Item]:
    """The items of a corpus file (`.jsonl`, also `.xz` and `.gz`).

    Raises CorpusError (a ValueError) with all faults of the file, OSError when it cannot be read.
    """
    items, faults = scan(path)
    if faults:
        raise CorpusError(faults)
    return items


def write_corpus(path: Path | str, items: Iterable[Item]) -> int:
    """Write items as JSON Lines (parents are made) and return how many; the file is replaced in one step."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    count = 0
    with part.open("w", encoding="utf8", newline="\n") as out:
        for item in items:
            out.write(item.dumps() + "\n")
            count += 1
    part.replace(path)
    return count
