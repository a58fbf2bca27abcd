"""A deterministic reader without a network, with the interface of the real one."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ausblick.bundle import BundleError
from ausblick.records import Record
from ausblick.schema import Article, Entity, Sentence
from ausblick.values import Money, Percent

MENTION = re.compile(r"(?P<MONEY>\d+ (?:Mio\. )?Euro)|(?P<PERCENT>\d+ Prozent)|(?P<ORG>\w+ (?:AG|GmbH|SE))")
SENTENCE = re.compile(r"\S(?:Mio\.|\d\.|[^.!?\n])*(?:[.!?]|(?=\n)|$)")
OUTLOOKS = (("steigt", "positive"), ("sinkt", "negative"), ("bleibt", "neutral"))


@dataclass
class FakeReader:
    """Finds a few patterns. Texts with a command word make trouble: KAPUTT raises, ABSTURZ ends the process."""

    min_score: float = 0.0
    pause: float = 0.0
    cut_sentences: int = 0

    def read_many(self, texts: Iterable[str | Record], **_: Any) -> Iterator[Article]:
        for i, item in enumerate(texts):
            record = item if isinstance(item, Record) else Record(str(i), item)
            if self.pause:
                time.sleep(self.pause)
            if "KAPUTT" in record.text:
                raise ValueError("a text that breaks the reader")
            if "ABSTURZ" in record.text:
                os._exit(9)
            yield self.annotate(record)

    def annotate(self, record: Record) -> Article:
        text = record.text
        spans = record.sentences or [m.span() for m in SENTENCE.finditer(text)]
        entities = [_entity(match) for match in MENTION.finditer(text)]
        return Article(record.id, text, tuple(_sentence(text, *span) for span in spans),
                       tuple(e for e in entities if (e.score or 0) >= self.min_score), record.meta)


def _sentence(text: str, start: int, end: int) -> Sentence:
    label = next((name for word, name in OUTLOOKS if word in text[start:end]), "none")
    scores = {name: 0.91 if name == label else 0.03 for name in ("none", "positive", "neutral", "negative")}
    return Sentence(start, end, label, scores)


def _entity(match: re.Match[str]) -> Entity:
    label, number = match.lastgroup or "", Decimal(re.sub(r"\D", "", match[0]) or 0)
    if "Mio" in match[0]:
        number *= 1_000_000
    value = {"MONEY": Money(number, number, "EUR", "exact"), "PERCENT": Percent(number, number, "percent", "exact")}
    return Entity(match.start(), match.end(), label, match[0], 0.6 if label == "ORG" else 0.95, value.get(label))


def load(path: str | None = None, threads: int | None = None, min_score: float = 0.0) -> FakeReader:
    """As `Reader.load`."""
    return FakeReader(min_score)


def load_slow(path: str | None = None, threads: int | None = None, min_score: float = 0.0) -> FakeReader:
    """A reader that takes its time, so that runs can be interrupted."""
    return FakeReader(min_score, pause=0.002)


class Broken:
    """A network that has something to say about where it runs."""

    note = "the network runs on the CPU: a made-up reason"


def load_broken(path: str | None = None, threads: int | None = None, min_score: float = 0.0) -> FakeReader:
    """A reader over such a network."""
    reader = FakeReader(min_score)
    reader.network = Broken()  # type: ignore[attr-defined]
    return reader


def load_none(path: str | None = None, threads: int | None = None, min_score: float = 0.0) -> FakeReader:
    """As `Reader.load` without a bundle."""
    raise BundleError("none: no such bundle folder")
