"""Amounts without a plain number: "mehrere Millionen Euro", "niedriger zweistelliger Millionenbetrag"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from ausblick.values import lexicon as lex
from ausblick.values.currencies import Currency
from ausblick.values.numbers import Quantity, link
from ausblick.values.scanner import BREAK, GLUED, SPACE, Tokens
from ausblick.values.tables import MILLION, VAGUE_COUNTS
from ausblick.values.units import currency

_FULL_WORDS = frozenset(("millionen", "milliarden", "billionen"))
_HEADER = re.compile(r"(?:\bin|\bpro|\bje|[-–‑(0-9])\s*$")  # "Angaben in Millionen Euro"


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
    elif strict and not _bare_millions(t, i):
        return None
    while (t.gaps[j] == SPACE or j == i) and j < i + 6:
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
    if strict and t.kinds[i] == lex.MULTIPLIER and named[0].prefix == 2:
        return None  # a heading: "Millionen €"
    return Parsed(i, named[1], named[0], True)


def _bare_millions(t: Tokens, i: int) -> bool:
    """'kostet Millionen Euro', but not 'in Millionen Euro' and 'Milliarden-Euro-Programm'."""
    before = t.text[max(0, t.starts[i] - 5) : t.starts[i]]
    return t.lexemes[i].text in _FULL_WORDS and t.gaps[i + 1] == SPACE and not _HEADER.search(before)


def magnitude(t: Tokens, i: int, strict: bool) -> Parsed | None:
    """'niedriger zweistelliger Millionenbetrag', 'dreistellige Millionenhöhe', 'Millionen-Euro-Bereich'."""
    j, thirds = _thirds(t, i)
    if thirds and t.gaps[j] != SPACE:
        return None
    fewest, most, j = _places(t, j)
    if most and t.gaps[j] == BREAK:
        return None
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
    while t.kinds[i] == lex.THIRD and (not found or t.gaps[i] == SPACE) and len(found) < 3:
        found.append(int(t.lexemes[i].number))
        i += 1
        joined = t.kinds[i] in (lex.JOIN, lex.DASH) and t.gaps[i] != BREAK
        if joined and t.kinds[i + 1] in (lex.THIRD, lex.JOIN):
            i += 2 if t.kinds[i + 1] == lex.JOIN else 1
    return i, found


def _places(t: Tokens, i: int) -> tuple[int, int, int]:
    """(fewest, most) places of 'zweistellig' or 'zwei- bis dreistellig', 0 if none, and the next token."""
    fewest = 0
    counts = t.kinds[i] in (lex.WORD_NUMBER, lex.ARTICLE)
    if counts and t.kinds[i + 1] == lex.DASH and t.kinds[i + 2] == lex.JOIN:
        fewest, i = int(t.lexemes[i].number), i + 3
    if t.kinds[i] != lex.PLACES:
        return 0, 0, i
    most = int(t.lexemes[i].number)
    return fewest or most, most, i + 1


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
