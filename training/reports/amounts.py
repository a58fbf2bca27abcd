"""Values: of the gold amounts, how many are read as a number, refused, or read wrongly.

Gold values count where the corpus gives them; elsewhere only read and refused can be told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ausblick.schema import Entity
from ausblick.values import Money, Percent, read_value
from training.reports.cases import Case

TYPES = ("MONEY", "PERCENT")
COUNTS = ("gold", "read", "refused", "with_value", "right", "wrong")


class Reading(NamedTuple):
    """A gold amount and what was made of it; `fault` names the first part that differs from the gold value."""

    case: Case
    gold: Entity
    value: Money | Percent | None
    fault: str | None


def fault(gold: Money | Percent, value: Money | Percent) -> str | None:
    """What is wrong with a value: `kind`, `number`, `currency` or `unit`, `bound`; None when it is right."""
    if type(gold) is not type(value):
        return "kind"
    if (gold.low, gold.high) != (value.low, value.high):
        return "number"
    if isinstance(gold, Money) and isinstance(value, Money) and gold.currency != value.currency:
        return "currency"
    if isinstance(gold, Percent) and isinstance(value, Percent) and gold.unit != value.unit:
        return "unit"
    return "bound" if gold.bound != value.bound else None


def readings(cases: Iterable[Case], grammar_alone: bool) -> Iterator[Reading]:
    """Every gold amount that has a value to judge: of the grammar on the gold mention, or of the reader where its
    mention is exact."""
    for case in cases:
        found = {(e.start, e.end, e.label): e for e in case.found}
        for gold in case.gold:
            if gold.label not in TYPES:
                continue
            if grammar_alone:
                value = read_value(case.text, gold.start, gold.end, gold.label)
            elif entity := found.get((gold.start, gold.end, gold.label)):
                value = entity.value
            else:
                continue
            yield Reading(case, gold, value, fault(gold.value, value) if gold.value and value else None)


def tally(rows: Iterable[Reading]) -> dict[str, dict[str, Any]]:
    """Counts by type: `gold` = `read` + `refused`; of those `with_value`, `right` + `wrong` were read; `faults`."""
    out: dict[str, dict[str, Any]] = {label: dict.fromkeys(COUNTS, 0) | {"faults": {}} for label in TYPES}
    for row in rows:
        counts = out[row.gold.label]
        counts["gold"] += 1
        counts["read" if row.value else "refused"] += 1
        if row.gold.value:
            counts["with_value"] += 1
            if row.value:
                counts["wrong" if row.fault else "right"] += 1
        if row.fault:
            counts["faults"][row.fault] = counts["faults"].get(row.fault, 0) + 1
    return {label: counts for label, counts in out.items() if counts["gold"]}


def value_scores(cases: Sequence[Case]) -> dict[str, Any]:
    """`reader`: amounts whose mention the reader found exactly; `grammar`: the values grammar on all gold mentions."""
    return {"reader": tally(readings(cases, False)), "grammar": tally(readings(cases, True))}
