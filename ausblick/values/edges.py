"""Mentions that were cut too short on the left: what stands before them may belong to their number."""

from __future__ import annotations

import re

from ausblick.values import lexicon as lex
from ausblick.values.lexicon import lexeme
from ausblick.values.magnitudes import Parsed
from ausblick.values.numbers import COUNTING, continues_group
from ausblick.values.scanner import Tokens

_NUMERIC = frozenset((lex.NUMBER, lex.FRACTION))
_WORDS = frozenset((lex.WORD_NUMBER, lex.MULTIPLIER))
_GLUED_CUT = re.compile(r"[0-9][.,'’/]?\Z")
_GLUED_MINUS = re.compile(r"(?:^|[\s(:])[-–−‑﹣－]\Z")


def left_edge(t: Tokens, before: str) -> str:
    """What `before` does to the number of a mention.

    "number": the number began before the mention (12,|5 % and fünf |Millionen Euro), so it cannot be read;
    "vague": "mehrere |hundert Euro"; "minus": the sign stands outside; "": nothing.
    """
    kind = t.kinds[0]
    if not before or kind not in _NUMERIC | _WORDS | {lex.ARTICLE}:
        return ""
    before = before[-40:]
    last = (before.split() or [""])[-1]
    if kind == lex.NUMBER and not last.isalpha():
        return _left_of_digits(t.text[: t.ends[0]], before)
    word = lexeme(last) if kind in _WORDS or last.lower() == "minus" else None
    if word is None:
        return "number" if kind == lex.MULTIPLIER and last[-1:].isdigit() else ""
    if word.kind == lex.SIGN_WORD:
        return "minus" if word.number < 0 else ""
    if word.kind == lex.VAGUE:
        return "vague" if t.lexemes[0].number >= 100 or kind == lex.MULTIPLIER else ""
    counts = t.lexemes[0].text in COUNTING and word.kind == lex.ARTICLE  # "eine |Viertelmillion"
    counted = word.kind in (lex.WORD_NUMBER, lex.ARTICLE) and not counts
    return "number" if kind == lex.MULTIPLIER and counted else ""


def _left_of_digits(digits: str, before: str) -> str:
    if _GLUED_CUT.search(before) or continues_group(before, digits):
        return "number"
    return "minus" if _GLUED_MINUS.search(before) else ""


def negated(parsed: Parsed) -> Parsed:
    """`parsed` with the minus that stands before the mention."""
    first, *rest = parsed.numbers
    other = None if first.other is None else -first.other
    return parsed._replace(numbers=(first._replace(value=-first.value, other=other, sign=-1), *rest))
