"""Scores of a reader on labelled items: seqeval (strict, IOB2) for mentions, macro-F1 for the outlook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.metrics import f1_score

from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS
from ausblick.reader import Reader
from data.corpus import Item
from training.reports.cases import Case, make_cases, predict
from training.reports.words import strict_scores, tag


def tagging(cases: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Strict precision, recall, F1 and support n of each type that some case covers."""
    covered = set().union(*(case.covers for case in cases)) & set(ENTITY_LABELS)
    pairs = [tag(case) for case in cases]
    table = strict_scores([gold for gold, _ in pairs], [found for _, found in pairs])
    empty = {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}
    rows = {label: dict(table.get(label, empty)) for label in sorted(covered)}
    return {label: row | {"n": row.pop("support")} for label, row in rows.items()}


def outlook(cases: Sequence[Case]) -> dict[str, float] | None:
    """Macro-F1 over the four labels, F1 of each, and n; None when no case covers the outlook."""
    gold = [label for case in cases for label in case.gold_outlook]
    found = [label for case in cases for label in case.outlook]
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
        cases = make_cases(part, predict(reader, part))
        out[source] = tagging(cases)
        if (rows := outlook(cases)) is not None:
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
