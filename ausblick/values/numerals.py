"""German numbers in digits and in words, exact.

Digits: a comma is the decimal sign and a dot groups thousands, unless the digits say otherwise (Swiss and
English forms). Where a lone separator stands before exactly three digits both readings exist; the second
one is returned beside the first, and the grammar decides whether it stays plausible.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from functools import lru_cache

# Products are never rounded: a mention that would need more digits raises Inexact instead.
EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, Overflow, DivisionByZero])
LONGEST = 60  # characters; longer strings of digits are not amounts

APOSTROPHES = "'’‘´`ʼ′"
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")

Digits = tuple[Decimal, Decimal | None]

UNITS = {
    "null": 0, "ein": 1, "eins": 1, "eine": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "fünf": 5,
    "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "dreizehn": 13,
    "vierzehn": 14, "fünfzehn": 15, "sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19,
}  # fmt: skip
TENS = {
    "zwanzig": 20, "dreißig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60, "siebzig": 70,
    "achtzig": 80, "neunzig": 90,
}  # fmt: skip
FRACTIONS = {"halb": Decimal("0.5"), "viertel": Decimal("0.25"), "dreiviertel": Decimal("0.75")}
VULGAR = {
    "½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75"), "⅕": Decimal("0.2"),
    "⅖": Decimal("0.4"), "⅗": Decimal("0.6"), "⅘": Decimal("0.8"), "⅛": Decimal("0.125"),
    "⅜": Decimal("0.375"), "⅝": Decimal("0.625"), "⅞": Decimal("0.875"),
}  # fmt: skip
# Spelling without umlauts and ß, as in wire text and in Switzerland.
_RESPELL = (("fuenf", "fünf"), ("zwoelf", "zwölf"), ("dreissig", "dreißig"))
_SMALL = {**UNITS, **TENS}
_ONE_TO_NINE = "ein|zwei|zwo|drei|vier|fünf|sechs|sieben|acht|neun"
_WORD = re.compile(
    rf"(?:(?P<thousands>[a-zäöüß]*?)(?P<tausend>tausend))?(?:und)?"
    rf"(?:(?P<hundreds>{_ONE_TO_NINE})?(?P<hundert>hundert))?(?:und)?"
    rf"(?:(?:(?P<unit>{_ONE_TO_NINE})und)?(?P<tens>{'|'.join(TENS)})"
    rf"|(?P<small>{'|'.join(sorted(UNITS, key=len, reverse=True))}))?"
    r"(?P<half>(?:und)?ein(?P<part>halb|viertel)|(?:und)?dreiviertel)?"
)


def read_digits(text: str) -> Digits | None:
    """(value, other reading or None) of one run of digits with its separators; None if it is no number.

    >>> read_digits("1.234,56"), read_digits("1'234.50"), read_digits("493.3")
    ((Decimal('1234.56'), None), (Decimal('1234.50'), None), (Decimal('493.3'), None))
    >>> read_digits("1.234"), read_digits("31.12.2013")
    ((Decimal('1234'), Decimal('1.234')), None)
    """
    if len(text) > LONGEST:
        return None
    if text.isdigit():
        return None if text[0] == "0" and len(text) > 1 else (Decimal(text), None)
    whole, sign, part = text.rpartition("," if text.rfind(",") > text.rfind(".") else ".")
    if sign and part.isdigit():  # the part after the last comma or dot holds no apostrophe
        if whole.isdigit():
            return _one_separator(whole, part, sign)
        other = "." if sign == "," else ","
        if sign in whole:
            return _repeated_separator(whole, part, sign)
        grouped = _APOSTROPHE.sub(other, whole) if other not in whole else whole
        joined = _grouped(grouped, other)
        return None if joined is None else (Decimal(f"{joined}.{part}"), None)
    joined = _grouped(_APOSTROPHE.sub("'", text), "'")
    return None if joined is None else (Decimal(joined), None)


def _one_separator(whole: str, part: str, sign: str) -> Digits | None:
    if whole[0] == "0" and len(whole) > 1:
        return None
    decimal = Decimal(f"{whole}.{part}")
    if len(part) != 3 or len(whole) > 3 or whole == "0":
        return decimal, None
    thousands = Decimal(whole + part)
    return (decimal, thousands) if sign == "," else (thousands, decimal)


def _repeated_separator(whole: str, part: str, sign: str) -> Digits | None:
    """1.234.567 and 4,740,914 group thousands; 1.614.225.00 ends in cents."""
    joined = _grouped(whole, sign)
    if joined is None:
        return None
    if len(part) == 3:
        return Decimal(joined + part), None
    return (Decimal(f"{joined}.{part}"), None) if len(part) == 2 and sign == "." else None


def _grouped(text: str, sign: str) -> str | None:
    """The digits of `text` when `sign` separates groups of three, else None."""
    first, *groups = text.split(sign)
    if not groups or not 1 <= len(first) <= 3 or first[0] == "0" or not first.isdigit():
        return None
    return first + "".join(groups) if all(len(g) == 3 and g.isdigit() for g in groups) else None


@lru_cache(maxsize=4096)
def read_number_word(word: str) -> Decimal | None:
    """The value of one German number word, None if the word is not one.

    >>> read_number_word("zweihundertfünfzigtausend"), read_number_word("anderthalb")
    (Decimal('250000'), Decimal('1.5'))
    """
    word = word.lower()
    for old, new in _RESPELL:
        word = word.replace(old, new)
    if word in ("anderthalb", "anderthalbe"):
        return Decimal("1.5")
    if not word or len(word) > 80:
        return None
    match = _WORD.fullmatch(word)
    if match is None or not any(match.groups()):  # a bare "und" matches with no number in it
        return None
    found = match.groupdict()
    total = Decimal(0)
    if found["tausend"]:
        thousands = read_number_word(found["thousands"]) if found["thousands"] else Decimal(1)
        if thousands is None or thousands >= 1000 or thousands != int(thousands):
            return None
        total += thousands * 1000
    if found["hundert"]:
        total += 100 * UNITS.get(found["hundreds"] or "ein", 1)
    total += UNITS.get(found["unit"] or "null", 0) + _SMALL.get(found["tens"] or found["small"] or "null", 0)
    if found["half"]:
        total += FRACTIONS[found["part"] or "dreiviertel"]
    return total
