"""What became of every mention, in nervaluate's vocabulary, with counts that add up.

Each gold mention is paired with at most one prediction and the other way round: identical ones first, then the same
span under another label, then overlapping ones (same label before another, longer overlap before shorter, earlier
before later). A gold mention is then `correct`, `wrong_type`, `wrong_boundary`, `wrong_both` or `missed`, a prediction
one of the first four or `spurious`. nervaluate's four schemes are sums of these (`schemes`). nervaluate itself is not
used: its 1.2 loses partial credit when it merges documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ausblick.labels import ENTITY_LABELS
from ausblick.schema import Entity

OUTCOMES = ("correct", "wrong_type", "wrong_boundary", "wrong_both", "missed", "spurious")


class Match(NamedTuple):
    """A gold mention, a prediction, or both as a pair; `overlap` is the number of characters that they share."""

    outcome: str
    gold: Entity | None
    found: Entity | None
    overlap: int = 0


def match(gold: Sequence[Entity], found: Sequence[Entity]) -> list[Match]:
    """Pair the mentions of one document; neither side overlaps itself. In the order of the text."""
    candidates = sorted(_candidates(sorted(gold, key=_start), sorted(found, key=_start)))
    taken_gold: set[int] = set()
    taken_found: set[int] = set()
    out: list[Match] = []
    for *_, g, f in candidates:
        if g.start in taken_gold or f.start in taken_found:
            continue
        taken_gold.add(g.start)
        taken_found.add(f.start)
        out.append(Match(_outcome(g, f), g, f, min(g.end, f.end) - max(g.start, f.start)))
    out += [Match("missed", g, None) for g in gold if g.start not in taken_gold]
    out += [Match("spurious", None, f) for f in found if f.start not in taken_found]
    return sorted(out, key=lambda m: (_start(m.gold or m.found), m.outcome))


def _start(entity: Entity | None) -> int:
    return entity.start if entity else 0


def _outcome(gold: Entity, found: Entity) -> str:
    same_span = (gold.start, gold.end) == (found.start, found.end)
    if gold.label == found.label:
        return "correct" if same_span else "wrong_boundary"
    return "wrong_type" if same_span else "wrong_both"


def _candidates(gold: Sequence[Entity], found: Sequence[Entity]) -> Iterator[tuple[Any, ...]]:
    """All overlapping pairs, each behind what it is sorted by."""
    at = 0
    for g in gold:
        while at < len(found) and found[at].end <= g.start:
            at += 1
        for f in found[at:]:
            if f.start >= g.end:
                break
            overlap = min(g.end, f.end) - max(g.start, f.start)
            yield (g.start, g.end) != (f.start, f.end), g.label != f.label, -overlap, g.start, f.start, g, f


def count(matches: Iterable[Match]) -> dict[str, dict[str, int]]:
    """Outcomes by type and together (`all`): gold ones under the gold's type, spurious ones under the prediction's.

    `gold == correct + wrong_type + wrong_boundary + wrong_both + missed`; in `all` also
    `found == correct + wrong_type + wrong_boundary + wrong_both + spurious`.
    """
    out = {label: dict.fromkeys((*OUTCOMES, "gold", "found"), 0) for label in (*ENTITY_LABELS, "all")}
    for one in matches:
        if (owner := one.gold or one.found) is None:
            continue
        for label in (owner.label, "all"):
            out[label][one.outcome] += 1
        if one.gold:
            out[one.gold.label]["gold"] += 1
            out["all"]["gold"] += 1
        if one.found:
            out[one.found.label]["found"] += 1
            out["all"]["found"] += 1
    return out


def confusion(matches: Iterable[Match]) -> list[list[int]]:
    """Gold type (rows) by predicted type (columns); the last row and column stand for no mention."""
    order = {label: i for i, label in enumerate(ENTITY_LABELS)}
    none = len(order)
    table = [[0] * (none + 1) for _ in range(none + 1)]
    for one in matches:
        table[order[one.gold.label] if one.gold else none][order[one.found.label] if one.found else none] += 1
    return table


def schemes(counts: dict[str, int]) -> dict[str, dict[str, float]]:
    """nervaluate's schemes from the counts of `all`: `strict`, `exact`, `partial`, `type` (its `ent_type`).

    Each has `correct`, `incorrect`, `partial`, `missed`, `spurious`, `precision`, `recall`, `f1`; a partial match
    (right or wrong type, other boundary, scheme `partial` alone) counts half.
    """
    right, kind, edge, both = (counts[name] for name in OUTCOMES[:4])
    parts = {
        "strict": (right, kind + edge + both, 0),
        "exact": (right + kind, edge + both, 0),
        "partial": (right + kind, 0, edge + both),
        "type": (right + edge, kind + both, 0),
    }
    out: dict[str, dict[str, float]] = {}
    for name, (correct, incorrect, partial) in parts.items():
        credit = correct + partial / 2
        precision, recall = ratio(credit, counts["found"]), ratio(credit, counts["gold"])
        out[name] = {
            "correct": correct,
            "incorrect": incorrect,
            "partial": partial,
            "missed": counts["missed"],
            "spurious": counts["spurious"],
            "precision": precision,
            "recall": recall,
            "f1": ratio(2 * credit, counts["found"] + counts["gold"]),
        }
    return out


def ratio(part: float, whole: float) -> float:
    """part / whole, 0 when there is nothing."""
    return part / whole if whole else 0.0
