"""From one word to its role in the grammar. The parser sees kinds, never spellings."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from ausblick.values import currencies, tables
from ausblick.values.currencies import Currency
from ausblick.values.numerals import FRACTIONS, VULGAR, read_number_word

END: Final = 0  # after the last token
NUMBER: Final = 1  # digits with inner separators
WORD_NUMBER: Final = 2  # "zwölf", "anderthalb"; `number` holds the value
ARTICLE: Final = 3  # "ein", "einer": one, or only an article
FRACTION: Final = 4  # ½
HALF: Final = 5  # "halbe", "viertel" after an article or alone
VAGUE: Final = 6  # "mehrere"
MULTIPLIER: Final = 7
LETTER: Final = 8  # "m", "k": a multiplier only when glued to a number
CURRENCY: Final = 9
CURRENCY_PART: Final = 10  # a word that occurs in currency names of several words
PERCENT: Final = 11
PERCENT_ADJECTIVE: Final = 12  # "prozentige", after its number
PERCENT_WORD: Final = 13  # "hundertprozentige", with its number
IGE: Final = 14  # "ige" after %
POINTS: Final = 15  # "Punkte" after %
MAGNITUDE: Final = 16  # "Millionenbetrag", "Betrag"
PLACES: Final = 17  # "dreistelliger"
THIRD: Final = 18  # "niedriger", "mittlerer", "hoher"
JOIN: Final = 19  # "bis", "und", "oder"
SIGN_WORD: Final = 20  # "plus", "minus"
DASH: Final = 21
PLUS: Final = 22
OPEN: Final = 23
CLOSE: Final = 24
COMMA: Final = 25
DOT: Final = 26
QUOTE: Final = 27  # an apostrophe that groups digits
SLASH: Final = 28
NEAR: Final = 29  # approximators, allowed inside a range ("2,3 bis knapp 2,5 Mio. Euro")
DECIMAL_WORD: Final = 30  # "Komma" between number words
HUNDREDTHS: Final = 31  # the v of "v. H."
PLUS_MINUS: Final = 32


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A kind with what the parser needs of the word: its number, its currency or its text."""

    kind: int
    number: Decimal = Decimal(0)
    currency: Currency | None = None
    text: str = ""


DASHES = "-‐‑‒–—−﹣－"
IGNORED = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")  # invisible: they neither join nor separate
PUNCTUATION: dict[str, Lexeme] = {
    **{dash: Lexeme(DASH, text=dash) for dash in DASHES},
    **{quote: Lexeme(QUOTE, text=quote) for quote in "'’‘´`ʼ′"},
    **{sign: Lexeme(FRACTION, number) for sign, number in VULGAR.items()},
    "+": Lexeme(PLUS), "±": Lexeme(PLUS_MINUS), "(": Lexeme(OPEN), ")": Lexeme(CLOSE), ",": Lexeme(COMMA),
    ".": Lexeme(DOT), "/": Lexeme(SLASH), "[": Lexeme(OPEN), "]": Lexeme(CLOSE),
    "%": Lexeme(PERCENT, text="percent"), "％": Lexeme(PERCENT, text="percent"),
}  # fmt: skip

_NUMBER_ENDINGS = frozenset(
    tables.words(
        "ins wei zwo rei ier ünf enf chs ben cht eun ehn elf ölf zig ßig sig ert end ein alb tel ull"
    )
)
_PERCENT_WORD = re.compile(r"([a-zäöüß]*?)-?(prozentig)(?:e[nrms]?)?")
_PLACES = re.compile(r"([a-zäöüß]+)stellig(?:e[nrms]?)?")
_MAGNITUDE = re.compile(r"([a-zäöüß]*?)(betr[aä]e?g[a-z]*|höhen?|hoehe|bereich[a-z]*|summen?)")
_JOINS = {"bis": "bis", "und": "und", "oder": "und", "beziehungsweise": "und", "bzw": "und"}
_NEAR = tables.words("knapp rund etwa ca circa maximal höchstens fast gut zu")
# Compared by spelling, since the same letters in lower case mean something else (metre, kilo).
_LETTERS = {letter: tables.LETTER_MULTIPLIERS[letter] for letter in ("m", "k", "M", "K", "T")}


