"""Hints for a small encoder: what tables and the amounts grammar see in the text, as one more input embedding.

A hint is evidence, not a decision: the network learns how far to trust each kind. Off for encoders that know better.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from ausblick.values import Amount, find_amounts

KINDS: Final = ("MONEY", "PERCENT", "FORM")
HINTS: Final = ("", *(f"{prefix}-{kind}" for kind in KINDS for prefix in "BI"))
HINT_ID: Final = {hint: i for i, hint in enumerate(HINTS)}

_FORMS: Final = (
    r"GmbH(?: ?& ?Co\.? ?KG(?:aA)?)?|gGmbH|mbH|AG(?: ?& ?Co\.? ?KG(?:aA)?)?|SE(?: ?& ?Co\.? ?KG(?:aA)?)?|",
    r"KGaA|KG|OHG|UG|",
    r"e\. ?V\.|eG|e\. ?G\.|VVaG|Inc\.?|Corp\.?|Corporation|Ltd\.?|Limited|LLC|LP|plc|PLC|Plc|",
    r"S\. ?A\.|SA|S\.p\.A\.|SpA|",
    r"N\. ?V\.|NV|B\. ?V\.|BV|ASA|AB|A/S|Oyj|Co\.|",
    r"Group|Holding|Gruppe|Bank|Sparkasse|Ministerium|Universität|Institut|Verband",
)
LEGAL_FORM: Final = re.compile(rf"(?<!\w)(?:{''.join(_FORMS)})(?!\w)")


class Hint(NamedTuple):
    """A span of the text and what kind of thing it looks like."""

    start: int
    end: int
    kind: str


def find_hints(text: str, amounts: Sequence[Amount] | None = None) -> list[Hint]:
    """All hints of a text; amounts first, so that they win where kinds meet.

    amounts: those that `find_amounts` found in it, where the caller has them already.
    """
    found = find_amounts(text) if amounts is None else amounts
    spans = [Hint(a.start, a.end, a.label) for a in found]
    return spans + [Hint(m.start(), m.end(), "FORM") for m in LEGAL_FORM.finditer(text)]
