"""The bound of an amount, read from the words before it."""

from __future__ import annotations

import re

from ausblick.values.tables import ABOUT_NOUNS, BOUND_FILLERS, BOUND_LAST_WORDS, BOUND_PHRASES

REACH = 90  # characters before the amount that are looked at
_LONGEST = 4  # words in a bound phrase
_ABOUT_NOUN = re.compile(rf"(?:{'|'.join(ABOUT_NOUNS)})$")
_SIGNS = re.compile(r"([~≈<>≤≥(])")
_NUMERIC = re.compile(r"\d|\b(?:Millionen|Milliarden|Prozent|Euro|Dollar|Franken)\b")


def read_bound(text: str, end: int) -> str:
    """The bound that the words of `text` before `end` give, in the same sentence.

    Returns a `model.Bound`, or "between" behind "zwischen". Words further left count only through
    fillers ("mehr als die insgesamt"), and a limit beats "about" ("bis zu rund").

    >>> read_bound("ein Umsatz von mehr als rund ", 29), read_bound("ein Kredit über ", 16)
    ('more_than', 'exact')
    """
    before = text[max(0, end - REACH) : end]
    words = before.split()
    if not words:
        return "exact"
    last = words[-1]
    if not last[0].isalnum() and not last.isalnum():
        words = _SIGNS.sub(r" \1 ", before).split()
        last = words[-1]
    last = last.lower()
    if last == "und" or last == "bis":
        between = _second_of_between(words, before)
        if between or last == "und":
            return between or "exact"
    if last not in BOUND_LAST_WORDS and last not in BOUND_FILLERS:
        return "exact"
    return _walk([w.lower() for w in words[-9:]])


def _walk(words: list[str]) -> str:
    found = "exact"
    k = len(words)
    while k > 0:
        for size in range(min(_LONGEST, k), 0, -1):
            bound = BOUND_PHRASES.get(" ".join(words[k - size : k]))
            if bound is not None:
                break
        else:
            if words[k - 1] not in BOUND_FILLERS:
                return found
            k -= 1
            continue
        phrase = " ".join(words[k - size : k])
        if phrase == "zwischen":
            return "between"
        if phrase in ("über", "ueber") and k > 1 and _ABOUT_NOUN.search(words[k - 2]):
            return found
        if found in ("exact", "about"):
            found = bound
        k -= size
    return found


def _second_of_between(words: list[str], before: str) -> str | None:
    """'zwischen 2 Mio. Euro und', 'von 4 Mio. Euro bis': the amount is the upper end of a range."""
    if words[-1].lower() == "bis":
        return "at_most"
    for word in reversed(words[-9:-1]):
        if word.lower() == "zwischen":
            return "at_most" if _NUMERIC.search(before[before.lower().rfind("zwischen") :]) else None
    return None
