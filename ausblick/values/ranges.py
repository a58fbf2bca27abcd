"""Whether two numbers belong together, and numbers whose parts are apart."""

from __future__ import annotations

from typing import Final

from ausblick.values import lexicon as lex
from ausblick.values.numbers import Quantity, link
from ausblick.values.scanner import BREAK, GLUED, Tokens

SIGNS: Final = frozenset((lex.SIGN_WORD, lex.DASH, lex.PLUS, lex.PLUS_MINUS))
NUMERIC: Final = SIGNS | {lex.NUMBER, lex.WORD_NUMBER, lex.ARTICLE, lex.FRACTION, lex.HALF}


def behind_number(t: Tokens, i: int) -> bool:
    return i > 0 and t.gaps[i] != BREAK and t.kinds[i - 1] in NUMERIC


def factor_behind(t: Tokens, found: Quantity, end: int) -> tuple[Quantity, int]:
    """'52,3 (36,8) Mio.': the multiplier stands behind the comparison."""
    j = link(t, end)
    if j < 0 or t.kinds[j] != lex.MULTIPLIER:
        return found, end
    after = j + 1
    if t.kinds[after] == lex.DOT and t.gaps[after] == GLUED:
        after += 1
    return found._replace(factor=t.lexemes[j].number), after


def fit(t: Tokens, first: Quantity, second: Quantity, join: str) -> bool:
    """Whether two numbers share a unit, or the first is a year or a count of something else."""
    start = t.starts[first.end]
    up_to = t.text.startswith("bis zu", start)
    if second.article or (first.article and (up_to or not _counted_in_words(t, first, join))):
        return False
    if written_year(t, first) and (up_to or second.factor is not None or second.value < first.value):
        return False
    if first.factor == second.factor and abs(first.value) > 100 * abs(second.value):
        return False  # "+19 000 oder +1,8 %"
    if join == "dash":
        return abs(first.value) <= abs(second.value) or first.sign != 0 or second.sign != 0
    return True


def _counted_in_words(t: Tokens, first: Quantity, join: str) -> bool:
    """'ein bis zwei Prozent' and 'zwischen ein und zwei Prozent', where "ein" is a number."""
    if t.kinds[first.end + 1] not in (lex.WORD_NUMBER, lex.ARTICLE, lex.MULTIPLIER):
        return first.factor is not None and join == "bis"
    if join == "bis" or t.text.startswith("oder", t.starts[first.end]):
        return True
    return between(t, first.end - 1)


def between(t: Tokens, i: int) -> bool:
    start = t.starts[i]
    return t.text[max(0, start - 12) : start].rstrip().lower().endswith("zwischen")


def written_year(t: Tokens, q: Quantity) -> bool:
    """2015, but not 2.015 or 2 015."""
    if q.factor is not None or q.sign or not 1900 <= q.value <= 2099:
        return False
    return q.value == int(q.value) and t.ends[q.end - 1] - t.starts[q.end - 1] == 4