@lru_cache(maxsize=1)
def _fixed() -> dict[str, Lexeme]:
    """Lower-case words with one role each; later entries win."""
    table: dict[str, Lexeme] = {w: Lexeme(CURRENCY_PART, text=w) for w in currencies.phrase_words()}
    table |= {w: Lexeme(THIRD, Decimal(n)) for s, n in tables.THIRDS.items() for w in _inflected(s)}
    table |= {w: Lexeme(HALF, n) for s, n in FRACTIONS.items() for w in (s, *_inflected(s))}
    table |= {w: Lexeme(WORD_NUMBER, Decimal("1.5")) for w in ("anderthalb", "anderthalbe")}
    table |= {w: Lexeme(ARTICLE, Decimal(1)) for w in tables.ARTICLES}
    table |= {w: Lexeme(JOIN, text=t) for w, t in _JOINS.items()}
    table |= {w: Lexeme(NEAR) for w in _NEAR}
    table |= {w: Lexeme(MULTIPLIER, n, text=w) for w, n in tables.MULTIPLIERS.items()}
    table |= {w: Lexeme(VAGUE, text=w) for w in tables.VAGUE}
    table |= {w: Lexeme(PERCENT, text=unit) for w, unit in tables.PERCENT_UNITS.items()}
    table |= {w: Lexeme(POINTS) for w in tables.POINT_NOUNS}
    table |= {w: Lexeme(CURRENCY, currency=c) for w, c in currencies.nouns().items()}
    table |= {"plus": Lexeme(SIGN_WORD, Decimal(1)), "minus": Lexeme(SIGN_WORD, Decimal(-1)),
              "komma": Lexeme(DECIMAL_WORD), "vh": Lexeme(PERCENT, text="percent")}  # fmt: skip
    table |= dict.fromkeys(("v", "h", "vom"), Lexeme(HUNDREDTHS))
    table |= dict.fromkeys(("ig", *_inflected("ig")), Lexeme(IGE))
    return table


@lru_cache(maxsize=32768)
def lexeme(word: str) -> Lexeme | None:
    """The role of a word in any spelling (case, NFD, soft hyphens inside), None if it has none.

    >>> lexeme("Mio").number, lexeme("TEUR").currency.code, lexeme("Umsatz")
    (Decimal('1000000'), 'EUR', None)
    """
    if not word.isascii():
        word = unicodedata.normalize("NFC", "".join(c for c in word if c not in IGNORED))
    currency = currencies.codes().get(word)
    if currency is not None:
        return Lexeme(CURRENCY, currency=currency, text=word)
    if word in _LETTERS:
        return Lexeme(LETTER, _LETTERS[word], text=word)
    if word == "BP":
        return None  # the company, or years before present
    if word == "billion":  # English: 10^9; the German word is capitalised
        return Lexeme(MULTIPLIER, tables.BILLION, text="billion (en)")
    lower = word.lower()
    found = _fixed().get(lower) or _fixed().get(currencies.stem(lower))
    if found is not None and found.kind == CURRENCY:
        shouted = len(word) <= 3 and word.isupper() and word != "YEN"  # CT, LEI: tickers
        if shouted or (found.currency is not None and found.currency.rare and word.islower()):
            return None
        return Lexeme(CURRENCY, currency=found.currency, text=word)
    if found is not None:
        return found
    return _compound(lower)


def _compound(word: str) -> Lexeme | None:
    """Words that are built, not listed: number words, "hundertprozentige", "Millionenbetrag"."""
    if word[-3:] in _NUMBER_ENDINGS:
        number = read_number_word(word)
        if number is not None:
            return Lexeme(WORD_NUMBER, number)
    if "prozentig" in word and (match := _PERCENT_WORD.fullmatch(word)):
        number = read_number_word(match[1]) if match[1] else None
        if number is not None:
            return Lexeme(PERCENT_WORD, number)
        return Lexeme(PERCENT_ADJECTIVE, text="percent") if not match[1] else None
    if "stellig" in word and (match := _PLACES.fullmatch(word)):
        places = tables.PLACES.get(match[1].replace("fuenf", "fünf").replace("zwoelf", "zwölf"))
        return Lexeme(PLACES, Decimal(places)) if places else None
    if match := _MAGNITUDE.fullmatch(word):
        return _magnitude(match[1], match[2])
    return None


def _magnitude(head: str, noun: str) -> Lexeme | None:
    """The head says what the noun counts: nothing, millions, a currency, percent."""
    if noun not in tables.MAGNITUDE_NOUNS:
        return None
    if not head:
        return Lexeme(MAGNITUDE, Decimal(0), text=noun)
    if head in tables.MAGNITUDE_STEMS:
        return Lexeme(MAGNITUDE, tables.MAGNITUDE_STEMS[head], text=noun)
    if head == "prozent":
        return Lexeme(MAGNITUDE, Decimal(0), text="percent")
    currency = currencies.nouns().get(head)
    return Lexeme(MAGNITUDE, Decimal(0), currency, noun) if currency else None


def _inflected(stem: str) -> list[str]:
    return [stem + ending for ending in tables.ADJECTIVE_ENDINGS]
