"""The outlook by word lists and rules: cues for the network, and a baseline that shows what the network adds.

A sentence has an outlook when a word looks ahead and none says that it does not count. Its
direction is that of its clauses: words that go up or are good count +1, words that go down or are bad -1; a bad thing
that shrinks ("Verlust … sinkt") is good, one that grows is bad; a negator up to four words before a word turns it.
The clause after "aber", "jedoch" and their like counts alone; explicit changes of a forecast beat all else, as the
annotation guideline has it. Matching is by the beginning of a lower-cased word (`wachs` finds "Wachstum"); the
words are in `cues.txt`. Words and rules were mended on training text alone, never on test text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ausblick.cues import BIT, WORD, word_bits

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
CLAUSES: Final = re.compile(r"[,;:–()]| - ")
TURN: Final = re.compile(r"\b(aber|jedoch|allerdings|dennoch|sondern|trotzdem)\b")
PATTERNS: Final = (("FUTURE", FUTURE), ("PAST", PAST), ("CUT", CUT), ("RAISED", RAISED), ("HOLDS", HOLDS))


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
    seen = 0
    for word in WORD.findall(text):
        seen |= word_bits(word)
    if not (seen & BIT["AHEAD"] or FUTURE.search(text)) or seen & BIT["NOT_AHEAD"] or PAST.search(text):
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
    kinds = [word_bits(word) for word in words]
    moves = sum(_sign(kinds, i, BIT["UP"], BIT["DOWN"]) for i in range(len(kinds)))
    mood = sum(_sign(kinds, i, BIT["GOOD"], BIT["BAD"]) for i in range(len(kinds)))
    if things := [i for i, bits in enumerate(kinds) if bits & BIT["BAD_THING"]]:
        # "Verluste sinken" is good, "Verluste steigen" bad, "keine Verluste" good, "Verluste" alone bad
        moves = -moves or (1 if _negated(kinds, things[0]) else -1)
    if any(bits & BIT["FLAT"] for bits in kinds) and abs(moves + mood) <= 1:
        return 0
    return moves + mood


def _sign(kinds: Sequence[int], i: int, plus: int, minus: int) -> int:
    sign = 1 if kinds[i] & plus else -1 if kinds[i] & minus else 0
    return -sign if sign and _negated(kinds, i) else sign


def _negated(kinds: Sequence[int], i: int) -> bool:
    return any(bits & BIT["NEGATOR"] for bits in kinds[max(0, i - 4) : i])
