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
from dataclasses import replace
from decimal import Decimal
from typing import Final

from ausblick.values import lexicon as lex
from ausblick.values.currencies import Currency
from ausblick.values.magnitudes import Parsed, magnitude, vague
from ausblick.values.numbers import Quantity, link, quantity, sign
from ausblick.values.scanner import BREAK, GLUED, SPACE, Tokens
from ausblick.values.tables import CURRENCY_AREA
from ausblick.values.units import comparison, currency, joint, percent

_ARTICLE_CURRENCIES = frozenset(("EUR", "USD", "CHF", "JPY", "CNY", "RUB"))
_AREA = re.compile(rf"[-‐‑–](?:{'|'.join(CURRENCY_AREA)})\b", re.IGNORECASE)


_SIGNS: Final = frozenset((lex.SIGN_WORD, lex.DASH, lex.PLUS, lex.PLUS_MINUS))
_NUMERIC: Final = _SIGNS | {lex.NUMBER, lex.WORD_NUMBER, lex.ARTICLE, lex.FRACTION, lex.HALF}
STARTS: Final = _NUMERIC | {
    lex.VAGUE, lex.MULTIPLIER, lex.LETTER, lex.CURRENCY, lex.CURRENCY_PART, lex.PERCENT_WORD, lex.MAGNITUDE,
    lex.PLACES, lex.THIRD,
}  # fmt: skip


def amount(t: Tokens, i: int, strict: bool) -> Parsed | None:
    """The amount that starts at token i, or None."""
    kind = t.kinds[i]
    if kind in _NUMERIC:
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
        return (
            counted(t, i, strict)
            or prefixed(t, i, strict)
            or vague(t, i, strict)
            or magnitude(t, i, strict)
        )
    if kind == lex.VAGUE:
        return vague(t, i, strict)
    return magnitude(t, i, strict) if kind in (lex.MAGNITUDE, lex.PLACES, lex.THIRD) else None


def _fresh(t: Tokens, i: int) -> bool:
    """Not the second half of "2014-15", "Q1-5" or of a range that did not parse."""
    if not i or t.kinds[i - 1] != lex.DASH or t.gaps[i] != GLUED:
        return True
    dash = t.starts[i - 1]
    return dash == 0 or not (t.text[dash - 1].isalnum() or t.text[dash - 1] in ".%")


def _no_range_dash(t: Tokens, i: int) -> bool:
    """Not the dash or plus of "4 Mio. EUR - 5 Mio. EUR" and "3 % + 2 %"."""
    if t.kinds[i] not in (lex.DASH, lex.PLUS) or not i or t.gaps[i] == BREAK or t.gaps[i + 1] != SPACE:
        return True
    return t.kinds[i - 1] not in (lex.CURRENCY, lex.PERCENT)


def counted(t: Tokens, i: int, strict: bool) -> Parsed | None:
    """A quantity, or two, before a percent unit or a currency."""
    first = quantity(t, i, strict)
    if first is None or (strict and t.kinds[i] == lex.HALF and _behind_number(t, i)):
        return None
    end = comparison(t, first.end)
    if end != first.end and first.factor is None:
        first, end = _factor_behind(t, first, end)
    closed = _unit(t, i, end, (first,), "", strict)
    if closed is not None:
        return closed
    joined = joint(t, first.end)
    if joined is not None:
        second = quantity(t, joined[1], strict)
        if second is not None and _fit(t, first, second, joined[0]):
            after = comparison(t, second.end)
            if after != second.end and second.factor is None:
                second, after = _factor_behind(t, second, after)
            return _unit(t, i, after, (first, second), joined[0], strict)
    if strict or t.kinds[end] != lex.END or first.article:
        return None
    return Parsed(i, end, None, True, (first,))


def _behind_number(t: Tokens, i: int) -> bool:
    return i > 0 and t.gaps[i] != BREAK and t.kinds[i - 1] in _NUMERIC


