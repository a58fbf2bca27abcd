"""Bounds, JSON, the conversion hook, and the errors with their messages."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from ausblick.values import Money, convert, parse_money, parse_percent, read_value, value_from_json
from ausblick.values.bounds import read_bound
from ausblick.values.currencies import codes, nouns, phrases, symbols


@pytest.mark.parametrize(
    ("before", "bound"),
    [
        ("", "exact"), ("der Gewinn von", "exact"), ("rund", "about"), ("Rund", "about"), ("knapp", "about"),
        ("in etwa", "about"), ("um die", "about"), ("mehr als", "more_than"), ("deutlich über", "more_than"),
        ("oberhalb von", "more_than"), ("mindestens", "at_least"), ("nicht weniger als", "at_least"),
        ("bis zu", "at_most"), ("bis zu rund", "at_most"), ("nicht um mehr als", "at_most"),
        ("maximal", "at_most"), ("unter", "less_than"), ("weniger als", "less_than"), (">", "more_than"),
        ("(>", "more_than"), ("ein Auftrag über", "exact"), ("eine Anleihe über rund", "about"),
        ("mehr als umgerechnet", "more_than"), ("mehr. Als", "exact"), ("zwischen", "between"),
        ("der Streit um die", "exact"), ("keine", "exact"),
        ("Sie kamen zu rund. Und", "exact"), ("ein Zufluss über rund", "about"),
        ("nicht mehr als", "at_most"),
        ("der Klub freut sich über", "exact"), ("die Firma verfügt über", "exact"),
        ("zwischen 45 und 64 Jahren und", "exact"), ("zwischen 2 Mio. Euro und", "at_most"),
        ("von 2 Mio. Euro bis", "at_most"), ("in einer Größenordnung von", "about"),
    ],
)  # fmt: skip
def test_bound(before: str, bound: str) -> None:
    assert read_bound(before + " ", len(before) + 1) == bound


def test_bound_words_inside_the_text_count() -> None:
    value = parse_money("mehr als 3 Mio. Euro")
    assert value is not None
    assert value.bound == "more_than"
    assert parse_money("der Chef sprach von 3 Mio. Euro") is None


@pytest.mark.parametrize(
    ("before", "mention", "low"),
    [
        ("mehrere ", "hundert Euro", None), ("ein paar ", "tausend Euro", None),
        ("minus ", "5 Euro", -5), ("Ergebnis: -", "5 Euro", -5), ("von 3-", "5 Euro", 5),
        ("2007/08 ", "523 Mio. Euro", 523_000_000), ("im Jahr 2015 ", "300 Euro", 300),
        ("eine ", "Viertelmillion Euro", 250_000),
    ],
)  # fmt: skip
def test_words_left_of_a_short_mention_count(before: str, mention: str, low: int | None) -> None:
    money = parse_money(mention, before)
    assert money is not None
    assert money.low == low


@pytest.mark.parametrize(
    ("before", "mention"),
    [
        ("12,", "5 Euro"), ("fünf ", "Millionen Euro"), ("25 ", "Mio. Euro"), ("12 ", "500 Euro"),
        ("2.", "500 Euro"),
    ],
)  # fmt: skip
def test_numbers_that_begin_left_of_the_mention_are_refused(before: str, mention: str) -> None:
    assert parse_money(mention, before) is None


def test_a_range_read_alone_needs_no_zwischen() -> None:
    money = parse_money("EUR 800.000 und 1 Mio")
    assert money is not None
    assert (money.low, money.high) == (Decimal(800_000), Decimal(1_000_000))


def test_labels_do_not_mix() -> None:
    assert parse_money("3 Prozent") is None
    assert parse_percent("3 Euro") is None
    with pytest.raises(ValueError, match="label: got 'ORG', expected MONEY or PERCENT"):
        read_value("SAP", 0, 3, "ORG")


def test_numbers_without_currency_are_read_as_such() -> None:
    assert parse_money("1.234") == Money(Decimal(1234), Decimal(1234), None, "exact")
    assert parse_money("1.5 Mio.") == Money(Decimal(1500000), Decimal(1500000), None, "exact")


def test_precision_is_never_lost() -> None:
    digits = "1" + "234567890" * 5
    value = parse_money(f"{digits},12 Mrd. Euro")
    assert value is not None
    assert value.to_json()["low"] == f"{digits}120000000"
    assert parse_money("1" * 80 + " Euro") is None


def test_json_refuses_what_it_did_not_write() -> None:
    with pytest.raises(ValueError, match="kind: got 'length'"):
        value_from_json({"kind": "length", "bound": "exact"})
    with pytest.raises(ValueError, match="bound: got 'roughly'"):
        value_from_json({"kind": "money", "bound": "roughly"})
    with pytest.raises(ValueError, match="low: got 'viel', expected a decimal string"):
        value_from_json({"kind": "money", "bound": "exact", "low": "viel"})
    with pytest.raises(ValueError, match="unit: got None, expected one of percent"):
        value_from_json({"kind": "percent", "bound": "exact"})


RATES = {("USD", "EUR"): Decimal("0.92")}


def test_convert_is_exact_and_keeps_the_rest() -> None:
    money = parse_money("3 bis 5 Mio. Dollar")
    assert money is not None
    changed = convert(money, "EUR", RATES)
    assert (changed.low, changed.high, changed.currency) == (Decimal(2760000), Decimal(4600000), "EUR")
    assert (changed.bound, changed.assumed) == ("range", True)
    assert convert(money, "USD", {}) is money
    assert convert(money, "EUR", lambda source, target: RATES.get((source, target))) == changed


def test_convert_carries_every_reading() -> None:
    money = parse_money("27,375 Dollar")
    assert money is not None
    assert convert(money, "EUR", RATES).alternatives == (
        (Decimal("25.185"), Decimal("25.185")),
        (Decimal("25185"), Decimal("25185")),
    )


def test_convert_errors_name_the_fix() -> None:
    yen, kronen, dollar = (parse_money(text) for text in ("5 Yen", "5 Kronen", "5 Dollar"))
    assert yen is not None
    assert kronen is not None
    assert dollar is not None
    with pytest.raises(KeyError, match="no rate for JPY -> EUR"):
        convert(yen, "EUR", RATES)
    with pytest.raises(ValueError, match="candidates: SEK, NOK"):
        convert(kronen, "EUR", RATES)
    with pytest.raises(TypeError, match="expected a Decimal"):
        convert(dollar, "EUR", {("USD", "EUR"): 0.92})  # type: ignore[dict-item]


def test_currency_tables_hold_iso_codes_only() -> None:
    tables = (codes(), symbols(), nouns(), phrases())
    named = {c.code for table in tables for c in table.values() if c.code} | {
        code for table in tables for c in table.values() for code in c.candidates
    }
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in named)
    assert {"EUR", "USD", "CHF", "SEK", "DEM"} <= named


def test_import_is_free_of_side_effects() -> None:
    code = "import sys, ausblick.values; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
