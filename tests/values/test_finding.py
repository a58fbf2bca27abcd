"""The grammar as a tagger: what it leaves out, where its spans lie, and that it stays linear."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Literal

import pytest

from ausblick.values import find_amounts


def spans(text: str) -> list[str]:
    return [text[a.start : a.end] for a in find_amounts(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Der Absatz stieg auf 212 Mio. Einheiten.",
        "Der Umsatz stieg auf 212 Mio. nach 200 Mio.",
        "Ein Milliardenverlust und Millionenverluste drohen.",
        "Ein Drittel der Werke, die Hälfte der Leute, ein Verhältnis von 2:1.",
        "Die 19 Euro-Länder und die elf Euro-Staaten tagen.",
        "Der Diesel erfüllt Euro 6, die EM Euro 2016 ist vorbei.",
        "Die TOP 10, der CUP 2016 und das Ziel SDG 5.",
        "Angaben in Mio. EUR 2014 2013",
        "Angaben in Millionen Euro",
        "Die Kurve von 2004 2005 % zeigt es.",
        "Am 31.12.2013 Euro und um 12:30 Euro.",
        "Ein Euro-Kredit, ein Dollar-Bond.",
        "Das Bild eines Mark Rothko.",
        "Es wiegt $5T im Blatt $A$2.",
        "Promille: 0,5 Promille oder 5 ‰.",
        "Ein gebrochener Betrag von 1 1/2 Prozent.",
        "Mittel im Bereich der Forschung, in Höhe der Summe.",
        "Der Wert sank auf 87,.9 %",
    ],
)
def test_no_amount(text: str) -> None:
    assert spans(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("von 800 Mio. Euro bis 850 Mio. Euro", ["800 Mio. Euro", "850 Mio. Euro"]),
        ("4 Mio. EUR - 5 Mio. EUR", ["4 Mio. EUR", "5 Mio. EUR"]),
        ("3 % und 5 %", ["3 %", "5 %"]),
        ("150 Millionen Euro (170 Mio. USD)", ["150 Millionen Euro", "170 Mio. USD"]),
        ("2016 EUR 5 Mio., 2017 EUR 6 Mio.", ["EUR 5 Mio.", "EUR 6 Mio."]),
        ("mit CHF 38,2 Mio. 6 % über Plan", ["CHF 38,2 Mio.", "6 %"]),
        ("Umsatz – 8 Mio. Euro mehr – steigt", ["8 Mio. Euro"]),
        ("19 Prozent oder + 3 Prozent", ["19 Prozent", "+ 3 Prozent"]),
        ("5 Mio. Euro (Vorjahr: 4)", ["5 Mio. Euro"]),
        ("€45 (15 + 30)", ["€45"]),
        ("0,40 €/Aktie und EUR 0,40/Aktie", ["0,40 €", "EUR 0,40"]),
        ("der Ein-Euro-Job für ein-Prozent-Leute", ["Ein-Euro", "ein-Prozent"]),
        ("98 –99 Prozent", ["98 –99 Prozent"]),
        ("1.500 Euro\n\n20 %", ["1.500 Euro", "20 %"]),
        ("5 Mio.\nEuro", ["5 Mio.\nEuro"]),
        ("die Grenze von 2 000 Euro – und mehr", ["2 000 Euro"]),
        ("im Jahr 2016 EUR -5 Mio. Verlust", ["EUR -5 Mio."]),
        ("mehrere Mio. EUR und Hunderte Millionen $", ["mehrere Mio. EUR", "Hunderte Millionen $"]),
        ("1,7 Mio. EUR2 Rest", []),
        ("5%-10% und +5%/-3%", ["5%", "10%", "+5%", "-3%"]),
        ("GBP 1,2 Mrd./EUR 1,4 Mrd.", ["GBP 1,2 Mrd.", "EUR 1,4 Mrd."]),
        ("der Kurs EUR/USD 1,10 hielt", []),
        ("1 100-100%", []),
        ("1 000¼%", []),
        ("2015 300 Euro", ["300 Euro"]),
        ("TEUR 5 Mio.", []),
        ("EUR 77,5 Mio. (2011: 70,1 Mio.)", ["EUR 77,5 Mio."]),
        ("5 Mio.\n\nEuro", []),
    ],
)
def test_spans(text: str, expected: list[str]) -> None:
    assert spans(text) == expected


SENTENCE = "Müller zahlt fünf Millionen Euro, also zwölf Prozent mehr, und 3,5 Mio. € für Öl."


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_offsets_hold_in_every_normal_form(form: Literal["NFC", "NFD", "NFKD"]) -> None:
    text = unicodedata.normalize(form, SENTENCE)
    found = [unicodedata.normalize("NFC", mention) for mention in spans(text)]
    assert found == ["fünf Millionen Euro", "zwölf Prozent", "3,5 Mio. €"]


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009", "\t", "\r\n", "  "])
def test_every_width_of_space_joins(space: str) -> None:
    text = f"😀 Er zahlt 12,5{space}Mio.{space}Euro und 30{space}%."
    assert spans(text) == [f"12,5{space}Mio.{space}Euro", f"30{space}%"]


@pytest.mark.parametrize("dash", list("-‐‑–−﹣－"))
def test_every_dash_is_a_sign_and_a_range(dash: str) -> None:
    signed, ranged = find_amounts(f"Ein Minus: {dash}3,4 Mio. Euro und 3{dash}5 %.")
    assert signed.value.low is not None
    assert signed.value.low < 0
    assert (ranged.value.low, ranged.value.high) == (Decimal(3), Decimal(5))


def test_soft_hyphens_lie_inside_words_only() -> None:
    assert spans("eine hundert\u00adprozentige Tochter, 5 Mil\u00adlionen Euro") == [
        "hundert\u00adprozentige",
        "5 Mil\u00adlionen Euro",
    ]
    assert spans("1\u00ad000 Euro") == []


@pytest.mark.parametrize(
    "piece",
    ["1 ", "1 000 ", "1.", "5 und ", "(5 ", "-", "Euro ", "Mio. ", "1'", "hoher ", "€ 5 -", "tausend "],
)
def test_hostile_repetition_ends_with_sound_spans(piece: str) -> None:
    """A hundred thousand characters: a quadratic step would hang here. Speed itself is in benchmark_values.py."""
    text = piece * (100_000 // len(piece))
    last = 0
    for amount in find_amounts(text):
        assert last <= amount.start < amount.end <= len(text)
        last = amount.end
