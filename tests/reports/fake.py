"""Gold that was made for the tests, and a reader that returns it with seeded noise."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS
from ausblick.records import Record
from ausblick.schema import Article, Entity, Sentence
from ausblick.sentences import split_sentences
from ausblick.values import read_value
from data.corpus import Item, write_corpus

PARTS = (
    (("Die ", ("ORG", "Nordwerk AG"), " erwartet ", ("PERCENT", "12 Prozent"), " mehr Umsatz."), "positive"),
    (("Der Gewinn sank auf ", ("MONEY", "3,4 Mio. Euro"), "."), "none"),
    (("Für ", ("ORG", "Lindmann"), " und ", ("ORG", "Müller & Söhne GmbH"), " wird das Jahr schwierig."), "negative"),
    (("Der Vorstand hält an der Prognose von ", ("MONEY", "20 bis 25 Millionen Dollar"), " fest."), "neutral"),
    (("Das teilte die ", ("ORG", "EZB"), " mit."), "none"),
)


def make_items(
    count: int,
    source: str = "made",
    split: str = "test",
    seed: int = 0,
    covers: Sequence[str] = (*ENTITY_LABELS, "outlook"),
) -> list[Item]:
    """Articles of one to five made-up sentences with gold."""
    rng = random.Random(f"{source}{split}{seed}")
    items = []
    for number in range(count):
        text, sentences, entities = "", [], []
        for parts, outlook in rng.choices(PARTS, k=rng.randint(1, 5)):
            text += " " if text else ""
            start = len(text)
            for part in parts:
                if isinstance(part, tuple):
                    label, form = part
                    if label in covers:
                        a, b = len(text), len(text) + len(form)
                        value = None if label == "ORG" else read_value(form, 0, len(form), label)
                        entities.append(Entity(a, b, label, form, None, value))
                    text += form
                else:
                    text += part
            sentences.append(Sentence(start, len(text), outlook if "outlook" in covers else None))
        article = Article(f"{split}-{number}", text, tuple(sentences), tuple(entities))
        items.append(Item(article, source, split, frozenset(covers)))
    return items


class FakeReader:
    """Knows the gold of some items and gets a share `noise` of it wrong."""

    def __init__(self, items: Iterable[Item], noise: float = 0.2, seed: int = 0) -> None:
        self.gold = {f"{item.source}/{item.article.id}": item for item in items}
        self.noise, self.seed = noise, seed

    def read_many(self, texts: Iterable[str | Record]) -> Iterator[Article]:
        """Annotate records that it has gold for."""
        for record in texts:
            assert isinstance(record, Record)
            item, rng = self.gold[record.id], random.Random(f"{self.seed}{record.id}")
            spans = record.sentences or tuple(split_sentences(record.text))
            sentences = tuple(self._sentence(span, item, rng) for span in spans)
            given = item.article.entities
            entities = [e for gold in given for e in self._entity(gold, given, record.text, rng)]
            yield Article(record.id, record.text, sentences, tuple(entities), record.meta)

    def _sentence(self, span: tuple[int, int], item: Item, rng: random.Random) -> Sentence:
        gold = next((s.outlook for s in item.article.sentences if s.start <= span[0] < s.end), None) or "none"
        label = rng.choice(OUTLOOK_LABELS) if rng.random() < self.noise else gold
        top = min(0.99, rng.uniform(0.5, 1.0) if label == gold else rng.uniform(0.3, 0.9))
        rest = (1 - top) / (len(OUTLOOK_LABELS) - 1)
        return Sentence(*span, label, {name: top if name == label else rest for name in OUTLOOK_LABELS})

    def _entity(self, gold: Entity, others: Sequence[Entity], text: str, rng: random.Random) -> Iterator[Entity]:
        entity = replace(gold, score=rng.uniform(0.6, 1.0), silver=False)
        if rng.random() >= self.noise:
            yield entity
            return
        fault = rng.choice(("missed", "boundary", "type", "spurious"))
        if fault == "boundary" and " " in gold.text:
            end = gold.start + gold.text.index(" ")
            yield replace(entity, end=end, text=text[gold.start : end], score=rng.uniform(0.4, 0.9), value=None)
        elif fault == "type":
            yield replace(entity, label=rng.choice(ENTITY_LABELS), score=rng.uniform(0.3, 0.8), value=None)
        elif fault == "spurious" and len(before := text[: gold.start].split(" ")) > 1 and before[-2].isalpha():
            start = gold.start - len(before[-2]) - 1
            if not any(e.start < gold.start and start < e.end for e in others):
                yield Entity(start, gold.start - 1, "ORG", text[start : gold.start - 1], rng.uniform(0.3, 0.7))


def write_items(path: Path, *parts: Sequence[Item]) -> Path:
    """A corpus file of all items."""
    write_corpus(path, [item for items in parts for item in items])
    return path
