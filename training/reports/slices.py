"""Tag scores on parts of the data: by document length, mentions seen in training or not, one word or more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ausblick.labels import ENTITY_LABELS
from ausblick.schema import Entity
from data.corpus import Item
from training.reports.cases import Case
from training.reports.figures import Array, entity_counts, entity_figures
from training.reports.words import triples, words

LENGTHS = ((30, "up to 30 words"), (100, "31 to 100 words"), (300, "101 to 300 words"), (10**9, "over 300 words"))


def seen_forms(items: Iterable[Item]) -> frozenset[str]:
    """The surface forms of all mentions of the given (training) items, case and white space levelled."""
    return frozenset(level(e.text) for item in items for e in item.article.entities)


def level(form: str) -> str:
    """The form under which a mention counts as the same."""
    return " ".join(form.split()).casefold()


def length_name(case: Case) -> str:
    """The length class of a document, in words of the word rule."""
    size = len(words(case.text))
    return next(name for limit, name in LENGTHS if size <= limit)


def slices(cases: Sequence[Case], seen: frozenset[str]) -> list[dict[str, Any]]:
    """Rows with `by` (length, training, words), `name`, `documents` and the scores of each type and `micro`.

    The classes of a mention go by its text on both sides: a prediction of an unseen form that is wrong counts against
    the unseen ones. Without training forms the rows of `training` are left out.
    """
    out: list[dict[str, Any]] = []
    by_length = {name: [c for c in cases if length_name(c) == name] for _, name in LENGTHS}
    for name, part in by_length.items():
        if part:
            out.append(_row("length", name, len(part), entity_counts(part).sum(0)))
    tests: list[tuple[str, str, Callable[[Entity], bool]]] = [
        ("words", "one word", lambda e: len(e.text.split()) == 1),
        ("words", "two or more", lambda e: len(e.text.split()) > 1),
    ]
    if seen:
        tests += [
            ("training", "seen", lambda e: level(e.text) in seen),
            ("training", "unseen", lambda e: level(e.text) not in seen),
        ]
    for by, name, keep in tests:
        out.append(_row(by, name, len(cases), _counts(cases, keep)))
    return [row for row in out if row["micro"]["support"] or row["micro"]["found"]]


def _counts(cases: Sequence[Case], keep: Callable[[Entity], bool]) -> Array:
    """(types, 3) over the mentions that pass `keep`."""
    out = np.zeros((len(ENTITY_LABELS), 3), dtype=np.int64)
    for case in cases:
        gold = set(triples([e for e in case.gold if keep(e)]))
        found = set(triples([e for e in case.found if keep(e)]))
        for column, spans in enumerate((gold & found, found, gold)):
            for *_, label in spans:
                out[ENTITY_LABELS.index(label), column] += 1
    return out


def _row(by: str, name: str, documents: int, totals: Array) -> dict[str, Any]:
    figures = entity_figures(totals)
    row: dict[str, Any] = {"by": by, "name": name, "documents": documents}
    for i, label in enumerate((*ENTITY_LABELS, "micro")):
        _, found, gold = (int(n) for n in (totals[i] if i < len(ENTITY_LABELS) else totals.sum(0)))
        if found or gold:
            row[label] = {m: float(figures[f"{label}/{m}"]) for m in ("precision", "recall", "f1")} | {
                "support": gold,
                "found": found,
            }
    return row | {"micro": row.get("micro", {"support": 0, "found": 0})}
