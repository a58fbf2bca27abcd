"""What an amount is: frozen values with exact decimals, and their JSON form."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Bound = Literal["exact", "about", "at_least", "more_than", "at_most", "less_than", "range"]
Unit = Literal["percent", "percentage_point", "basis_point"]
Label = Literal["MONEY", "PERCENT"]
Reading = tuple[Decimal, Decimal]

BOUNDS: tuple[str, ...] = ("exact", "about", "at_least", "more_than", "at_most", "less_than", "range")
UNITS: tuple[str, ...] = ("percent", "percentage_point", "basis_point")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money in units of its currency (cents and millions are already multiplied out).

    `low == high` unless a range was named; both are None when the number is unknown ("mehrere Millionen
    Euro"). `currency` is an ISO 4217 code, or None when none is named or the name fits several
    currencies, which then are the `candidates`. `assumed` marks a currency that the text leaves open and
    usage decides ("Dollar" = USD). `alternatives` holds all plausible (low, high) readings of an
    `ambiguous` number, the chosen one first.

    >>> parse_money("316,9 Millionen Dollar", before="rund")
    Money(low=Decimal('316900000.0'), high=Decimal('316900000.0'), currency='USD', bound='about',
          assumed=True, ambiguous=False, alternatives=(), candidates=())
    """

    low: Decimal | None
    high: Decimal | None
    currency: str | None
    bound: str
    assumed: bool = False
    ambiguous: bool = False
    alternatives: tuple[Reading, ...] = ()
    candidates: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """JSON-ready dict: decimals as plain strings without exponent; defaulted fields are omitted.

        >>> parse_money("1,5 Mio. Euro").to_json()
        {'kind': 'money', 'low': '1500000', 'high': '1500000', 'currency': 'EUR', 'bound': 'exact'}
        """
        out: dict[str, Any] = {
            "kind": "money",
            "low": _plain(self.low),
            "high": _plain(self.high),
            "currency": self.currency,
            "bound": self.bound,
        }
        if self.assumed:
            out["assumed"] = True
        _add_readings(out, self.ambiguous, self.alternatives)
        if self.candidates:
            out["candidates"] = list(self.candidates)
        return out


@dataclass(frozen=True, slots=True)
class Percent:
    """A share or rate: `low == high` unless a range was named; `unit` says percent, percentage_point or
    basis_point. `ambiguous` and `alternatives` as in `Money`.

    >>> parse_percent("zwischen 3 und 5 Prozent")
    Percent(low=Decimal('3'), high=Decimal('5'), unit='percent', bound='range', ambiguous=False,
            alternatives=())
    """

    low: Decimal | None
    high: Decimal | None
    unit: str
    bound: str
    ambiguous: bool = False
    alternatives: tuple[Reading, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """JSON-ready dict, in the form of `Money.to_json`.

        >>> parse_percent("50 Basispunkte").to_json()
        {'kind': 'percent', 'low': '50', 'high': '50', 'unit': 'basis_point', 'bound': 'exact'}
        """
        out: dict[str, Any] = {
            "kind": "percent",
            "low": _plain(self.low),
            "high": _plain(self.high),
            "unit": self.unit,
            "bound": self.bound,
        }
        _add_readings(out, self.ambiguous, self.alternatives)
        return out


Value = Money | Percent


@dataclass(frozen=True, slots=True)
class Amount:
    """A mention in running text: `text[start:end]` is the mention, `label` is MONEY or PERCENT."""

    start: int
    end: int
    label: Label
    value: Value


def value_from_json(data: dict[str, Any]) -> Value:
    """The value that `to_json` wrote; exact round trip.

    Raises ValueError when the dict was not written by `to_json`, naming the key, what it holds and what
    is allowed.
    """
    bound = _choice(data, "bound", BOUNDS)
    low, high = _decimal(data, "low"), _decimal(data, "high")
    ambiguous = bool(data.get("ambiguous", False))
    readings = tuple((Decimal(a), Decimal(b)) for a, b in data.get("alternatives", ()))
    if _choice(data, "kind", ("money", "percent")) == "percent":
        return Percent(low, high, _choice(data, "unit", UNITS), bound, ambiguous, readings)
    return Money(
        low,
        high,
        data.get("currency"),
        bound,
        bool(data.get("assumed", False)),
        ambiguous,
        readings,
        tuple(data.get("candidates", ())),
    )


def _plain(number: Decimal | None) -> str | None:
    if number is None:
        return None
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _add_readings(out: dict[str, Any], ambiguous: bool, readings: tuple[Reading, ...]) -> None:
    if ambiguous:
        out["ambiguous"] = True
    if readings:
        out["alternatives"] = [[_plain(low), _plain(high)] for low, high in readings]


def _choice(data: dict[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    value = data.get(key)
    if value not in allowed:
        raise ValueError(f"{key}: got {value!r}, expected one of {', '.join(allowed)}")
    return str(value)


def _decimal(data: dict[str, Any], key: str) -> Decimal | None:
    value = data.get(key)
    if value is None:
        return None
    try:
        number = Decimal(value)
    except (ArithmeticError, TypeError, ValueError):
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"{key}: got {value!r}, expected a decimal string such as '1234.5' or null")
    return number
