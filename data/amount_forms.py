"""Other ways to write the same amount: `316,9 Millionen Dollar`, `316,9 Mio. Dollar`, `USD 316,9 Mio.`.

Only forms whose number is kept as it stands are made, so the value is the same by construction. What is not matched in
full (ranges in words, magnitude nouns, hyphen compounds) is left alone.
"""

from __future__ import annotations

import re
from random import Random

NUMBER = r"\d{1,3}(?:[.'’ ]\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
RANGE = rf"(?:{NUMBER})(?:\s?(?:bis|–|-)\s?(?:{NUMBER}))?"
SIGN = r"(?:minus |plus |[-–−+])?"

MULTIPLIERS: tuple[tuple[str, ...], ...] = (
    ("Millionen", "Mio.", "Mio"), ("Milliarden", "Mrd.", "Mrd"), ("Tausend", "Tsd."), ("Million", "Mio."),
    ("Milliarde", "Mrd."), ("Billionen", "Bio."))
# The first forms stand after the number, those in the second group before it, too.
CURRENCIES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("Euro", "EUR", "€"), ("EUR", "€")), (("Dollar", "US-Dollar", "USD", "$"), ("USD", "US$", "$")),
    (("Franken", "Schweizer Franken", "CHF"), ("CHF",)), (("Pfund", "GBP", "£"), ("GBP", "£")),
    (("Yen", "JPY"), ("JPY", "¥")))

_MULT = "|".join(sorted({re.escape(m) for group in MULTIPLIERS for m in group}, key=len, reverse=True))
_CUR = "|".join(sorted({re.escape(c) for group in CURRENCIES for forms in group for c in forms}, key=len, reverse=True))
AFTER = re.compile(rf"(?P<sign>{SIGN})(?P<n>{RANGE})(?:[ \u00a0](?P<m>{_MULT}))?[ \u00a0]?(?P<c>{_CUR})")
BEFORE = re.compile(rf"(?P<sign>{SIGN})(?P<c>{_CUR})[ \u00a0]?(?P<n>{RANGE})(?:[ \u00a0](?P<m>{_MULT}))?")
PERCENT = re.compile(rf"(?P<sign>{SIGN})(?P<n>{RANGE})[ \u00a0]?(?P<c>%|Prozent)")


def _pick(rng: Random, group: tuple[str, ...]) -> str:
    return group[rng.randrange(len(group))]


def _multiplier(rng: Random, found: str | None) -> str | None:
    if found is None:
        return None
    return next((_pick(rng, group) for group in MULTIPLIERS if found in group), found)


def _sign(rng: Random, found: str) -> str:
    """`minus ` and a minus character are the same; a plus is kept as it is."""
    return _pick(rng, ("minus ", "-", "−")) if found in ("minus ", "-", "−") else found


def money(text: str, rng: Random) -> str | None:
    """Another form of an amount of money; None where the form is not known."""
    found = AFTER.fullmatch(text) or BEFORE.fullmatch(text)
    if not found:
        return None
    after, before = next(group for group in CURRENCIES if found["c"] in group[0] + group[1])
    sign, multiplier = _sign(rng, found["sign"]), _multiplier(rng, found["m"])
    tail = f" {multiplier}" if multiplier else ""
    # A range is written before its currency; `EUR 20 bis 30 Mio.` is rare in running text.
    if rng.random() < 0.3 and found["n"].replace(",", "").replace(".", "").isdigit():
        currency = _pick(rng, before)
        return f"{sign}{currency}{'' if len(currency) == 1 and rng.random() < 0.5 else ' '}{found['n']}{tail}"
    return f"{sign}{found['n']}{tail} {_pick(rng, after)}"


def percent(text: str, rng: Random) -> str | None:
    """Another form of a percentage; None where the form is not known."""
    found = PERCENT.fullmatch(text)
    if not found:
        return None
    return f"{_sign(rng, found['sign'])}{found['n']}{_pick(rng, (' Prozent', ' %', '%', ' %'))}"
