"""The grammar of amounts, as one recursive-descent parser over tokens.

    amount     = counted | prefixed | vague | magnitude | percent word
    counted    = quantity [comparison] [range-word quantity] (percent | currency)
    prefixed   = [sign] currency quantity [comparison] [range-word quantity]
    vague      = ("mehrere" | "einige" ...) [multiplier] currency
    magnitude  = [third] [places] ("Millionenbetrag" | "Millionen-Euro-Bereich" ...)

`strict` is the tagger's mode: what only looks like an amount in running text is left out. In the other
mode the caller vouches that the text is a mention.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

from ausblick.values import lexicon as lex
from ausblick.values.currencies import Currency
from ausblick.values.parts import (
    COMMA_THREE,
    Quantity,
    comparison,
    currency,
    joint,
    link,
    percent,
    quantity,
    sign,
)
from ausblick.values.scanner import BREAK, GLUED, SPACE, Tokens
from ausblick.values.tables import CURRENCY_AREA, MILLION, VAGUE_COUNTS

_FULL_WORDS = frozenset(("millionen", "milliarden", "billionen"))
_ARTICLE_CURRENCIES = frozenset(("EUR", "USD", "CHF", "JPY", "DEM", "CNY", "RUB"))
_AREA = re.compile(rf"[-‐‑–](?:{'|'.join(CURRENCY_AREA)})\b", re.IGNORECASE)
_HEADER = re.compile(r"(?:\bin|\bpro|\bje|[-–(0-9])\s*$")


class Parsed(NamedTuple):
    """An amount between the tokens `first` and `last` (exclusive), not yet turned into a value.

    `numbers` holds one quantity, two for a range (then `join` says how), none when the number is unknown.
    `span` replaces it for magnitude nouns: (low, high).
    """

    first: int
    last: int
    unit: str | Currency | None  # a percent unit, a currency, or None when none is named
    is_money: bool
    numbers: tuple[Quantity, ...] = ()
    join: str = ""
    span: tuple[Decimal, Decimal] | None = None


_NUMERIC: Final = frozenset(
    (lex.NUMBER, lex.WORD_NUMBER, lex.ARTICLE, lex.FRACTION, lex.HALF, lex.SIGN_WORD, lex.DASH, lex.PLUS, lex.PLUS_MINUS)
)
STARTS: Final = _NUMERIC | {
    lex.VAGUE, lex.MULTIPLIER, lex.CURRENCY, lex.CURRENCY_PART, lex.PERCENT_WORD, lex.MAGNITUDE, lex.PLACES,
    lex.THIRD,
}  # fmt: skip


def amount(t: Tokens, i: int, strict: bool) -> Parsed | None:
    """The amount that starts at token i, or None."""
    kind = t.kinds[i]
    if kind in _NUMERIC:
        if kind == lex.NUMBER and strict and not _fresh(t, i):
            return None
        found = counted(t, i, strict)
        if found is not None or kind == lex.NUMBER:
            return found
        if kind == lex.ARTICLE:
            return vague(t, i, strict) or magnitude(t, i, strict)
        return magnitude(t, i, strict) if kind == lex.WORD_NUMBER else prefixed(t, i, strict)
    if kind in (lex.CURRENCY, lex.CURRENCY_PART):
        return prefixed(t, i, strict) or magnitude(t, i, strict)
    if kind == lex.PERCENT_WORD:
        value = Quantity(t.lexemes[i].number, None, 0, None, 0, False, i + 1)
        return Parsed(i, i + 1, "percent", False, (value,))
    if kind == lex.MULTIPLIER:
        return counted(t, i, strict) or vague(t, i, strict) or magnitude(t, i, strict)
    if kind == lex.VAGUE:
        return vague(t, i, strict)
    return magnitude(t, i, strict) if kind in (lex.MAGNITUDE, lex.PLACES, lex.THIRD) else None


def _fresh(t: Tokens, i: int) -> bool:
    """Not the second half of "2014-15", "Q1-5" or of a range that did not parse."""
    if not i or t.kinds[i - 1] != lex.DASH or t.gaps[i] != GLUED:
        return True
    dash = t.starts[i - 1]
    return dash == 0 or not (t.text[dash - 1].isalnum() or t.text[dash - 1] in ".%")


def counted(t: Tokens, i: int, strict: bool) -> Parsed | None:
    """A quantity, or two, before a percent unit or a currency."""
    first = quantity(t, i, strict)
    if first is None:
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
    if second.article or first.article and second.factor is None and join != "bis":
        return False
    yearlike = _yearlike(first) and t.ends[first.end - 1] - t.starts[first.end - 1] == 4
    if yearlike and (second.factor is not None or second.value < 1000):
        return False
    if join == "dash":
        return abs(first.value) <= abs(second.value) or first.sign != 0 or second.sign != 0
    return True


def _yearlike(q: Quantity) -> bool:
    return q.factor is None and q.sign == 0 and 1900 <= q.value <= 2099 and q.value == int(q.value)


def _unit(
    t: Tokens, first: int, i: int, numbers: tuple[Quantity, ...], join: str, strict: bool
) -> Parsed | None:
    share = percent(t, i)
    if share is not None:
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
    if number.article:
        return found.code in _ARTICLE_CURRENCIES and t.kinds[end] != lex.DASH
    if not found.searched or (found.rare and abs(number.value) < 100):
        return False
    if found.prefix and _yearlike(number) and t.kinds[end] in (lex.NUMBER, lex.DASH) and t.gaps[end] != BREAK:
        return False
    return t.gaps[i] != SPACE or t.kinds[end] != lex.DASH or not _AREA.match(t.text, t.ends[end - 1])


def prefixed(t: Tokens, i: int, strict: bool) -> Parsed | None:
    """A currency before its number: 'EUR -307,0 Mio.', 'EUR 50 bis 60 Mio.', 'minus TDM 1.382'."""
    minus, j = sign(t, i, strict)
    named = currency(t, j)
    if named is None or not named[0].prefix or (strict and not named[0].searched):
        return None
    found, k = named
    if t.gaps[k] == BREAK or (strict and t.kinds[i - 1] == lex.SLASH and t.gaps[i] == GLUED and i):
        return None
    first = quantity(t, k, strict, letters=True)
    if first is None or first.article or (minus and first.sign):
        return None
    if minus:
        first = first._replace(value=first.value * minus if minus < 2 else first.value, sign=minus)
    end = comparison(t, first.end)
    if end != first.end and first.factor is None:
        first, end = _factor_behind(t, first, end)
    numbers, join = (first,), ""
    if end == first.end:
        numbers, join, end = _second(t, first, strict)
    end = _repeated_currency(t, end, found)
    if end < 0 or (strict and not _is_prefixed(t, found, numbers[-1], end)):
        return None
    return Parsed(i, end, found, True, numbers, join)


def _second(t: Tokens, first: Quantity, strict: bool) -> tuple[tuple[Quantity, ...], str, int]:
    """The second number of 'EUR 50 bis 60 Mio.'; a year behind 'bis' is none."""
    joined = joint(t, first.end)
    if joined is not None and joined[0] != "und":
        second = quantity(t, joined[1], strict, letters=True)
        if second is not None and _fit(t, first, second, joined[0]) and percent(t, second.end) is None:
            same_scale = second.factor is not None or first.factor is None
            unit = link(t, second.end)
            other = unit >= 0 and currency(t, unit) is not None
            if same_scale and not other and not (_yearlike(second) and not _yearlike(first)):
                return (first, second), joined[0], second.end
    return (first,), "", first.end


def _repeated_currency(t: Tokens, end: int, found: Currency) -> int:
    """Behind '$5 Mio. US-Dollar'; -1 when the number belongs to another unit or to a longer number."""
    if percent(t, end) is not None:
        return -1
    if t.kinds[end] == lex.NUMBER and t.gaps[end] != BREAK:
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


def _is_prefixed(t: Tokens, found: Currency, number: Quantity, end: int) -> bool:
    """Running text: 'Euro 6' is a standard, 'EUR 2016' a heading."""
    if number.factor is not None:
        return True
    if _yearlike(number) and t.ends[end - 1] - t.starts[end - 1] == 4:
        return False
    decimals = number.value != int(number.value) or t.text[t.ends[end - 1] - 3] == ","
    return found.prefix == 2 or abs(number.value) >= 10 and (decimals or number.value >= 100)


def vague(t: Tokens, i: int, strict: bool) -> Parsed | None:
    """'mehrere Millionen Euro', 'ein paar hunderttausend Dollar', 'Millionen Euro': no number is known."""
    j, many = i, False
    if t.kinds[j] == lex.ARTICLE:
        if t.kinds[j + 1] != lex.VAGUE or t.lexemes[j + 1].text != "paar" or t.gaps[j + 1] != SPACE:
            return None
        j += 1
    if t.kinds[j] == lex.VAGUE:
        many = t.lexemes[j].text in VAGUE_COUNTS
        j += 1
    elif strict and (t.lexemes[i].text not in _FULL_WORDS or _HEADER.search(t.text[max(0, t.starts[i] - 5) : t.starts[i]])):
        return None
    while t.gaps[j] == SPACE or j == i:
        big = t.kinds[j] == lex.WORD_NUMBER and t.lexemes[j].number >= 1000
        if t.kinds[j] != lex.MULTIPLIER and not big:
            break
        many, j = True, j + 1
        if t.kinds[j] == lex.DOT and t.gaps[j] == GLUED:
            j += 1
    j = link(t, j)
    named = currency(t, j) if j >= 0 else None
    if named is None or (strict and not (many and named[0].searched)):
        return None
    return Parsed(i, named[1], named[0], True)


def magnitude(t: Tokens, i: int, strict: bool) -> Parsed | None:
    """'niedriger zweistelliger Millionenbetrag', 'in dreistelliger Millionenhöhe', 'Millionen-Euro-Bereich'."""
    j, thirds = _thirds(t, i)
    fewest, most, j = _places(t, j)
    named: Currency | None = None
    base = Decimal(0)
    if t.kinds[j] == lex.MULTIPLIER and t.lexemes[j].text in _FULL_WORDS:
        base, j = t.lexemes[j].number, link(t, j + 1)
    if j >= 0 and (found := currency(t, j)):
        named, j = found[0], link(t, found[1])
        if j < 0 or t.kinds[j] != lex.MAGNITUDE:
            if base and most and named.searched:  # "zweistellige Millionen Euro"
                return Parsed(i, found[1], named, True, (), "", _span(fewest, most, base, thirds))
            return None
    if j < 0 or t.kinds[j] != lex.MAGNITUDE:
        return None
    noun = t.lexemes[j]
    if noun.text == "percent":
        span = _span(fewest, most, Decimal(1), thirds)
        return None if strict or span is None else Parsed(i, j + 1, "percent", False, (), "", span)
    named = named or noun.currency
    base = base or noun.number
    if not base and not (most and (named or noun.text.startswith(("betr", "summe")))):
        return None
    return Parsed(i, j + 1, named, True, (), "", _span(fewest, most, base or Decimal(1), thirds))


def _thirds(t: Tokens, i: int) -> tuple[int, list[int]]:
    """'mittlerer bis hoher' -> [1, 2]."""
    found: list[int] = []
    while t.kinds[i] == lex.THIRD and (not found or t.gaps[i] == SPACE):
        found.append(int(t.lexemes[i].number))
        i += 1
        if t.kinds[i] in (lex.JOIN, lex.DASH) and t.kinds[i + 1] in (lex.THIRD, lex.JOIN) and t.gaps[i] != BREAK:
            i += 2 if t.kinds[i + 1] == lex.JOIN else 1
    return i, found


def _places(t: Tokens, i: int) -> tuple[int, int, int]:
    """(fewest, most) places of 'zweistellig' or 'zwei- bis dreistellig', 0 if none, and the next token."""
    fewest = 0
    if t.kinds[i] in (lex.WORD_NUMBER, lex.ARTICLE) and t.kinds[i + 1] == lex.DASH and t.kinds[i + 2] == lex.JOIN:
        fewest, i = int(t.lexemes[i].number), i + 3
    if t.kinds[i] != lex.PLACES:
        return 0, 0, i
    most = int(t.lexemes[i].number)
    return fewest or most, most, i + 1 if t.gaps[i + 1] != BREAK else i


def _span(fewest: int, most: int, base: Decimal, thirds: list[int]) -> tuple[Decimal, Decimal] | None:
    """The numbers with that many places; a third of them is 1-3, 4-6 or 7-9 as leading digit.

    Usage has no sharper border: "niedriger zweistelliger Millionenbetrag" is read as 10 to 39 million.
    """
    if not most:
        return None
    low, high = Decimal(10) ** (fewest - 1), Decimal(10) ** most - 1
    if thirds and fewest == most:
        low, high = low * (1 + 3 * min(thirds)), low * (4 + 3 * max(thirds)) - 1
    if base < MILLION and base != 1:
        return None
    return low * base, high * base


__all__ = ["COMMA_THREE", "STARTS", "Parsed", "amount"]
