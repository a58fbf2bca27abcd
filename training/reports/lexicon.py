"""The outlook by word lists: a baseline that an hour of work buys, and a check of what a network adds.

A sentence has an outlook when a word looks ahead and none says that it does not count. Its
direction is that of its clauses: words that go up or are good count +1, words that go down or are bad -1; a bad thing
that shrinks ("Verlust … sinkt") is good, one that grows is bad; a negator up to four words before a word turns it.
The clause after "aber", "jedoch" and their like counts alone; explicit changes of a forecast beat all else, as the
annotation guideline has it. Matching is by the beginning of a lower-cased word (`wachs` finds "Wachstum"); the
words are in `lexicon.txt`. Words and rules were mended on training text alone, never on test text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

FORECAST: Final = r"\b\w*(prognose|ziele?|ausblick|erwartung|guidance|planung)"
PAST: Final = re.compile(
    r"\bals\b.{0,40}\berwartet|\bwie\b.{0,12}\berwartet|\berwartungen?\b.{0,40}\b(übertr|verfehlt|erfüllt)"
    r"|\bhatten?\b.{0,90}\b(erwartet|gerechnet|prognostiziert|geplant|in aussicht gestellt)\b"
)
HOLDS: Final = re.compile(
    rf"\b(hält|halten|halte)\b.*\bfest\b|\b(bestätigt|bekräftigt|bestätigen|bekräftigen)\b.*{FORECAST}"
)
RAISED: Final = re.compile(
    rf"{FORECAST}\w*\b.*\b(erhöht|angehoben|heraufgesetzt|nach oben|erhöhen|anheben)"
    rf"|\b(erhöht|hebt|heben|erhöhen)\b.*{FORECAST}"
)
CUT: Final = re.compile(
    rf"{FORECAST}\w*\b.*\b(gesenkt|gekürzt|herabgesetzt|zurückgenommen|nach unten|reduziert|verfehl\w+"
    rf"|nicht (mehr )?(halt|erfüll)\w*)|\b(senkt|kürzt|reduziert|senken|kürzen)\b.*{FORECAST}"
    r"|\bnicht (mehr )?erreich"
)
# "wird" looks ahead with an infinitive ("wird steigen"), less so with a participle ("wird geleitet").
FUTURE: Final = re.compile(
    r"\b(wird|werden|werde)\b.*\b(?!ge|werden\b)[a-zäöü]+(?:en|ern|eln|sein)\b *(?=$|[.,;:!?–\"]| und | werden )"
    r"|\bgeh\w*\b.{0,40}\bdavon aus\b|\bstell\w*\b.* auf .* ein\W*$"
)
NEGATORS: Final = frozenset(("nicht", "kein", "keine", "keinen", "keinem", "keiner", "ohne", "kaum", "nie", "weder"))
WORD: Final = re.compile(r"[a-zäöüß0-9][a-zäöüß0-9-]*")
CLAUSES: Final = re.compile(r"[,;:–()]| - ")
TURN: Final = re.compile(r"\b(aber|jedoch|allerdings|dennoch|sondern|trotzdem)\b")


@cache
def _matchers() -> dict[str, Callable[[str], bool]]:
    """For each section of `lexicon.txt` whether a word belongs to it."""
    sections: dict[str, list[str]] = {}
    for line in Path(__file__).with_name("lexicon.txt").read_text(encoding="utf8").splitlines():
        if line.startswith("["):
            sections[line.strip("[]")] = current = []
        elif line and not line.startswith("#"):
            current += line.split()
    return {name: _matcher(entries) for name, entries in sections.items()}


def _matcher(entries: Sequence[str]) -> Callable[[str], bool]:
    whole = frozenset(e[:-1] for e in entries if e.endswith("$"))
    begins = tuple(e for e in entries if not e.endswith("$") and not e.startswith("-"))
    ends = tuple(e[1:] for e in entries if e.startswith("-"))
    return lambda word: word in whole or word.startswith(begins) or bool(ends and word.endswith(ends))


def outlook_of(sentence: str) -> str:
    """The outlook of one sentence: `positive`, `neutral`, `negative` or `none`.

    >>> outlook_of("Der Vorstand rechnet im kommenden Jahr nicht mit einem Rückgang der Umsätze.")
    'positive'
    >>> outlook_of("Der Verlust dürfte im Gesamtjahr deutlich sinken.")
    'positive'
    >>> outlook_of("Im ersten Quartal stieg der Umsatz um acht Prozent.")
    'none'
    """
    text = " ".join(sentence.lower().split())
    words = WORD.findall(text)
    kinds = _matchers()
    looks_ahead = any(map(kinds["ahead"], words)) or FUTURE.search(text)
    if not looks_ahead or any(map(kinds["not_ahead"], words)) or PAST.search(text):
        return "none"
    for pattern, label in ((CUT, "negative"), (RAISED, "positive"), (HOLDS, "neutral")):
        if pattern.search(text):
            return label
    turn = list(TURN.finditer(text))
    parts = CLAUSES.split(text[turn[-1].end() :] if turn else text)
    total = sum(_direction(WORD.findall(part)) for part in parts)
    if not total and turn:  # nothing after the turn: the whole sentence
        total = sum(_direction(WORD.findall(part)) for part in CLAUSES.split(text))
    return "positive" if total > 0 else "negative" if total < 0 else "neutral"


def _direction(words: Sequence[str]) -> int:
    """Above 0 for a clause that says better, below for worse, 0 for neither."""
    kinds = _matchers()
    moves = sum(_sign(words, i, kinds["up"], kinds["down"]) for i in range(len(words)))
    mood = sum(_sign(words, i, kinds["good"], kinds["bad"]) for i in range(len(words)))
    if any(map(kinds["bad_things"], words)):
        # "Verluste sinken" is good, "Verluste steigen" bad, "keine Verluste" good, "Verluste" alone bad
        moves = -moves or next(
            (1 if _negated(words, i) else -1 for i, w in enumerate(words) if kinds["bad_things"](w)), 0
        )
    if any(map(kinds["flat"], words)) and abs(moves + mood) <= 1:
        return 0
    return moves + mood


def _sign(words: Sequence[str], i: int, plus: Callable[[str], bool], minus: Callable[[str], bool]) -> int:
    sign = 1 if plus(words[i]) else -1 if minus(words[i]) else 0
    return -sign if sign and _negated(words, i) else sign


def _negated(words: Sequence[str], i: int) -> bool:
    return any(word in NEGATORS for word in words[max(0, i - 4) : i])
