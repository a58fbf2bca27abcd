"""The bound of an amount, read from the words before it."""

from __future__ import annotations

import re

from ausblick.values.tables import ABOUT_NOUNS, BOUND_ENDINGS, BOUND_FILLERS, DISPUTES

REACH = 90  # characters before the amount that are looked at
_ABOUT_NOUN = re.compile(rf"(?:{'|'.join(ABOUT_NOUNS)})$")
_SIGNS = re.compile(r"([~≈<>≤≥(])")
_NUMERIC = re.compile(r"\d|\b(?:millionen|milliarden|prozent|euro|dollar|franken)\b")


def read_bound(text: str, end: int) -> str:
    """The bound that the words of `text` before `end` give, in the same sentence.

    Returns a `model.Bound`, or "between" behind "zwischen". Words further left count only through
    fillers ("mehr als die insgesamt"), and a limit beats "about" ("bis zu rund").

    >>> read_bound("ein Umsatz von mehr als rund ", 29), read_bound("ein Kredit über ", 16)
    ('more_than', 'exact')
    """
    before = text[max(0, end - REACH) : end].lower()
    words = before.split()
    if not words:
        return "exact"
    last = words[-1]
    if not last[0].isalnum() and not last.isalnum():
        words = _SIGNS.sub(r" \1 ", before).split()
        last = words[-1]
    if last == "und" or last == "bis":
        between = "at_most" if last == "bis" else _second_of_between(words, before)
        return between or "exact"
    return _walk(words) if last in BOUND_ENDINGS or last in BOUND_FILLERS else "exact"


def _walk(words: list[str]) -> str:
    """From the amount to the left, over bounds and fillers, until another word stands there."""
    found = "exact"
    k = len(words)
    while k > 0:
        size, bound = _phrase(words, k)
        last = words[k - 1]
        k -= size
        if not bound and last not in BOUND_FILLERS:
            return found
        if not bound:
            continue
        if bound == "between":
            return bound
        if last in ("über", "ueber") and _states_amount(words[:k], found):
            return found
        if last == "die" and k and words[k - 1].startswith(DISPUTES):
            return found
        if found in ("exact", "about"):
            found = bound
    return found


def _phrase(words: list[str], k: int) -> tuple[int, str]:
    """(words, bound) of the longest bound phrase that ends before word k; (1, "") if there is none."""
    for phrase, bound in BOUND_ENDINGS.get(words[k - 1], ()):
        size = len(phrase)
        if size == 1 or (size <= k and tuple(words[k - size : k]) == phrase):
            return size, bound
    return 1, ""


def _states_amount(words: list[str], found: str) -> bool:
    """Whether "über" names the amount itself: 'Auftrag über', 'verfügt über', 'Zufluss über rund'."""
    if not words:
        return False
    glad = any(word.startswith("freu") for word in words[-5:])
    return found == "about" or glad or bool(_ABOUT_NOUN.search(words[-1])) or words[-1].startswith("verfüg")


def _second_of_between(words: list[str], before: str) -> str | None:
    """'zwischen 2 Mio. Euro und': the amount is the upper end of a range."""
    for word in reversed(words[-9:-1]):
        if word == "zwischen":
            return "at_most" if _NUMERIC.search(before[before.rfind("zwischen") :]) else None
        if word == "und":
            return None  # "zwischen 45 und 64 Jahren und 12 %"
    return None
