"""Builds `report.json`. Its structure, format 1 (a *scope* is `all` or the name of a corpus; scores are in [0, 1]):

    format        1
    made          {date, git, versions, split, seed, resamples, data: [{file, sha256, documents}], training_forms,
                  texts: corpora whose text is shown, or null for all}
    bundle        {name, version, grammar, temperature, model_sha256, training}; null without a bundle
    systems       [{name, kind: bundle | own sentences | baseline | against, layers, note}], the evaluated one first
    scores        {scope: {documents, sentences, covers, systems: {name: {entities, outlook}}}}
                  entities: {TYPE | micro | macro: {precision, recall, f1, support, interval: {measure: [low, high]}}},
                  seqeval strict IOB2; types that a system does not answer for are left out, micro and macro with them
                  outlook: as `outlook.outlook_scores`, plus interval: {figure: [low, high]}; null where not covered
    matches       {scope: {counts, schemes, confusion}}, of the first system, as in `matches`
    slices        {scope: rows}, as in `slices.slices`
    unreachable   {gold, causes: {cause: count}, mentions: rows of `unreachable.unreachable`}
    curves        {label: {average_precision, share, points}}, as in `outlook.curves`
    values        {scope: {reader, grammar}}, as in `amounts.value_scores`
    calibration   {scope: …}, as in `calibration.calibration`
    thresholds    {scope: …}, as in `calibration.thresholds`
    errors        {counts: {cause: count}, worst: [Mistake without its text]}
    alignment     {documents, resplit: ids whose gold sentences leave text uncovered, so that the reader split them}
    differences   {other bundle: {scope: {figure: {difference, interval, p}}}}, this bundle minus the other
    cost          as in `cost.measure`; null when it was not measured

An `interval` is a 95 % bootstrap interval by document; null or missing where a figure is undefined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from ausblick.labels import ENTITY_LABELS, LAYERS
from training.reports.amounts import value_scores
from training.reports.bootstrap import interval, p_value, resample
from training.reports.calibration import calibration, thresholds
from training.reports.cases import Case
from training.reports.figures import (
    OUTLOOK_NAMES,
    Array,
    entity_counts,
    entity_figures,
    outlook_counts,
    outlook_figures,
)
from training.reports.matches import confusion, count, match, schemes
from training.reports.outlook import curves, outlook_scores
from training.reports.slices import slices
from training.reports.words import strict_scores, tag

FORMAT: Final = 1
ALL: Final = "all"
HEADLINE: Final = (
    "ORG/f1",
    "MONEY/f1",
    "PERCENT/f1",
    "micro/f1",
    "macro/f1",
    *(f"outlook/{name}" for name in OUTLOOK_NAMES),
)


@dataclass(frozen=True)
class System:
    """A set of predictions for the same documents, and the layers that it answers for."""

    name: str
    kind: str
    cases: Sequence[Case]
    layers: frozenset[str] = frozenset(LAYERS)
    note: str = ""
    sums: dict[str, dict[str, Array]] = field(default_factory=dict)
    """After `resampled`: {scope: {entities | outlook: (resamples, …)}}."""


def scopes(cases: Sequence[Case]) -> dict[str, list[int]]:
    """The positions of the documents of each scope; `all` comes first and is left out for a single corpus."""
    names = list(dict.fromkeys(case.corpus for case in cases))
    parts = {name: [i for i, case in enumerate(cases) if case.corpus == name] for name in names}
    return ({ALL: list(range(len(cases)))} if len(names) > 1 else {}) | parts


def resampled(system: System, resamples: int, seed: int) -> System:
    """The system with the bootstrap sums of every scope; the same seed draws the same documents for every system."""
    parts = {name: rows for name, rows in scopes(system.cases).items() if name != ALL}
    for layer, counter in (("entities", entity_counts), ("outlook", outlook_counts)):
        counts = {name: counter([system.cases[i] for i in rows]) for name, rows in parts.items()}
        sums = resample(counts, resamples, seed)
        for name in scopes(system.cases):
            total = np.sum(list(sums.values()), axis=0) if name == ALL else sums[name]
            system.sums.setdefault(name, {})[layer] = total
    return system


def covered(cases: Sequence[Case]) -> list[str]:
    """The layers that any of the documents covers, in the usual order."""
    return [layer for layer in LAYERS if any(layer in case.covers for case in cases)]


def score(system: System, scope: str, cases: Sequence[Case]) -> dict[str, Any]:
    """One cell of `scores`: a system on the documents of a scope."""
    layers = covered(cases)
    types = [label for label in ENTITY_LABELS if label in layers]
    out: dict[str, Any] = {"entities": {}, "outlook": None}
    if any(label in system.layers for label in types):
        out["entities"] = entity_scores(system, scope, cases, types)
    if "outlook" in layers and "outlook" in system.layers and (found := outlook_scores(cases)):
        values = outlook_figures(system.sums[scope]["outlook"])
        bounds = {name.removeprefix("outlook/"): interval(value) for name, value in values.items()}
        out["outlook"] = found | {"interval": {name: bound for name, bound in bounds.items() if bound}}
    return out


def entity_scores(system: System, scope: str, cases: Sequence[Case], types: Sequence[str]) -> dict[str, Any]:
    """seqeval's scores with bootstrap intervals; micro and macro only for a system that answers for all types."""
    tagged = [tag(case) for case in cases]
    table = strict_scores([gold for gold, _ in tagged], [found for _, found in tagged])
    check_agreement(table, cases, f"{system.name} on {scope}")
    keep = [label for label in types if label in system.layers]
    names = [*keep, "micro", "macro"] if len(keep) == len(types) else keep
    figures = entity_figures(system.sums[scope]["entities"])
    return {
        name: row | {"interval": {m: interval(figures[f"{name}/{m}"]) for m in ("precision", "recall", "f1")}}
        for name, row in table.items()
        if name in names
    }


