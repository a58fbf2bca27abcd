"""Counts per document and the figures that follow from their sums, for any number of resamples at once.

The strict tag scores of the report come from seqeval; these give their bootstrap intervals and agree with them
(`build.check_agreement` and the tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS
from training.reports.cases import Case
from training.reports.words import triples

Array = npt.NDArray[Any]
TYPE = {label: i for i, label in enumerate(ENTITY_LABELS)}
OUTLOOK = {label: i for i, label in enumerate(OUTLOOK_LABELS)}
OUTLOOK_NAMES = ("macro_f1", "detection_f1", "direction_accuracy", "accuracy")


def entity_counts(cases: Sequence[Case]) -> Array:
    """(documents, types, 3): exact matches, predictions and gold mentions."""
    out = np.zeros((len(cases), len(TYPE), 3), dtype=np.int64)
    for row, case in zip(out, cases, strict=True):
        gold, found = set(triples(case.gold)), set(triples(case.found))
        for column, spans in enumerate((gold & found, found, gold)):
            for *_, label in spans:
                row[TYPE[label], column] += 1
    return out


def outlook_counts(cases: Sequence[Case]) -> Array:
    """(documents, 4, 4): sentences by gold outlook (rows) and predicted outlook (columns)."""
    out = np.zeros((len(cases), len(OUTLOOK), len(OUTLOOK)), dtype=np.int64)
    for row, case in zip(out, cases, strict=True):
        for gold, found in zip(case.gold_outlook, case.outlook, strict=True):
            row[OUTLOOK[gold], OUTLOOK[found]] += 1
    return out


def divide(part: Array, whole: Array) -> Array:
    """part / whole, NaN where there is nothing to divide by."""
    out: Array = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=out, where=np.asarray(whole) != 0)
    return out


def scores(right: Array, found: Array, gold: Array) -> tuple[Array, Array, Array]:
    """Precision, recall and F1; all NaN where neither side has anything, 0 where only one has."""
    there = (found + gold) > 0
    one_sided = [np.where(there & np.isnan(part), 0.0, part) for part in (divide(right, found), divide(right, gold))]
    return one_sided[0], one_sided[1], divide(2 * right, found + gold)


def mean_of_known(values: Array) -> Array:
    """Mean over the last axis, leaving NaN out; NaN where nothing is known."""
    known = ~np.isnan(values)
    return divide(np.where(known, values, 0.0).sum(-1), known.sum(-1))


def entity_figures(totals: Array) -> dict[str, Array]:
    """`TYPE/precision`, `/recall`, `/f1` for each type, `micro` and `macro`; totals: (..., types, 3)."""
    by_type = scores(totals[..., 0], totals[..., 1], totals[..., 2])  # each (..., types)
    micro = scores(*np.moveaxis(totals.sum(-2), -1, 0))
    out: dict[str, Array] = {}
    for measure, types, together in zip(("precision", "recall", "f1"), by_type, micro, strict=True):
        for label, i in TYPE.items():
            out[f"{label}/{measure}"] = types[..., i]
        out[f"micro/{measure}"] = together
        out[f"macro/{measure}"] = mean_of_known(types)
    return out


def outlook_figures(totals: Array) -> dict[str, Array]:
    """`outlook/…` figures from confusion matrices of shape (..., 4, 4); "none" is the first row and column.

    macro_f1: mean F1 of the four labels. detection_f1: F1 of "has an outlook" against "none". direction_accuracy:
    share of right labels among the sentences to which gold and prediction both give an outlook.
    """
    right = np.diagonal(totals, axis1=-2, axis2=-1)
    gold, found = totals.sum(-1), totals.sum(-2)
    precision, recall, f1 = scores(right, found, gold)
    both = totals[..., 1:, 1:]
    detection = scores(both.sum((-2, -1)), found[..., 1:].sum(-1), gold[..., 1:].sum(-1))
    out = {
        "outlook/macro_f1": mean_of_known(f1),
        "outlook/detection_precision": detection[0],
        "outlook/detection_recall": detection[1],
        "outlook/detection_f1": detection[2],
        "outlook/direction_accuracy": divide(right[..., 1:].sum(-1), both.sum((-2, -1))),
        "outlook/accuracy": divide(right.sum(-1), gold.sum(-1)),
    }
    for label, i in OUTLOOK.items():
        out |= {
            f"outlook/{label}/precision": precision[..., i],
            f"outlook/{label}/recall": recall[..., i],
            f"outlook/{label}/f1": f1[..., i],
        }
    return out