def _factor_behind(t: Tokens, found: Quantity, end: int) -> tuple[Quantity, int]:
    """'52,3 (36,8) Mio.': the multiplier stands behind the comparison."""
    j = link(t, end)
    if j < 0 or t.kinds[j] != lex.MULTIPLIER:
        return found, end
    after = j + 1
    if t.kinds[after] == lex.DOT and t.gaps[after] == GLUED:
        after += 1
    return found._replace(factor=t.lexemes[j].number), after


def _fit(t: Tokens, first: Quantity, second: Quantity, join: str) -> bool:
    """Whether two numbers share a unit, or the first is a year or a count of something else."""
    start = t.starts[first.end]
    up_to = t.text.startswith("bis zu", start)
    if second.article or (first.article and (up_to or not _counted_in_words(t, first, join))):
        return False
    yearlike = _yearlike(first) and t.ends[first.end - 1] - t.starts[first.end - 1] == 4
    if yearlike and (up_to or second.factor is not None or second.value < first.value):
        return False
    if first.factor == second.factor and abs(first.value) > 100 * abs(second.value):
        return False  # "+19 000 oder +1,8 %"
    if join == "dash":
        return abs(first.value) <= abs(second.value) or first.sign != 0 or second.sign != 0
    return True


def _counted_in_words(t: Tokens, first: Quantity, join: str) -> bool:
    """'ein bis zwei Prozent' and 'zwischen ein und zwei Prozent', where "ein" is a number."""
    if t.kinds[first.end + 1] not in (lex.WORD_NUMBER, lex.ARTICLE, lex.MULTIPLIER):
        return first.factor is not None and join == "bis"
    if join == "bis" or t.text.startswith("oder", t.starts[first.end]):
        return True
    return _between(t, first.end - 1)


def _between(t: Tokens, i: int) -> bool:
    start = t.starts[i]
    return t.text[max(0, start - 12) : start].rstrip().lower().endswith("zwischen")


def _yearlike(q: Quantity) -> bool:
    return q.factor is None and q.sign == 0 and 1900 <= q.value <= 2099 and q.value == int(q.value)


def _unit(
    t: Tokens, first: int, i: int, numbers: tuple[Quantity, ...], join: str, strict: bool
) -> Parsed | None:
    share = percent(t, i)
    if share is not None:
        if strict and _yearlike(numbers[-1]) and numbers[-1].value % 50:  # a table's "2004 2005 %"
            return None
        return Parsed(first, share[1], share[0], False, numbers, join)
    j = link(t, i)
    named = currency(t, j) if j >= 0 else None
    if named is None:
        return None
    found, end = named
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
    if found.prefix and _yearlike(number) and t.kinds[end] in (lex.NUMBER, lex.DASH) and t.gaps[end] != BREAK:
        return False
    return t.gaps[i] != SPACE or t.kinds[end] != lex.DASH or not _AREA.match(t.text, t.ends[end - 1])


def prefixed(t: Tokens, i: int, strict: bool) -> Parsed | None:
    """A currency before its number: 'EUR -307,0 Mio.', 'EUR 50 bis 60 Mio.', 'minus TDM 1.382'."""
    minus, j = sign(t, i, strict)
    factor, k = _scale(t, j)
    if factor is None and strict and _multiplied(t, j):
        return None
    j = j if factor is None else link(t, k)
    named = currency(t, j) if j >= 0 else None
    if named is None or not named[0].prefix or (strict and not named[0].searched):
        return None
    found, k = named
    glued_to = t.kinds[i - 1] if i and t.gaps[i] == GLUED else lex.END
    if t.gaps[k] == BREAK or (strict and glued_to in (lex.SLASH, lex.CURRENCY)):  # "EUR/USD 1,10"
        return None
    first = quantity(t, k, strict, letters=True)
    if first is None or first.article or (minus and first.sign) or (factor and first.factor):
        return None
    if factor is not None:
        found = replace(found, factor=found.factor * factor)  # "Mio. EUR 7,5" counts like "MEUR 7,5"
    if minus:
        first = first._replace(value=first.value * minus if minus < 2 else first.value, sign=minus)
    end = comparison(t, first.end)
    if end != first.end and first.factor is None:
        first, end = _factor_behind(t, first, end)
    if first.factor is None:
        end = first.end  # "EUR 45 (30 + 15)"
    numbers: tuple[Quantity, ...] = (first,)
    join = ""
    if end == first.end:
        numbers, join, end = _second(t, i, first, strict)
    end = _repeated_currency(t, end, found, numbers[-1])
    if end < 0 or (strict and not _is_prefixed(t, found, numbers[-1], end)):
        return None
    return Parsed(i, end, found, True, numbers, join)