def check_agreement(table: Mapping[str, Mapping[str, float]], cases: Sequence[Case], where: str) -> None:
    """The counts behind the intervals must give seqeval's scores; raises RuntimeError when they do not."""
    figures = entity_figures(entity_counts(cases).sum(0))
    for name, row in table.items():
        for measure in ("precision", "recall", "f1"):
            own = float(figures[f"{name}/{measure}"])
            if abs(own - row[measure]) > 1e-9:
                raise RuntimeError(f"{where}: {name} {measure}: seqeval says {row[measure]}, the counts {own}")


def build(
    systems: Sequence[System], resamples: int = 1000, seed: int = 7, seen: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Everything in `report.json` that follows from predictions; `run` adds `made`, `bundle`, `errors` and `cost`."""
    for system in systems:
        resampled(system, resamples, seed)
    main = systems[0].cases
    parts = {name: [main[i] for i in rows] for name, rows in scopes(main).items()}
    whole = next(iter(parts.values()))
    return {
        "format": FORMAT,
        "systems": [{"name": s.name, "kind": s.kind, "layers": sorted(s.layers), "note": s.note} for s in systems],
        "scores": {name: _scope(systems, name, rows) for name, rows in scopes(main).items()},
        "matches": {name: _matches(cases) for name, cases in parts.items()},
        "slices": {name: slices(cases, seen) for name, cases in parts.items()},
        "curves": curves(whole),
        "values": {name: value_scores(cases) for name, cases in parts.items()},
        "calibration": {name: calibration(cases) for name, cases in parts.items()},
        "thresholds": {name: thresholds(cases) for name, cases in parts.items()},
        "differences": {
            s.name: {name: differences(systems[0], s, name) for name in parts} for s in systems if s.kind == "against"
        },
    }


def _scope(systems: Sequence[System], name: str, rows: Sequence[int]) -> dict[str, Any]:
    cases = [systems[0].cases[i] for i in rows]
    return {
        "documents": len(cases),
        "sentences": sum(len(c.sentences) for c in cases),
        "covers": covered(cases),
        "systems": {s.name: score(s, name, [s.cases[i] for i in rows]) for s in systems},
    }


def _matches(cases: Sequence[Case]) -> dict[str, Any]:
    found = [one for case in cases for one in match(case.gold, case.found)]
    counts = count(found)
    return {"counts": counts, "schemes": schemes(counts["all"]), "confusion": confusion(found)}


def headline(sums: Mapping[str, Array]) -> dict[str, Array]:
    """The headline figures of bootstrap sums (or, with one resample, of the counts themselves)."""
    figures = entity_figures(sums["entities"]) | outlook_figures(sums["outlook"])
    return {name: figures[name] for name in HEADLINE}


def differences(one: System, other: System, scope: str) -> dict[str, Any]:
    """Paired bootstrap: every headline figure of `one` minus that of `other`, on the same resampled documents."""
    rows = scopes(one.cases)[scope]
    point = [
        headline(
            {
                "entities": entity_counts([s.cases[i] for i in rows]).sum(0),
                "outlook": outlook_counts([s.cases[i] for i in rows]).sum(0),
            }
        )
        for s in (one, other)
    ]
    left, right = headline(one.sums[scope]), headline(other.sums[scope])
    out: dict[str, Any] = {}
    for name in HEADLINE:
        a, b = (float(p[name]) for p in point)
        if not np.isnan(a) and not np.isnan(b):
            out[name] = {
                "first": a,
                "second": b,
                "difference": a - b,
                "interval": interval(left[name] - right[name]),
                "p": p_value(left[name] - right[name]),
            }
    return out
