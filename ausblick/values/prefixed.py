"""Amounts whose currency stands before the number: 'EUR -307,0 Mio.', 'Mio. EUR 7,5', '$5bn'."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ausblick.values import lexicon as lex
from ausblick.values.currencies import Currency
from ausblick.values.magnitudes import Parsed
from ausblick.values.numbers import Quantity, link, quantity, sign
from ausblick.values.ranges import between, factor_behind, fit, written_year
from ausblick.values.scanner import BREAK, GLUED, Tokens
from ausblick.values.units import comparison, currency, joint, percent


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
    before = i - 1 if i and t.kinds[i - 1] != lex.SLASH else i - 2
    pair = i > 0 and t.gaps[i] == GLUED and before >= 0 and t.kinds[before] == lex.CURRENCY
    if t.gaps[k] == BREAK or (strict and pair):  # "EUR/USD 1,10"
        return None
    first = quantity(t, k, strict, letters=True)
    if first is None or first.article or (minus and first.sign) or (factor and first.factor):
        return None
    if factor is not None:
        found = replace(found, factor=found.factor * factor)  # "Mio. EUR 7,5" counts like "MEUR 7,5"
    if minus:
        first = first._replace(value=first.value * minus if minus < 2 else first.value, sign=minus)
    end = first.end
    if first.factor is None and (after := comparison(t, end)) != end:
        first, end = factor_behind(t, first, after)
        end = end if first.factor else first.end  # "EUR 45 (30 + 15)"
    numbers: tuple[Quantity, ...] = (first,)
    join = ""
    if end == first.end:
        numbers, join, end = _second(t, i, first, strict)
    if found.factor > 1 and any(number.factor for number in numbers):
        return None
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
    if joined is not None and (joined[0] != "und" or not strict or between(t, i)):
        second = quantity(t, joined[1], strict, letters=True)
        if second is not None and fit(t, first, second, joined[0]) and percent(t, second.end) is None:
            same_scale = second.factor is not None or first.factor is None
            unit = link(t, second.end)
            other = unit >= 0 and currency(t, unit) is not None
            if same_scale and not other and not (written_year(t, second) and not written_year(t, first)):
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
    if written_year(t, number):
        return False
    shown = t.text[t.starts[end - 1] : t.ends[end - 1]]
    decimals = number.value != int(number.value) or shown[-3:-2] == "," or t.kinds[end - 1] == lex.DASH
    return found.prefix == 2 or decimals or abs(number.value) >= 100
