"""The result schema: one form for predictions and for gold labels.

All offsets are character offsets (Unicode code points, end-exclusive) into the article's text exactly as it was given:
`article.text[entity.start:entity.end] == entity.text`. `article.schema.json` beside this file is its JSON Schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ausblick.values import Money, Percent, value_from_json

SCHEMA_FILE = Path(__file__).with_name("article.schema.json")


@dataclass(frozen=True, slots=True)
class Entity:
    """A mention: `label` is ORG, MONEY or PERCENT; `score` a calibrated probability, None for gold."""

    start: int
    end: int
    label: str
    text: str
    score: float | None = None
    value: Money | Percent | None = None
    """The amount; None for ORG and for an amount that cannot be read."""
    silver: bool = False
    """Labelled by a rule, not by a person (training data only)."""

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"start": self.start, "end": self.end, "label": self.label, "text": self.text}
        if self.score is not None:
            out["score"] = round(self.score, 4)
        if self.label != "ORG":
            out["value"] = self.value.to_json() if self.value else None
        if self.silver:
            out["silver"] = True
        return out


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its outlook (`positive`, `neutral`, `negative`, `none`; None where gold does not cover it)."""

    start: int
    end: int
    outlook: str | None = None
    scores: Mapping[str, float] | None = None
    """The calibrated probability of each outlook; they sum to 1."""

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"start": self.start, "end": self.end}
        if self.outlook is not None:
            out["outlook"] = self.outlook
        if self.scores is not None:
            out["scores"] = {label: round(score, 4) for label, score in self.scores.items()}
        return out


@dataclass(frozen=True, slots=True)
class Article:
    """An article with its sentences in order and its mentions in order, neither overlapping."""

    id: str
    text: str
    sentences: tuple[Sentence, ...] = ()
    entities: tuple[Entity, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    """What the caller's record carried beside `id`, `text` and `sentences`, untouched."""

    def to_json(self) -> dict[str, Any]:
        """A plain dict; `meta` is left out when empty."""
        out: dict[str, Any] = {"id": self.id, "text": self.text, "sentences": [s.to_json() for s in self.sentences],
                               "entities": [e.to_json() for e in self.entities]}
        if self.meta:
            out["meta"] = dict(self.meta)
        return out

    def dumps(self) -> str:
        """One line of JSON Lines, without the line break."""
        return json.dumps(self.to_json(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Article:
        """Read what `to_json` wrote (or gold in the same schema; there `text` of an entity may be missing).

        Raises KeyError for a missing key, ValueError for offsets that do not fit the text.
        """
        text = record["text"]
        return cls(record["id"], text, tuple(_sentence(s, len(text)) for s in record.get("sentences", ())),
                   tuple(_entity(e, text) for e in record.get("entities", ())), dict(record.get("meta", {})))


def _check(start: Any, end: Any, length: int, what: str) -> None:
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= length):
        raise ValueError(f"{what} {start!r}–{end!r}: offsets must be whole numbers, 0 <= start <= end <= {length}")


def _sentence(record: Mapping[str, Any], length: int) -> Sentence:
    _check(record["start"], record["end"], length, "sentence")
    return Sentence(record["start"], record["end"], record.get("outlook"), record.get("scores"))


def _entity(record: Mapping[str, Any], text: str) -> Entity:
    start, end = record["start"], record["end"]
    _check(start, end, len(text), "entity")
    if record.get("text", text[start:end]) != text[start:end]:
        raise ValueError(f"entity {start}–{end}: its text {record['text']!r} is not the article's {text[start:end]!r}")
    value = record.get("value")
    return Entity(start, end, record["label"], text[start:end], record.get("score"),
                  value_from_json(value) if value else None, bool(record.get("silver")))
