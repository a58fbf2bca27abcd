"""Reading mentions and finding them: the entry points of the package."""

from __future__ import annotations

from collections.abc import Container

from ausblick.values.bounds import read_bound
from ausblick.values.edges import left_edge, negated
from ausblick.values.grammar import STARTS, amount
from ausblick.values.lexicon import END
from ausblick.values.magnitudes import Parsed
from ausblick.values.model import Amount, Money, Percent, Value
from ausblick.values.readings import value_of
from ausblick.values.scanner import Tokens, scan
from ausblick.values.tables import BOUND_ENDINGS, BOUND_FILLERS, words

LONGEST_MENTION = 200  # characters; anything longer is not read
_EDGES = " \t\r\n\u00a0\u202f\u2009.,;:!?()[]\"'„“”»«›‹*"
_FREE_WORDS = frozenset(
    words("als zu als der die in einer größenordnung von um mehr weniger nicht ein eine")
)


def parse_money(text: str, before: str = "") -> Money | None:
    """The value of a MONEY mention; None when it cannot be read.

    `before` is the text to the left of the mention, from which the bound is read. Bound words at the
    beginning of `text` count as well. A number without a currency has `currency` None.

    >>> parse_money("CHF 4,2 Mrd.", before="mindestens ").to_json()
    {'kind': 'money', 'low': '4200000000', 'high': '4200000000', 'currency': 'CHF', 'bound': 'at_least'}
    """
    value = _parse(text, before, money=True)
    return value if isinstance(value, Money) else None


def parse_percent(text: str, before: str = "") -> Percent | None:
    """The value of a PERCENT mention; None when it cannot be read. `before` as in `parse_money`.

    >>> parse_percent("knapp 0,25 Prozentpunkte").to_json()
    {'kind': 'percent', 'low': '0.25', 'high': '0.25', 'unit': 'percentage_point', 'bound': 'about'}
    """
    value = _parse(text, before, money=False)
    return value if isinstance(value, Percent) else None


def read_value(text: str, start: int, end: int, label: str) -> Value | None:
    """The value of the mention `text[start:end]` of an article; None when it cannot be read.

    `label` is MONEY or PERCENT; the bound is read from the words before `start` in the same sentence.

    >>> read_value("Der Gewinn sank um mehr als 8 Prozent.", 28, 37, "PERCENT").bound
    'more_than'
    """
    if label not in ("MONEY", "PERCENT"):
        raise ValueError(f"label: got {label!r}, expected MONEY or PERCENT")
    return _parse(text[start:end], text[max(0, start - 100) : start], money=label == "MONEY")


def find_amounts(text: str) -> list[Amount]:
    """All MONEY and PERCENT mentions of a running text with their values, in order, never overlapping.

    >>> [(a.start, a.end, a.label) for a in find_amounts("Der Umsatz stieg um 8 % auf 23,5 Mio. Euro.")]
    [(20, 23, 'PERCENT'), (28, 42, 'MONEY')]
    """
    tokens = scan(text)
    kinds, starts, ends = tokens.kinds, tokens.starts, tokens.ends
    found: list[Amount] = []
    i = 0
    while (kind := kinds[i]) != END:
        if kind in STARTS:
            parsed = _amount(tokens, i, strict=True)
            if parsed is not None:
                start = starts[i]
                value = value_of(parsed, read_bound(text, start))
                i = parsed.last
                found.append(Amount(start, ends[i - 1], "MONEY" if parsed.is_money else "PERCENT", value))
                continue
        i += 1
    return found


def _amount(tokens: Tokens, i: int, strict: bool) -> Parsed | None:
    try:
        return amount(tokens, i, strict)
    except ArithmeticError:  # a product that would have to be rounded
        return None


def _parse(text: str, before: str, money: bool) -> Value | None:
    if len(text) > LONGEST_MENTION:
        return None
    tokens = scan(text)
    cut = left_edge(tokens, before)
    if cut == "number":
        return None
    for i in range(min(len(tokens.kinds) - 1, 8)):
        start = tokens.starts[i]
        if start and not _only_bound_words(text[:start]):
            return None
        if tokens.kinds[i] not in STARTS:
            continue
        parsed = _amount(tokens, i, strict=False)
        if parsed is None or parsed.is_money != money or text[tokens.ends[parsed.last - 1] :].strip(_EDGES):
            continue
        if cut == "vague":
            parsed = parsed._replace(numbers=())
        elif cut == "minus" and parsed.numbers and not parsed.numbers[0].sign:
            parsed = negated(parsed)
        left = before + text[:start] if start else before
        return value_of(parsed, read_bound(left, len(left)))
    return None


def _only_bound_words(text: str) -> bool:
    """Whether what stands before the number in a mention says something about its bound, or nothing."""
    known: tuple[Container[str], ...] = (BOUND_ENDINGS, BOUND_FILLERS, _FREE_WORDS)
    return all(any(word in table for table in known) for word in text.lower().strip(_EDGES).split())
