"""Properties: what was formatted is read back, arbitrary text never crashes and never gains magnitude."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from ausblick.values import find_amounts, parse_money, parse_percent, read_value, value_from_json

QUICK = settings(max_examples=150, deadline=None)
NUMBERS = st.decimals(min_value=0, max_value=10**9, places=2)
CODES = ("EUR", "USD", "CHF", "GBP", "SEK", "JPY")


def grouped(number: Decimal, mark: str, point: str) -> str:
    return f"{number:,.2f}".replace(",", "_").replace(".", point).replace("_", mark)


STYLES: tuple[Callable[[Decimal, str], str], ...] = (
    lambda n, c: f"{grouped(n, '.', ',')} {c}",  # 1.234,56 EUR
    lambda n, c: f"{c} {grouped(n, '.', ',')}",  # EUR 1.234,56
    lambda n, c: f"{grouped(n, ' ', ',')} {c}",  # 1 234,56 EUR
    lambda n, c: grouped(n, "\u202f", ",") + "\u00a0" + c,  # with narrow spaces
    lambda n, c: f"{c} {grouped(n, chr(39), '.')}",  # CHF 1'234.56
    lambda n, c: f"{grouped(n, '', ',')} {c}",  # 1234,56 EUR
    lambda n, c: f"{grouped(n / 1000, '.', ',')} Tsd. {c}" if n % 10 == 0 else f"{n}".replace(".", ",") + c,
    lambda n, c: f"{plain(n / 10**6)} Mio. {c}",  # 0,00123456 Mio. EUR
    lambda n, c: f"{c} {plain(n / 10**9)} Mrd.",
    lambda n, c: f"{plain(n / 10**6)}-Millionen-{c}",
)


def plain(number: Decimal) -> str:
    """Plain notation; three decimals get a fourth, since '1,234 EUR' has two readings."""
    text = f"{number:f}".replace(".", ",")
    return text + "0" if re.search(r",\d{3}$", text) else text


@QUICK
@given(NUMBERS, st.sampled_from(CODES), st.sampled_from(range(len(STYLES))))
def test_formatted_money_reads_back(number: Decimal, code: str, style: int) -> None:
    text = STYLES[style](number, code)
    money = parse_money(text)
    assert money is not None, text
    assert (money.low, money.high, money.currency, money.ambiguous) == (number, number, code, False), text
    found = find_amounts(f"Es waren {text}, hieß es.")
    assert [a.value for a in found] == [money], text


@QUICK
@given(
    st.decimals(min_value=-1000, max_value=1000, places=1),
    st.sampled_from(("%", " %", " Prozent", "-prozentige")),
)
def test_formatted_percent_reads_back(number: Decimal, unit: str) -> None:
    text = f"{number}".replace(".", ",") + unit
    share = parse_percent(text)
    assert share is not None
    assert share.low == share.high == number


ONES = ("", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf")
TEENS = ("dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn")
TENS = ("", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")


def spell(number: int) -> str:
    if number >= 1000:
        return spell(number // 1000) + "tausend" + spell(number % 1000)
    if number >= 100:
        return ONES[number // 100] + "hundert" + spell(number % 100)
    if number >= 20:
        return ONES[number % 10] + ("und" if number % 10 else "") + TENS[number // 10]
    return (ONES + TEENS)[number]


@QUICK
@given(st.integers(2, 999_999))
def test_number_words_read_back(number: int) -> None:
    money = parse_money(f"{spell(number)} Euro")
    assert money is not None, spell(number)
    assert money.low == number


WORDS = """1 12 123 1.234 1,5 2015 0 000 . , - – ( ) % Prozent Euro EUR $ € Mio. Milliarden bis und
zwischen rund minus + ein zwei halbe mehrere Millionenbetrag zweistelliger TEUR Kronen schwedische
x ' / ½ v. H. Punkte"""
PIECES = st.sampled_from(WORDS.split())
MESSY = st.lists(st.tuples(PIECES, st.sampled_from(("", " ", "\u00a0", "-", "\n"))), max_size=14).map(
    lambda pairs: "".join(piece + gap for piece, gap in pairs)
)


@QUICK
@given(st.one_of(st.text(max_size=60), MESSY))
def test_any_text_gives_sound_spans_and_values(text: str) -> None:
    last = 0
    for amount in find_amounts(text):
        assert last <= amount.start < amount.end <= len(text)
        last = amount.end
        value = amount.value
        mention = text[amount.start : amount.end]
        assert mention.strip() == mention
        assert value_from_json(value.to_json()) == value
        assert (value.low is None) == (value.high is None)
        if value.low is not None and value.high is not None:
            assert value.low <= value.high
        again = read_value(text, amount.start, amount.end, amount.label)
        assert again is not None, mention
        assert (again.low, again.high) == (value.low, value.high), mention
    parse_money(text)
    parse_percent(text)


@QUICK
@given(MESSY)
def test_no_magnitude_appears_from_nowhere(text: str) -> None:
    """Without words for numbers, a value never exceeds its own digits times its own multiplier."""
    for amount in find_amounts(text):
        mention = text[amount.start : amount.end]
        digits = "".join(c for c in mention if c.isdigit())
        if amount.value.high is None or not digits or re.search(r"stellig|halbe|zwei|ein|betrag", mention):
            continue
        factor = 10 ** (12 if "Milliarden" in mention or "Mio" in mention else 3 if "TEUR" in mention else 0)
        assert abs(amount.value.high) <= (int(digits) + 1) * factor, mention
