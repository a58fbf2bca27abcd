"""From what was parsed to the value: multiplied out, with its bound and, where two remain, both readings."""

from __future__ import annotations

from decimal import Decimal

from ausblick.values.currencies import Currency
from ausblick.values.magnitudes import Parsed
from ausblick.values.model import Money, Percent, Reading, Value
from ausblick.values.numbers import COMMA_THREE, DOT_THREE, ENGLISH, Quantity
from ausblick.values.numerals import EXACT
from ausblick.values.tables import BILLION

ONE = Decimal(1)


def value_of(parsed: Parsed, bound: str) -> Value:
    """The value of `parsed`; `bound` as `bounds.read_bound` gives it ("between" included)."""
    numbers = parsed.numbers
    scale = parsed.unit.factor if isinstance(parsed.unit, Currency) else ONE
    readings: tuple[Reading, ...]
    if parsed.span is not None:
        readings = ((EXACT.multiply(parsed.span[0], scale), EXACT.multiply(parsed.span[1], scale)),)
    elif len(numbers) == 2:
        readings = _range(numbers[0], numbers[1], parsed, scale, bound == "between")
    elif numbers:
        readings = _single(numbers[0], parsed, scale)
    else:
        readings = ()
    low, high = readings[0] if readings else (None, None)
    if bound == "between":
        bound = "at_least"
    if low != high:
        bound = "range"
    ambiguous = len(readings) > 1
    alternatives = readings if ambiguous else ()
    unit = parsed.unit
    if not parsed.is_money:
        assert isinstance(unit, str)
        return Percent(low, high, unit, bound, ambiguous, alternatives)
    if not isinstance(unit, Currency):
        return Money(low, high, None, bound, False, ambiguous, alternatives)
    return Money(low, high, unit.code, bound, unit.assumed, ambiguous, alternatives, unit.candidates)


def _single(number: Quantity, parsed: Parsed, scale: Decimal) -> tuple[Reading, ...]:
    factor = number.factor
    whole = scale if factor is None else EXACT.multiply(factor, scale)
    value = number.value if whole == 1 else EXACT.multiply(number.value, whole)
    if number.sign == 2:
        return ((-value, value),)
    if number.other is None or not _plausible(number, parsed, factor, scale):
        return ((value, value),)
    other = EXACT.multiply(number.other, whole)
    return (value, value), (other, other)


def _plausible(number: Quantity, parsed: Parsed, factor: Decimal | None, scale: Decimal) -> bool:
    """Whether the second reading of a number stays possible beside the German one.

    '1.234' could be Swiss or English 1.234 in percent, in francs, and before Milliarden (nobody writes
    '1.234 Mrd.' for more than a trillion, but German rules say so). '27,375 Euro' could be English for
    27375. '1.260 Mio. Euro' and '3.500 Dollar' are plain German, '6,928 %' too.
    """
    if number.doubt == DOT_THREE:
        if number.value % 10 == 0:
            return False  # nobody writes three decimals for 1.500
        unit = parsed.unit
        swiss = isinstance(unit, Currency) and unit.code == "CHF"
        return not parsed.is_money or swiss or (factor is not None and factor >= BILLION)
    if number.doubt == COMMA_THREE:
        return parsed.is_money and factor is None and scale == 1
    return number.doubt == ENGLISH


def _range(
    first: Quantity, second: Quantity, parsed: Parsed, scale: Decimal, between: bool
) -> tuple[Reading, ...]:
    """The readings of two numbers with one unit, and often one multiplier."""
    right_factor = second.factor or ONE
    right = EXACT.multiply(second.value, right_factor)
    shared = EXACT.multiply(first.value, first.factor or right_factor)
    own = EXACT.multiply(first.value, first.factor or ONE)
    lefts = [shared]
    if own != shared and abs(shared) > abs(right) and abs(own) < abs(right):
        # "500.000 bis 1,5 Mio.": the first number has no multiplier; "500 bis 1 Mio." leaves it open
        lefts = [own] if abs(own) >= 1000 else [shared, own]
    found = [_ordered(left, right) for left in lefts]
    if first.sign == -1 and not second.sign and right > 0:
        found.append(_ordered(lefts[0], -right))  # "minus 3 bis 5 Prozent"
    if parsed.join == "und" and not between:
        found += [(lefts[0], lefts[0]), (right, right)]  # perhaps two amounts: "2,5 Mio. und 1,5 Mio. Euro"
    others = (first.other or first.value, second.other or second.value)
    if others != (first.value, second.value) and all(
        q.other is None or _plausible(q, parsed, second.factor, scale) for q in (first, second)
    ):
        left = EXACT.multiply(others[0], first.factor or right_factor)
        found.append(_ordered(left, EXACT.multiply(others[1], right_factor)))
    multiply = EXACT.multiply
    return tuple((multiply(low, scale), multiply(high, scale)) for low, high in dict.fromkeys(found))


def _ordered(first: Decimal, second: Decimal) -> Reading:
    return (first, second) if first <= second else (second, first)
