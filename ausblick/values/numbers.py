"""Numbers in running text: sign, digits or words, multiplier.

Each function reads at token `i` and returns what it found with the index behind it, or None. The parts
join over white space, nothing, or a hyphen ("400-Millionen-Euro").
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

from ausblick.values import lexicon as lex
from ausblick.values.numerals import EXACT, LONGEST, read_digits
from ausblick.values.scanner import BREAK, GLUED, SPACE, Tokens
from ausblick.values.tables import ABBREVIATED, BILLION, MILLION, MULTIPLIERS

ONE: Final = Decimal(1)
# Multipliers that need no number before them.
COUNTING = {"hundert", "tausend", "dutzend"} | {w for w in MULTIPLIERS if "viertel" in w or "halb" in w}
SURE, DOT_THREE, COMMA_THREE, ENGLISH = range(4)  # why a number has a second reading
SIGNABLE = frozenset((lex.NUMBER, lex.FRACTION, lex.CURRENCY))
_LEFT_OF_DIGITS = frozenset((lex.CURRENCY, lex.DASH, lex.PLUS, lex.OPEN, lex.PLUS_MINUS, lex.JOIN))
_CUT_DIGITS = re.compile(r"(?<![\w.,/:–-])[1-9][0-9]{0,2}[ \u00a0\u202f\u2009'’]+\Z")
_GROUP = re.compile(r"[0-9]{3}(?:,[0-9]{1,4}|\.[0-9]{1,2})?")
# After these words a dash with a space behind it is a sign, not a dash between phrases.
_BEFORE_SIGN = re.compile(
    r"(?:\b(?:auf|von|bei|um|mit|nach|betragen|beträgt|betrug|lag|liegt|noch|rund|etwa|ca\.?|erreichte)"
    r"|[:(])\s*$"
)


class Digits(NamedTuple):
    value: Decimal
    other: Decimal | None
    end: int


class Quantity(NamedTuple):
    """A number with its sign and its own multiplier (`factor`, None if it has none)."""

    value: Decimal
    other: Decimal | None
    doubt: int
    factor: Decimal | None
    sign: int  # -1, 0 = none written, 1; 2 = plus or minus
    article: bool  # "ein", which may be an article
    end: int


def link(t: Tokens, i: int) -> int:
    """The token behind an optional hyphen that joins two parts; -1 across other words."""
    if t.gaps[i] == BREAK:
        return -1
    if t.kinds[i] != lex.DASH:
        return i
    return i + 1 if t.gaps[i] == GLUED and t.gaps[i + 1] != BREAK else -1


def sign(t: Tokens, i: int, strict: bool) -> tuple[int, int]:
    """(sign, next token) at i; (0, i) when there is none."""
    kind = t.kinds[i]
    if kind == lex.SIGN_WORD:
        if t.gaps[i + 1] == BREAK:
            return 0, i
        if t.kinds[i + 1] == lex.SLASH and t.kinds[i + 2] == lex.SIGN_WORD:
            return 2, i + 3
        return int(t.lexemes[i].number), i + 1
    if kind not in (lex.DASH, lex.PLUS, lex.PLUS_MINUS):
        return 0, i
    start = t.starts[i]
    if start and t.gaps[i] != SPACE:
        before = t.text[start - 1]
        if before.isalnum() or before in ").,%_":
            return 0, i
    j = i + 1
    if kind == lex.PLUS and t.kinds[j] == lex.SLASH and t.kinds[j + 1] == lex.DASH and t.gaps[j] == GLUED:
        kind, j = lex.PLUS_MINUS, j + 2
    if t.kinds[j] not in SIGNABLE or t.gaps[j] == BREAK:
        return 0, i
    if kind == lex.DASH and t.gaps[j] == SPACE and not _dash_is_sign(t, i, strict):
        return 0, i
    return {lex.DASH: -1, lex.PLUS: 1}.get(kind, 2), j


def _dash_is_sign(t: Tokens, i: int, strict: bool) -> bool:
    if i and t.kinds[i - 1] == lex.CURRENCY and t.gaps[i] == SPACE:
        return True
    before = t.text[max(0, t.starts[i] - 20) : t.starts[i]]
    return bool(_BEFORE_SIGN.search(before)) or (not strict and not before.strip())


def digits(t: Tokens, i: int) -> Digits | None:
    """A number in digits, grouped by spaces or apostrophes, with ',-' or '½' behind it."""
    if t.gaps[i] != SPACE and not _starts_number(t, i):
        return None
    text = t.text[t.starts[i] : t.ends[i]]
    j = i + 1
    if t.gaps[j] != BREAK:
        kind = t.kinds[j]
        if kind == lex.NUMBER or kind == lex.QUOTE:
            if t.gaps[j] == GLUED and kind == lex.NUMBER:
                return None
            text, j = _more_groups(t, j, text)
        if t.gaps[j] != BREAK and t.kinds[j] in (lex.COMMA, lex.DOT, lex.FRACTION):
            return _tail(t, j, text)
    found = read_digits(text)
    return None if found is None else Digits(found[0], found[1], j)


def _starts_number(t: Tokens, i: int) -> bool:
    """Whether the digits at i begin a number, and not the rest of a word, a date or a fraction."""
    start = t.starts[i]
    if start == 0:
        return True
    text = t.text
    before, far = text[start - 1], text[start - 2 : start - 1]
    if t.gaps[i] == BREAK:
        return not (before.isalnum() or before in "_#@^;" or (before == ":" and far.isdigit()))
    if t.kinds[i - 1] == lex.DASH:
        return not (far.isalnum() or far == ".") or t.kinds[i - 2] in (lex.NUMBER, lex.CURRENCY)
    if before == ".":
        return far == "."  # behind "...", but not ".5"
    return t.kinds[i - 1] in _LEFT_OF_DIGITS or (before in "/'’" and not far.isalnum())


def continues_group(before: str, digits: str) -> bool:
    """Whether '500' behind '12 ' is the rest of 12 500."""
    return bool(_GROUP.fullmatch(digits)) and bool(_CUT_DIGITS.search(before))


def _more_groups(t: Tokens, j: int, text: str) -> tuple[str, int]:
    """Appends '234' of '1 234' and of "64 ' 945" to `text`, for as long as the groups have three digits."""
    if len(text) > 3 or not text.isdigit():
        return text, j
    while len(text) < LONGEST and t.gaps[j] != BREAK:
        k = j + 1 if t.kinds[j] == lex.QUOTE else j
        if t.kinds[k] != lex.NUMBER or t.gaps[k] == BREAK:
            break
        group = t.text[t.starts[k] : t.ends[k]]
        gap = t.text[t.ends[k - 1] : t.starts[k]]
        if len(gap) > 1 or gap == "\n" or (k == j and not gap) or not _GROUP.fullmatch(group):
            break
        text, j = f"{text}'{group}", k + 1
        if len(group) > 3:
            break
    return text, j


def _tail(t: Tokens, j: int, text: str) -> Digits | None:
    """Reads ',-', '.-', ' , 08' (tokenised text) and '½' behind the digits."""
    end = j
    spaced = t.gaps[j] == SPACE
    if t.kinds[j] == lex.FRACTION:
        whole = read_digits(text)
        if whole is None or whole[1] is not None or not text.isdigit():
            return None
        return Digits(whole[0] + t.lexemes[j].number, None, j + 1)
    if t.kinds[j + 1] == lex.DASH and t.gaps[j + 1] != BREAK and (spaced or t.gaps[j + 1] == GLUED):
        end = j + 2
        if t.kinds[end] == lex.DASH and t.gaps[end] != BREAK:
            end += 1
    elif spaced and t.kinds[j] == lex.COMMA and t.kinds[j + 1] == lex.NUMBER and t.gaps[j + 1] != BREAK:
        part = t.text[t.starts[j + 1] : t.ends[j + 1]]
        if len(part) <= 2 and part.isdigit() and "," not in text:
            text, end = f"{text},{part}", j + 2
    found = read_digits(text)
    return None if found is None else Digits(found[0], found[1], end)


def quantity(t: Tokens, i: int, strict: bool, letters: bool = False) -> Quantity | None:
    """Sign, number and multiplier. `letters`: "m" and "k" glued to the digits multiply ("$5m")."""
    minus, j = sign(t, i, strict)
    kind = t.kinds[j]
    other, doubt, article = None, SURE, False
    if kind == lex.NUMBER:
        found = digits(t, j)
        if found is None:
            return None
        value, other, j = found
        if other is not None:
            doubt = DOT_THREE if other < value else COMMA_THREE
    elif kind in (lex.WORD_NUMBER, lex.FRACTION, lex.HALF):
        value, j = t.lexemes[j].number, j + 1
        if kind == lex.WORD_NUMBER and t.kinds[j] == lex.DECIMAL_WORD:
            value, j = _spoken_decimals(t, j, value)
        elif kind == lex.WORD_NUMBER and t.kinds[j] == lex.HALF and t.gaps[j] == SPACE:
            value, j = value * t.lexemes[j].number, j + 1  # "drei viertel Prozent"
    elif kind == lex.ARTICLE:
        value, article, j = ONE, True, j + 1
        if t.kinds[j] == lex.HALF and t.gaps[j] == SPACE:
            value, article, j = t.lexemes[j].number, False, j + 1
    elif kind == lex.MULTIPLIER and t.lexemes[j].text in COUNTING:
        value, j = t.lexemes[j].number, j + 1
    else:
        return None
    factor, end, english = multiplier(t, j, letters and kind == lex.NUMBER)
    if english and other is None:
        other, doubt = value * 1000, ENGLISH
    if factor is not None and factor >= MILLION and t.kinds[end] in (lex.NUMBER, lex.WORD_NUMBER):
        value, end = _smaller_part(t, end, value, factor)
    if minus < 0:
        value, other = -value, None if other is None else -other
    return Quantity(value, other, doubt, factor, minus, article, end)


def _spoken_decimals(t: Tokens, i: int, value: Decimal) -> tuple[Decimal, int]:
    """'zwei Komma fünf': one digit a word."""
    text, j = "", i + 1
    while t.kinds[j] == lex.WORD_NUMBER and t.gaps[j] == SPACE and len(text) < 6 and t.lexemes[j].number < 10:
        text, j = text + str(t.lexemes[j].number), j + 1
    return (Decimal(f"{value}.{text}"), j) if text.isdigit() and value == int(value) else (value, i)


def _smaller_part(t: Tokens, i: int, value: Decimal, factor: Decimal) -> tuple[Decimal, int]:
    """'2 Mrd. 300 Mio.': adds the smaller part, in units of the larger multiplier."""
    if t.gaps[i] != SPACE:
        return value, i
    found = digits(t, i) if t.kinds[i] == lex.NUMBER else Digits(t.lexemes[i].number, None, i + 1)
    if found is None or found.other is not None:
        return value, i
    smaller, end, _ = multiplier(t, found.end, False)
    if smaller is None or smaller >= factor or found.value * smaller >= factor or value != int(value):
        return value, i
    return EXACT.add(value, EXACT.divide(found.value * smaller, factor)), end


def _behind_dot(t: Tokens, i: int) -> int:
    """Behind the multiplier at i and the dot of its abbreviation."""
    dotted = t.kinds[i + 1] == lex.DOT and t.gaps[i + 1] == GLUED and t.lexemes[i].text in ABBREVIATED
    return i + 2 if dotted else i + 1


def multiplier(t: Tokens, i: int, letters: bool) -> tuple[Decimal | None, int, bool]:
    """(factor or None, next token, whether it is the English 'billion')."""
    j = link(t, i)
    if j < 0:
        return None, i, False
    word = t.lexemes[j]
    if word.kind == lex.LETTER:
        unit = link(t, j + 1)
        if word.text != "m" and unit > 0 and t.kinds[unit] == lex.CURRENCY:  # "5 T EUR", "5 T-EUR"
            return word.number, j + 1, False
        glued = letters and word.text != "T" and t.gaps[j] == GLUED and j == i
        return (word.number, j + 1, False) if glued else (None, i, False)
    if word.kind != lex.MULTIPLIER:
        return None, i, False
    end = _behind_dot(t, j)
    more = t.lexemes[end]
    chained = more.kind == lex.MULTIPLIER and more.number >= MILLION and t.gaps[end] == SPACE
    if chained and word.number <= 1000:  # "mehrere hundert Millionen"
        return word.number * more.number, _behind_dot(t, end), more.text == "billion (en)"
    return word.number, end, word.number == BILLION and word.text == "billion (en)"
