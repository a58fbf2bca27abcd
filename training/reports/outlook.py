"""Outlook: the confusion matrix, the scores of each label, and precision-recall curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ausblick.labels import OUTLOOK_LABELS
from training.reports.cases import Case
from training.reports.figures import Array, outlook_counts, outlook_figures

POINTS = 60
"""A stored curve has at most about this many points."""


def outlook_scores(cases: Sequence[Case]) -> dict[str, Any] | None:
    """All outlook figures of a system on some documents; None when no gold covers the outlook."""
    labelled = [case for case in cases if case.gold_outlook]
    if not labelled:
        return None
    totals = outlook_counts(labelled).sum(0)
    figures = {name.removeprefix("outlook/"): _number(value) for name, value in outlook_figures(totals).items()}
    labels = {
        label: {m: figures[f"{label}/{m}"] for m in ("precision", "recall", "f1")} | {"support": int(totals[i].sum())}
        for i, label in enumerate(OUTLOOK_LABELS)
    }
    plain = {name: value for name, value in figures.items() if "/" not in name}
    return {
        "documents": len(labelled),
        "sentences": int(totals.sum()),
        **plain,
        "labels": labels,
        "directions_compared": int(totals[1:, 1:].sum()),
        "confusion": totals.tolist(),
    }


def _number(value: Array) -> float | None:
    return None if np.isnan(value) else float(value)


def curves(cases: Sequence[Case]) -> dict[str, Any]:
    """A precision-recall curve for each label against all others, and for "any outlook" (1 - score of none).

    Each: `average_precision`, `share` (of positive sentences, the precision of guessing) and `points`
    (threshold, precision, recall), thinned out. Empty when the system gives no scores.
    """
    gold = [label for case in cases for label in case.gold_outlook]
    scores = [row for case in cases for row in case.outlook_scores]
    if not gold or len(gold) != len(scores) or any(row is None for row in scores):
        return {}
    table = np.array([[row.get(label, 0.0) for label in OUTLOOK_LABELS] for row in scores if row is not None])
    truth = np.array([OUTLOOK_LABELS.index(label) for label in gold])
    tasks = {"any outlook": (1 - table[:, 0], truth > 0)}
    tasks |= {label: (table[:, i], truth == i) for i, label in enumerate(OUTLOOK_LABELS) if i}
    return {name: curve(score, right) for name, (score, right) in tasks.items() if right.any()}


def curve(scores: Array, right: Array) -> dict[str, Any]:
    """Precision and recall at every distinct score, best first; average precision as the step-wise area."""
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(right[order])
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)  # equal scores enter together
    precision, recall = hits[last] / (last + 1), hits[last] / hits[-1]
    area = float((np.diff(recall, prepend=0.0) * precision).sum())
    keep = np.unique(np.searchsorted(recall, np.linspace(0, 1, POINTS)).clip(max=len(last) - 1))
    points = [
        [round(float(ranked[last[i]]), 4), round(float(precision[i]), 4), round(float(recall[i]), 4)] for i in keep
    ]
    return {"average_precision": area, "share": float(right.mean()), "points": points}
