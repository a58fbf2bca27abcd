"""Scores of a reader on labelled items: seqeval (strict, IOB2) for mentions, macro-F1 for the outlook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from seqeval.metrics import classification_report
from seqeval.scheme import IOB2
from sklearn.metrics import f1_score

from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS, spans_to_bio
from ausblick.reader import Reader
from ausblick.records import Record
from ausblick.schema import Article, Entity
from data.corpus import Item

WORD = re.compile(r"\w+|[^\w\s]")


def record(item: Item) -> Record:
    """The item as the reader's input, with the gold sentences."""
    return Record(item.article.id, item.article.text, tuple((s.start, s.end) for s in item.article.sentences))


def predict(reader: Reader, items: Sequence[Item]) -> list[Article]:
    """The reader's annotations of the items, sentence by gold sentence."""
    return list(reader.read_many(record(item) for item in items))


def units(text: str, edges: Iterable[int]) -> list[tuple[int, int]]:
    """The words of a text, cut at `edges` too, so that spans with different edges never get the same tags."""
    inside = sorted(set(edges))
    out = []
    for match in WORD.finditer(text):
        start = match.start()
        for edge in inside:
            if start < edge < match.end():
                out.append((start, edge))
                start = edge
        out.append((start, match.end()))
    return out


def tag_row(item: Item, predicted: Article, only: str | None = None) -> tuple[list[str], list[str]]:
    """Gold and predicted IOB2 tags of an item over the same units; types that its gold does not cover are left out."""
    labels = {only} if only else set(ENTITY_LABELS)
    labels &= item.covers

    def chosen(entities: Iterable[Entity]) -> list[tuple[int, int, str]]:
        return [(e.start, e.end, e.label) for e in entities if e.label in labels and not e.silver]

    gold, found = chosen(item.article.entities), chosen(predicted.entities)
    words = units(item.article.text, (edge for start, end, _ in (*gold, *found) for edge in (start, end)))
    return spans_to_bio(gold, words), spans_to_bio(found, words)


def tagging(items: Sequence[Item], predicted: Sequence[Article]) -> dict[str, dict[str, float]]:
    """Strict precision, recall, F1 and support n of each type that some item covers."""
    pairs = [tag_row(item, article) for item, article in zip(items, predicted, strict=True)]
    covered = set().union(*(item.covers for item in items)) & set(ENTITY_LABELS)
    if not any(tag != "O" for gold, found in pairs for tag in (*gold, *found)):
        return {label: {"precision": 0.0, "recall": 0.0, "f1": 0.0, "n": 0} for label in sorted(covered)}
    report: dict[str, Any] = classification_report(
        [g for g, _ in pairs], [f for _, f in pairs], mode="strict", scheme=IOB2, output_dict=True, zero_division=0
    )
    empty = {"precision": 0.0, "recall": 0.0, "f1-score": 0.0, "support": 0}
    return {
        label: {
            "precision": float(row["precision"]),
            "recall": float(row["recall"]),
            "f1": float(row["f1-score"]),
            "n": int(row["support"]),
        }
        for label in sorted(covered)
        for row in (report.get(label, empty),)
    }


def outlook(items: Sequence[Item], predicted: Sequence[Article]) -> dict[str, float] | None:
    """Macro-F1 over the four labels, F1 of each, and n; None when no item covers the outlook."""
    gold, found = [], []
    for item, article in zip(items, predicted, strict=True):
        if "outlook" in item.covers:
            gold += [s.outlook for s in item.article.sentences]
            found += [s.outlook for s in article.sentences]
    if not gold:
        return None
    each = f1_score(gold, found, labels=list(OUTLOOK_LABELS), average=None, zero_division=0)
    return {"macro_f1": float(each.mean()), "n": len(gold)} | {
        label: float(f) for label, f in zip(OUTLOOK_LABELS, each, strict=True)
    }


def score(reader: Reader, items: Sequence[Item]) -> dict[str, Any]:
    """Scores by source: `{source: {"ORG": {...}, …, "outlook": {...}}}`."""
    out: dict[str, Any] = {}
    for source in sorted({item.source for item in items}):
        part = [item for item in items if item.source == source]
        predicted = predict(reader, part)
        out[source] = tagging(part, predicted)
        if (rows := outlook(part, predicted)) is not None:
            out[source]["outlook"] = rows
    return out


def headline(scores: dict[str, Any]) -> dict[str, float]:
    """The mean over corpora of each layer's F1, and `mean` over the layers: what model selection looks at."""
    values: dict[str, list[float]] = {}
    for rows in scores.values():
        for layer, row in rows.items():
            if row["n"]:
                values.setdefault(layer, []).append(row["macro_f1"] if layer == "outlook" else row["f1"])
    out = {layer: sum(v) / len(v) for layer, v in values.items()}
    return out | {"mean": sum(out.values()) / len(out) if out else 0.0}