def _scale(t: Tokens, i: int) -> tuple[Decimal | None, int]:
    """The multiplier of 'Mio. EUR 7,5' and 'T-EUR 12'."""
    hung = i and t.kinds[i - 1] == lex.DASH and t.gaps[i] == GLUED
    if t.kinds[i] not in (lex.MULTIPLIER, lex.LETTER) or hung:
        return None, i
    dotted = t.kinds[i + 1] == lex.DOT and t.gaps[i + 1] == GLUED
    return t.lexemes[i].number, i + 2 if dotted else i + 1


def _multiplied(t: Tokens, i: int) -> bool:
    """Whether a multiplier stands before the currency, which then did not parse ('Mio. EUR 2014 2013')."""
    k = i - 2 if i > 1 and t.kinds[i - 1] in (lex.DOT, lex.DASH) and t.gaps[i - 1] == GLUED else i - 1
    return k >= 0 and t.gaps[i] != BREAK and t.kinds[k] in (lex.MULTIPLIER, lex.LETTER)


def _second(t: Tokens, i: int, first: Quantity, strict: bool) -> tuple[tuple[Quantity, ...], str, int]:
    """The second number of 'EUR 50 bis 60 Mio.'; a year behind 'bis' is none."""
    joined = joint(t, first.end)
    if joined is not None and (joined[0] != "und" or _between(t, i)):
        second = quantity(t, joined[1], strict, letters=True)
        if second is not None and _fit(t, first, second, joined[0]) and percent(t, second.end) is None:
            same_scale = second.factor is not None or first.factor is None
            unit = link(t, second.end)
            other = unit >= 0 and currency(t, unit) is not None
            if same_scale and not other and not (_yearlike(second) and not _yearlike(first)):
                return (first, second), joined[0], second.end
    return (first,), "", first.end


def _repeated_currency(t: Tokens, end: int, found: Currency, number: Quantity) -> int:
    """Behind '$5 Mio. US-Dollar'; -1 when the number belongs to another unit or to a longer number."""
    if percent(t, end) is not None:
        return -1
    if number.factor is None and _goes_on(t, end):
        return -1
    j = link(t, end)
    named = currency(t, j) if j >= 0 else None
    if named is None:
        return end
    same = named[0].code == found.code and named[0].factor == found.factor
    follows = t.kinds[named[1]] in (lex.NUMBER, lex.DASH, lex.PLUS) and t.gaps[named[1]] != BREAK
    if follows:
        return end
    return named[1] if same else -1


def _goes_on(t: Tokens, i: int) -> bool:
    """More of the number, or letters glued to it: 'CHF 2 5', 'CHF 16. 80', '$5T'."""
    behind = t.ends[i - 1]
    if t.kinds[i - 1] == lex.NUMBER and t.text[behind : behind + 1].isalnum():
        return True
    if t.kinds[i] == lex.DOT and t.gaps[i] == GLUED and t.ends[i + 1] - t.starts[i + 1] == 2:
        i += 1
    return t.kinds[i] == lex.NUMBER and t.gaps[i] != BREAK


def _is_prefixed(t: Tokens, found: Currency, number: Quantity, end: int) -> bool:
    """Running text: 'Euro 6' is a standard, 'EUR 2016' a heading."""
    if number.factor is not None:
        return True
    if _yearlike(number) and t.ends[end - 1] - t.starts[end - 1] == 4:
        return False
    shown = t.text[t.starts[end - 1] : t.ends[end - 1]]
    decimals = number.value != int(number.value) or shown[-3:-2] == "," or t.kinds[end - 1] == lex.DASH
    return found.prefix == 2 or decimals or abs(number.value) >= 100
