"""The grammar of amounts, as one recursive-descent parser over tokens.

    amount     = counted | prefixed | vague | magnitude | percent word
    counted    = quantity [comparison] [range-word quantity] (percent | currency)
    prefixed   = [sign] [multiplier] currency quantity [comparison] [range-word quantity]
    vague      = ("mehrere" | "einige" ...) [multiplier] currency
    magnitude  = [third] [places] ("Millionenbetrag" | "Millionen-Euro-Bereich" ...)

`strict` is the tagger's mode: what only looks like an amount in running text is left out. In the other
mode the caller vouches that the text is a mention.
"""

from __future__ import annotations

import re
from typing import Final

from ausblick.values import lexicon as lex
from ausblick.values.currencies import Currency
from ausblick.values.magnitudes import Parsed, magnitude, vague
from ausblick.values.numbers import Quantity, continues_group, link, quantity
from ausblick.values.prefixed import prefixed
from ausblick.values.ranges import NUMERIC, behind_number, factor_behind, fit, written_year
from ausblick.values.scanner import BREAK, GLUED, SPACE, Tokens
from ausblick.values.tables import CURRENCY_AREA
from ausblick.values.units import comparison, currency, joint, percent

_ARTICLE_CURRENCIES = frozenset(("EUR", "USD", "CHF", "JPY", "CNY", "RUB"))
_AREA = re.compile(rf"[-‐‑–](?:{'|'.join(CURRENCY_AREA)})\b", re.IGNORECASE)

STARTS: Final = NUMERIC | {
    lex.VAGUE, lex.MULTIPLIER, lex.LETTER, lex.CURRENCY, lex.CURRENCY_PART, lex.PERCENT_WORD, lex.MAGNITUDE,
    lex.PLACES, lex.THIRD,
}  # fmt: skip


def amount(t: Tokens, i: int, strict: bool) -> Parsed | None:
    """The amount that starts at token i, or None."""
    kind = t.kinds[i]
    if kind in NUMERIC:
        if strict and not (_fresh(t, i) if kind == lex.NUMBER else _no_range_dash(t, i)):
            return None
        found = counted(t, i, strict)
        if found is not None or kind == lex.NUMBER:
            return found
        if kind == lex.ARTICLE:
            return vague(t, i, strict) or magnitude(t, i, strict)
        return magnitude(t, i, strict) if kind == lex.WORD_NUMBER else prefixed(t, i, strict)
    if kind == lex.LETTER:
        return prefixed(t, i, strict)
    if kind in (lex.CURRENCY, lex.CURRENCY_PART):
        return prefixed(t, i, strict) or magnitude(t, i, strict)
    if kind == lex.PERCENT_WORD:
        value = Quantity(t.lexemes[i].number, None, 0, None, 0, False, i + 1)
        return Parsed(i, i + 1, "percent", False, (value,))
    if kind == lex.MULTIPLIER:
        if strict and behind_number(t, i):
            return None  # of a number that did not parse
        return (
            counted(t, i, strict)
            or prefixed(t, i, strict)
            or magnitude(t, i, strict)
            or vague(t, i, strict)
        )
    if kind == lex.VAGUE:
        return vague(t, i, strict)
    return magnitude(t, i, strict) if kind in (lex.MAGNITUDE, lex.PLACES, lex.THIRD) else None


def _fresh(t: Tokens, i: int) -> bool:
    """Not the second half of "2014-15", "Q1-5", or of a range or a number that did not parse."""
    start = t.starts[i]
    if i and t.kinds[i - 1] == lex.NUMBER and t.gaps[i] == SPACE:
        return not continues_group(t.text[max(0, start - 20) : start], t.text[start : t.ends[i]])
    if not i or t.kinds[i - 1] != lex.DASH or t.gaps[i] != GLUED:
        return True
    dash = t.starts[i - 1]
    return dash == 0 or not (t.text[dash - 1].isalnum() or t.text[dash - 1] == ".")


def _no_range_dash(t: Tokens, i: int) -> bool:
    """Not the dash or plus of "4 Mio. EUR - 5 Mio. EUR" and "3 % + 2 %"."""
    if t.kinds[i] not in (lex.DASH, lex.PLUS) or not i or t.gaps[i] == BREAK or t.gaps[i + 1] != SPACE:
        return True
    return t.kinds[i - 1] not in (lex.CURRENCY, lex.PERCENT)


def counted(t: Tokens, i: int, strict: bool) -> Parsed | None:
    """A quantity, or two, before a percent unit or a currency."""
    first = quantity(t, i, strict)
    if first is None or (strict and t.kinds[i] in (lex.HALF, lex.FRACTION) and behind_number(t, i)):
        return None
    end = comparison(t, first.end)
    if end != first.end and first.factor is None:
        first, end = factor_behind(t, first, end)
    closed = _unit(t, i, end, (first,), "", strict)
    if closed is not None:
        return closed
    joined = joint(t, first.end)
    if joined is not None:
        second = quantity(t, joined[1], strict)
        if second is not None and fit(t, first, second, joined[0]):
            after = comparison(t, second.end)
            if after != second.end and second.factor is None:
                second, after = factor_behind(t, second, after)
            return _unit(t, i, after, (first, second), joined[0], strict)
    if strict or t.kinds[end] != lex.END or first.article:
        return None
    return Parsed(i, end, None, True, (first,))


def _unit(
    t: Tokens, first: int, i: int, numbers: tuple[Quantity, ...], join: str, strict: bool
) -> Parsed | None:
    share = percent(t, i)
    if share is not None:
        if strict and written_year(t, numbers[-1]) and numbers[-1].value % 50:  # a table's "2004 2005 %"
            return None
        return Parsed(first, share[1], share[0], False, numbers, join)
    j = link(t, i)
    named = currency(t, j) if j >= 0 else None
    if named is None:
        return None
    found, end = named
    if found.factor > 1 and any(number.factor for number in numbers):
        return None  # "5 Mio. TEUR" contradicts itself
    if strict and not _is_amount(t, numbers[-1], found, j, end):
        return None
    return Parsed(first, end, found, True, numbers, join)


def _is_amount(t: Tokens, number: Quantity, found: Currency, i: int, end: int) -> bool:
    """Running text: '3 Rand', '19 Euro-Länder', '2016 EUR 5 Mio.' and 'einen Euro-Kredit' are no amounts."""
    behind = t.ends[end - 1]
    if t.text[behind : behind + 1].isalnum() and t.text[behind - 1].isalpha():
        return False
    if number.factor is not None:
        return found.searched
    if number.article and t.kinds[i - 1] != lex.DASH:  # "Ein-Euro-Job" counts
        return found.code in _ARTICLE_CURRENCIES and found.prefix < 2 and t.kinds[end] != lex.DASH
    if not found.searched or (found.rare and abs(number.value) < 100):
        return False
    if found.prefix == 2 and t.gaps[i] == SPACE and t.kinds[end] == lex.NUMBER and t.gaps[end] == GLUED:
        return False  # "zwei €20-Karten"
    signed = t.kinds[end] == lex.DASH and t.gaps[end + 1] == GLUED
    follows = t.gaps[end] != BREAK and t.kinds[end + 1 if signed else end] == lex.NUMBER
    if found.prefix and follows and written_year(t, number):
        return False  # "2016 EUR -5 Mio."
    return t.gaps[i] != SPACE or t.kinds[end] != lex.DASH or not _AREA.match(t.text, t.ends[end - 1])
