"""Gold and prediction of a document side by side, reduced to what the gold covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ausblick.labels import ENTITY_LABELS
from ausblick.reader import check_sentences
from ausblick.records import Record
from ausblick.schema import Article, Entity
from data.corpus import Item

Span = tuple[int, int]


class ReportError(ValueError):
    """A report, or a pair of them, that cannot be used; the message says what and where."""


class Reads(Protocol):
    """What is evaluated: `ausblick.reader.Reader`, or anything else that turns records into articles."""

    def read_many(self, texts: Iterable[str | Record]) -> Iterator[Article]:
        """Annotate records, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """One document. Mentions of types that its gold does not cover are left out on both sides, silver ones too."""

    id: str
    corpus: str
    text: str
    covers: frozenset[str]
    sentences: tuple[Span, ...]
    """The gold sentences."""
    gold: tuple[Entity, ...]
    found: tuple[Entity, ...]
    gold_outlook: tuple[str, ...] = ()
    """One for each gold sentence; empty where the gold does not cover the outlook."""
    outlook: tuple[str, ...] = ()
    """The prediction for each gold sentence."""
    outlook_scores: tuple[Mapping[str, float] | None, ...] = ()
    own_sentences: bool = False
    """The reader split the text itself, and its sentences were aligned with the gold ones."""


def covers_text(article: Article) -> bool:
    """Whether the reader would take these sentences: in order, without overlap, nothing but white space outside."""
    try:
        check_sentences(with_sentences(article.id, article))
    except ValueError:
        return False
    return True


def with_sentences(name: str, article: Article) -> Record:
    """The article as a record with its own sentences."""
    return Record(name, article.text, tuple((s.start, s.end) for s in article.sentences))


def to_record(item: Item, own_sentences: bool = False) -> Record:
    """What the reader is given: the text, with the gold sentences unless they cannot be used or are not wanted."""
    article, name = item.article, f"{item.source}/{item.article.id}"
    if own_sentences or not covers_text(article):
        return Record(name, article.text)
    return with_sentences(name, article)


def predict(reader: Reads, items: Sequence[Item], own_sentences: bool = False) -> list[Article]:
    """The reader's articles for `items`, in order.

    own_sentences: let the reader split every text itself instead of handing it the gold sentences.
    """
    articles = list(reader.read_many(to_record(item, own_sentences) for item in items))
    if len(articles) != len(items):
        raise ReportError(f"the reader returned {len(articles)} articles for {len(items)} records")
    return articles


def make_case(item: Item, article: Article) -> Case:
    """Put an item and its prediction side by side."""
    gold, types = item.article, [label for label in ENTITY_LABELS if label in item.covers]
    spans = tuple((s.start, s.end) for s in gold.sentences)
    own = spans != tuple((s.start, s.end) for s in article.sentences)
    labelled = "outlook" in item.covers
    outlook, scores = align(spans, article) if labelled else ((), ())
    return Case(
        gold.id,
        item.source,
        gold.text,
        item.covers,
        spans,
        tuple(e for e in gold.entities if e.label in types and not e.silver),
        tuple(e for e in article.entities if e.label in types),
        tuple(s.outlook or "none" for s in gold.sentences) if labelled else (),
        outlook,
        scores,
        own,
    )


def align(spans: Sequence[Span], article: Article) -> tuple[tuple[str, ...], tuple[Mapping[str, float] | None, ...]]:
    """The predicted outlook and its scores for each gold sentence: those of the sentence it shares most text with."""
    outlook: list[str] = []
    scores: list[Mapping[str, float] | None] = []
    for start, end in spans:
        best, shared = None, 0
        for sentence in article.sentences:
            common = len(article.text[max(start, sentence.start) : min(end, sentence.end)].strip())
            if sentence.start < end and start < sentence.end and common > shared:
                best, shared = sentence, common
        outlook.append((best.outlook if best else None) or "none")
        scores.append(best.scores if best else None)
    return tuple(outlook), tuple(scores)


def make_cases(items: Sequence[Item], articles: Sequence[Article]) -> list[Case]:
    """The cases of all items, in order."""
    return [make_case(item, article) for item, article in zip(items, articles, strict=True)]


def case_to_json(case: Case, with_text: bool) -> dict[str, Any]:
    """A line of `documents.jsonl`; without its text where the corpus may not be passed on."""

    def spans(entities: Sequence[Entity]) -> list[list[Any]]:
        return [[e.start, e.end, e.label, *([] if e.score is None else [round(e.score, 4)])] for e in entities]

    out: dict[str, Any] = {
        "id": case.id,
        "corpus": case.corpus,
        "covers": sorted(case.covers),
        "sentences": [list(s) for s in case.sentences],
        "gold": spans(case.gold),
        "found": spans(case.found),
    }
    if case.gold_outlook:
        out |= {"gold_outlook": list(case.gold_outlook), "outlook": list(case.outlook)}
    if with_text:
        out["text"] = case.text
    return out


def case_from_json(record: Mapping[str, Any]) -> Case:
    """Read a line of `documents.jsonl`; the text is empty where it was left out."""
    text = record.get("text", "")

    def entities(rows: Iterable[Sequence[Any]]) -> tuple[Entity, ...]:
        return tuple(Entity(r[0], r[1], r[2], text[r[0] : r[1]], r[3] if len(r) > 3 else None) for r in rows)

    return Case(
        record["id"],
        record["corpus"],
        text,
        frozenset(record["covers"]),
        tuple((s[0], s[1]) for s in record["sentences"]),
        entities(record["gold"]),
        entities(record["found"]),
        tuple(record.get("gold_outlook", ())),
        tuple(record.get("outlook", ())),
    )
