"""The hook for the user's own exchange rates. No rates are shipped and none are fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from ausblick.values.model import Money, Reading
from ausblick.values.numerals import EXACT

Rates = Mapping[tuple[str, str], Decimal] | Callable[[str, str], Decimal | None]


def convert(money: Money, to: str, rates: Rates) -> Money:
    """`money` in the currency `to`, at the user's rates.

    `rates` is a mapping from (source, target) ISO codes to the Decimal price of one unit of the source,
    or a callable with the same two arguments that returns it (None when it has no rate). Take the date of
    the article into account in your callable. The product is exact: nothing is rounded, so round the
    result yourself. The bound, the readings and `assumed` are kept.

    >>> convert(parse_money("2 Mio. Dollar"), "EUR", {("USD", "EUR"): Decimal("0.92")}).low
    Decimal('1840000.00')

    Raises KeyError when no rate is given for the pair, ValueError when the amount has no currency,
    TypeError when the rate is not a Decimal (floats would make the product inexact).
    """
    if money.currency is None:
        fits = f" (candidates: {', '.join(money.candidates)})" if money.candidates else ""
        raise ValueError(f"currency: got None{fits}, expected an amount with a currency to convert to {to}")
    if money.currency == to:
        return money
    rate = _rate(money.currency, to, rates)
    readings: tuple[Reading, ...] = tuple(
        (EXACT.multiply(low, rate), EXACT.multiply(high, rate)) for low, high in money.alternatives
    )
    return replace(
        money,
        low=None if money.low is None else EXACT.multiply(money.low, rate),
        high=None if money.high is None else EXACT.multiply(money.high, rate),
        currency=to,
        alternatives=readings,
    )


def _rate(source: str, target: str, rates: Rates) -> Decimal:
    rate = rates(source, target) if callable(rates) else rates.get((source, target))
    if rate is None:
        raise KeyError(f"rates: no rate for {source} -> {target}; give rates[({source!r}, {target!r})]")
    if not isinstance(rate, Decimal):
        raise TypeError(f"rates: got {rate!r} for {source} -> {target}, expected a Decimal")
    return rate
