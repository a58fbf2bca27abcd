"""Text to tokens with offsets. Words that play no part in amounts leave only a gap between the others."""

from __future__ import annotations

import re
from typing import Final

from ausblick.values import currencies
from ausblick.values.lexicon import (
    CURRENCY,
    END,
    IGNORED,
    NUMBER,
    PUNCTUATION,
    Lexeme,
    lexeme,
)
from ausblick.values.numerals import APOSTROPHES

GLUED: Final = 0  # nothing between this token and the one before
SPACE: Final = 1  # white space of any width, at most one line break
BREAK: Final = 2  # other words, or a blank line

_LETTER = r"A-Za-zªµºÀ-ÖØ-öø-ɏ\u1e00-\u1eff"
_MARK = r"\u0300-\u036f\u00ad\u200b-\u200d\u2060"  # combining marks and invisible characters in words
_TOKEN = re.compile(
    rf"([0-9]+(?:[.,{APOSTROPHES}][0-9]+)*)"
    rf"|((?:US-|[A-Za-z]{{1,3}})?[{currencies.SIGNS}])"
    rf"|([{_LETTER}][{_LETTER}{_MARK}]*)"
    r"|(\S)"
)
_NUMBER_LEXEME = Lexeme(NUMBER)
_END_LEXEME = Lexeme(END)


class Tokens:
    """The tokens of a text as parallel lists, with one END token behind the last.

    `gaps[i]` says what lies between token i - 1 and token i; the parser joins over GLUED and SPACE only.
    """

    __slots__ = ("ends", "gaps", "kinds", "lexemes", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.kinds: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.gaps: list[int] = []
        self.lexemes: list[Lexeme] = []

    def close(self) -> None:
        """Appends the END token."""
        self.kinds.append(END)
        self.starts.append(len(self.text))
        self.ends.append(len(self.text))
        self.gaps.append(BREAK)
        self.lexemes.append(_END_LEXEME)


def scan(text: str) -> Tokens:
    """All tokens of `text` that an amount can hold, in one pass.

    >>> tokens = scan("stieg um 3,5 Mio. Euro")
    >>> list(zip(tokens.starts, tokens.ends, tokens.gaps))
    [(9, 12, 2), (13, 16, 1), (16, 17, 0), (18, 22, 1), (22, 22, 2)]
    """
    tokens = Tokens(text)
    kinds, starts, ends = tokens.kinds, tokens.starts, tokens.ends
    gaps, lexemes = tokens.gaps, tokens.lexemes
    last_end = 0  # of the last token of any kind, known or not
    broken = True  # an unknown word lies between the last token that was added and this one
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        group = match.lastindex
        found: Lexeme | None
        if group == 3:
            found = lexeme(match[3])
        elif group == 1:
            found = _NUMBER_LEXEME
        elif group == 4:
            char = match[4]
            if char in IGNORED:
                if start == last_end:
                    last_end = end
                continue
            found = PUNCTUATION.get(char)
        else:
            start, found = _symbol(match[2], start, end)
            broken = broken or start != match.start()
        if found is None:
            broken = True
        else:
            kinds.append(found.kind)
            starts.append(start)
            ends.append(end)
            gaps.append(BREAK if broken else GLUED if start == last_end else _gap(text, last_end, start))
            lexemes.append(found)
            broken = False
        last_end = end
    tokens.close()
    return tokens


def _gap(text: str, last_end: int, start: int) -> int:
    """SPACE over white space, BREAK over a blank line."""
    if start - last_end > 1 and text.count("\n", last_end, start) > 1:
        return BREAK
    return SPACE


def _symbol(text: str, start: int, end: int) -> tuple[int, Lexeme]:
    """The symbol with what is glued to its left (US$, T€), or alone when that means nothing."""
    currency = currencies.symbols().get(text)
    if currency is None:
        return end - 1, Lexeme(CURRENCY, currency=currencies.symbols()[text[-1]], text=text[-1])
    return start, Lexeme(CURRENCY, currency=currency, text=text)
