"""Amounts by rule for corpora that have none: silver, never gold."""

from __future__ import annotations

from collections.abc import Sequence

from ausblick.values import find_amounts

Labelled = tuple[int, int, str]


def amounts(text: str, gold: Sequence[Labelled]) -> list[Labelled]:
    """MONEY and PERCENT mentions that the grammar finds outside of the gold mentions."""
    found = [(a.start, a.end, "MONEY" if a.value.to_json()["kind"] == "money" else "PERCENT")
             for a in find_amounts(text)]
    return [(start, end, label) for start, end, label in found if all(end <= g[0] or g[1] <= start for g in gold)]
