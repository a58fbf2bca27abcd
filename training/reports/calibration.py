"""Whether a score of .9 is right nine times in ten, and what is left above a threshold.

Expected calibration error: the mean gap between score and share of right answers over ten equally wide bins, weighted
by their sizes (Guo et al. 2017, "On Calibration of Modern Neural Networks").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ausblick.labels import ENTITY_LABELS
from training.reports.cases import Case
from training.reports.figures import Array
from training.reports.words import triples

BINS = 10
THRESHOLDS = (*(round(i / 20, 2) for i in range(20)), 0.98, 0.99)


def reliability(scores: Array, right: Array, count: int = BINS) -> dict[str, Any] | None:
    """`n`, `ece`, `brier`, `mean_score`, `share_right` and `count` `bins` (low, high, n, mean score, share right)."""
    if not len(scores):
        return None
    which = np.minimum((scores * count).astype(int), count - 1)
    bins: list[dict[str, Any]] = []
    error = 0.0
    for i in range(count):
        inside = which == i
        if n := int(inside.sum()):
            mean, share = float(scores[inside].mean()), float(right[inside].mean())
            bins.append({"low": i / count, "high": (i + 1) / count, "n": n, "mean_score": mean, "share_right": share})
            error += n / len(scores) * abs(mean - share)
    return {
        "n": len(scores),
        "ece": error,
        "brier": float(((scores - right) ** 2).mean()),
        "mean_score": float(scores.mean()),
        "share_right": float(right.mean()),
        "bins": bins,
    }


def entity_pairs(cases: Sequence[Case], label: str | None = None) -> tuple[Array, Array]:
    """The score of every predicted mention (of one type) and whether it is an exact match."""
    scores: list[float] = []
    right: list[bool] = []
    for case in cases:
        gold = set(triples(case.gold))
        for e in case.found:
            if e.score is not None and label in (None, e.label):
                scores.append(e.score)
                right.append((e.start, e.end, e.label) in gold)
    return np.array(scores), np.array(right, dtype=bool)


def outlook_pairs(cases: Sequence[Case], outlook_only: bool = False) -> tuple[Array, Array]:
    """The score of every predicted outlook (other than none) and whether it is right."""
    rows = [
        (scores[label], label == gold)
        for case in cases
        for gold, label, scores in zip(case.gold_outlook, case.outlook, case.outlook_scores, strict=False)
        if scores is not None and not (outlook_only and label == "none")
    ]
    return np.array([r[0] for r in rows]), np.array([r[1] for r in rows], dtype=bool)


def calibration(cases: Sequence[Case]) -> dict[str, Any]:
    """`reliability` of entities (together and by type), outlook and outlook other than none."""
    found = {
        "entities": entity_pairs(cases),
        **{label: entity_pairs(cases, label) for label in ENTITY_LABELS},
        "outlook": outlook_pairs(cases),
        "outlook other than none": outlook_pairs(cases, True),
    }
    return {name: table for name, pair in found.items() if (table := reliability(*pair))}


def thresholds(cases: Sequence[Case]) -> dict[str, list[dict[str, Any]]]:
    """What is kept at each `--min-score`, for all mentions, each type, and sentences with an outlook.

    Rows: `threshold`, `kept` (count), `coverage` (share of the predictions kept), `precision`, `recall`.
    """
    gold = {label: sum(e.label == label for c in cases for e in c.gold) for label in ENTITY_LABELS}
    out = {"entities": _sweep(*entity_pairs(cases), sum(gold.values()))}
    out |= {label: _sweep(*entity_pairs(cases, label), gold[label]) for label in ENTITY_LABELS}
    outlooks = sum(label != "none" for c in cases for label in c.gold_outlook)
    out["outlook other than none"] = _sweep(*outlook_pairs(cases, True), outlooks)
    return {name: rows for name, rows in out.items() if rows}


def _sweep(scores: Array, right: Array, gold: int) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for threshold in THRESHOLDS:
        kept = scores >= threshold
        if n := int(kept.sum()):
            hits = int(right[kept].sum())
            out.append(
                {
                    "threshold": threshold,
                    "kept": n,
                    "coverage": n / len(scores),
                    "precision": hits / n,
                    "recall": hits / gold if gold else None,
                }
            )
    return out
