"""What stands around the numbers of an amount: currency, percent unit, comparison, range word.

Each function reads at token `i` and returns what it found with the index behind it.
"""

from __future__ import annotations

import re

from ausblick.values import lexicon as lex
from ausblick.values.currencies import Currency, phrases
from ausblick.values.numbers import SIGNABLE, link
from ausblick.values.scanner import BREAK, GLUED, SPACE, Tokens

_DOTTED_CURRENCIES = frozenset(("Fr", "fr", "Frs", "SFr", "sFr", "sfr", "SFR"))
_OF_HUNDRED = re.compile(r"v\.?\s?H\.|vom\s+[Hh]undert")


def currency(t: Tokens, i: int) -> tuple[Currency, int] | None:
    """The currency at token i, the longest name first, with the dot of 'Fr.'."""
    kind = t.kinds[i]
    if kind not in (lex.CURRENCY, lex.CURRENCY_PART):
        return None
    after = t.kinds[i + 1]
    if after in (lex.CURRENCY, lex.CURRENCY_PART, lex.DASH):
        named = _phrase(t, i)
        if named is not None:
            return named
    found = t.lexemes[i].currency
    if found is None:
        return None
    dotted = after == lex.DOT and t.gaps[i + 1] == GLUED and t.lexemes[i].text in _DOTTED_CURRENCIES
    return found, i + 2 if dotted else i + 1


def _phrase(t: Tokens, i: int) -> tuple[Currency, int] | None:
    names = phrases()
    words: list[str] = []
    best = None
    while len(words) < 3 and t.kinds[i] in (lex.CURRENCY, lex.CURRENCY_PART):
        words.append(t.lexemes[i].text.lower() if t.kinds[i] == lex.CURRENCY else t.lexemes[i].text)
        i += 1
        found = names.get(tuple(words)) if len(words) > 1 else None
        best = (found, i) if found else best
        i = link(t, i)
        if i < 0:
            break
    return best


def percent(t: Tokens, i: int) -> tuple[str, int] | None:
    """(unit, next token): %, Prozent, %-Punkte, -prozentige, %ige, v. H."""
    j = link(t, i)
    if j < 0:
        return None
    kind = t.kinds[j]
    if kind == lex.PERCENT_ADJECTIVE:
        return "percent", j + 1
    if kind == lex.HUNDREDTHS:
        return _of_hundred(t, j)
    if kind != lex.PERCENT:
        return None
    unit, end = t.lexemes[j].text, j + 1
    if unit == "percent" and t.gaps[end] != BREAK:
        k = end + 1 if t.kinds[end] == lex.DASH and t.gaps[end + 1] != BREAK else end
        if t.kinds[k] == lex.IGE and t.text[t.ends[j] - 1] in "%％":
            return unit, k + 1
        if t.kinds[k] == lex.POINTS:
            return "percentage_point", k + 1
    return unit, end


def _of_hundred(t: Tokens, i: int) -> tuple[str, int] | None:
    match = _OF_HUNDRED.match(t.text, t.starts[i])
    if match is None:
        return None
    while t.starts[i] < match.end():
        i += 1
    return "percent", i


def comparison(t: Tokens, i: int) -> int:
    """Behind '(36,8)' or '(Vj.: 42,9)' between a number and its unit; i itself if there is none."""
    if t.kinds[i] != lex.OPEN or t.gaps[i] == BREAK:
        return i
    start = t.starts[i]
    for j in range(i + 1, min(i + 14, len(t.kinds) - 1)):
        kind = t.kinds[j]
        if kind in (lex.CURRENCY, lex.PERCENT, lex.OPEN, lex.PLUS) or t.starts[j] - start > 60:
            return i
        if kind == lex.CLOSE:
            last = t.kinds[j - 1]
            ok = last in (lex.NUMBER, lex.MULTIPLIER, lex.DOT) and t.gaps[j] != BREAK and j > i + 1
            return j + 1 if ok and t.gaps[j + 1] != BREAK else i
    return i


def joint(t: Tokens, i: int) -> tuple[str, int] | None:
    """A range word at token i: ('bis' | 'und' | 'dash', token of the second number)."""
    if t.gaps[i] == BREAK:
        return None
    hung = t.kinds[i] == lex.DASH and t.kinds[i + 1] == lex.JOIN
    if hung and t.gaps[i] == GLUED and t.gaps[i + 1] == SPACE:
        i += 1  # "20- bis 30-prozentige"
    if t.kinds[i] == lex.JOIN:
        word, j = t.lexemes[i].text, i + 1
        while t.kinds[j] == lex.NEAR and t.gaps[j] != BREAK and j < i + 5:
            j += 2 if t.kinds[j + 1] == lex.DOT and t.gaps[j + 1] == GLUED else 1
        return (word, j) if t.gaps[j] != BREAK else None
    if t.kinds[i] != lex.DASH or t.kinds[i + 1] not in SIGNABLE or t.gaps[i + 1] == BREAK:
        return None
    even = t.gaps[i + 1] == t.gaps[i] or t.lexemes[i].text in "–—"  # "3 -5" is 3 and minus 5
    return ("dash", i + 1) if even else None
