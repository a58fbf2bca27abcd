"""German money and percentage expressions as exact numbers, independent of any network.

>>> from ausblick.values import parse_money
>>> parse_money("CHF 4,2 Mrd.").to_json()
{'kind': 'money', 'low': '4200000000', 'high': '4200000000', 'currency': 'CHF', 'bound': 'exact'}

The way of a mention: `scanner` (tokens with offsets, words looked up in the `lexicon`), `grammar` with its
`parts` (one recursive-descent parser), `bounds` (the words before) and `readings` (the value).
"""

from ausblick.values.exchange import convert
from ausblick.values.model import Amount, Money, Percent, value_from_json
from ausblick.values.reading import find_amounts, parse_money, parse_percent, read_value

__all__ = [
    "Amount",
    "Money",
    "Percent",
    "convert",
    "find_amounts",
    "parse_money",
    "parse_percent",
    "read_value",
    "value_from_json",
]
