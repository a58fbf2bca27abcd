"""Cues: what word lists and rules know of the words of a sentence, as one more input embedding: words that speak for or
against an outlook, and names of organisations.

A small encoder has seen few forecasts; word lists and the rules of `cue_rules` alone do better on real ad-hoc releases
than a network without them (development macro-F1 in LOG.md). Like a hint, a cue is evidence, not a decision. A word may
have several ("droht" looks ahead and is bad), so the cues of a token are a set: bit k of a whole number for `CUES[k]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from ausblick.names import TOKEN, find_names

WORD_CUES: Final = ("AHEAD", "NOT_AHEAD", "UP", "DOWN", "BAD_THING", "GOOD", "BAD", "FLAT", "NEGATOR", "TURN")
"""Kinds of words; each is a section of `cues.txt`."""
RULE_CUES: Final = ("FUTURE", "PAST", "CUT", "RAISED", "HOLDS")
"""Stretches that a pattern of `cue_rules` matches."""
VERDICTS: Final = ("SAYS_POSITIVE", "SAYS_NEUTRAL", "SAYS_NEGATIVE")
"""What the rules say of the whole sentence, on each of its tokens; no bit where they see no outlook."""
NAME_CUES: Final = ("NAME", "NAME_REST")
"""The first and the other words of a listed name (`names`)."""
CUES: Final = (*WORD_CUES, *RULE_CUES, *VERDICTS, *NAME_CUES)
BIT: Final = {cue: 1 << i for i, cue in enumerate(CUES)}

WORD: Final = re.compile(r"[a-zäöüß0-9][a-zäöüß0-9-]*")
RULES_READ: Final = 1000
"""Characters of a sentence that the patterns read: their time grows faster than its length."""


def cue_kinds(names: bool) -> tuple[str, ...]:
    """The kinds of cues of a network with or without those of listed names."""
    return CUES if names else CUES[: -len(NAME_CUES)]


class Cue(NamedTuple):
    """A stretch of a sentence, in characters from its start, and the bits of its kinds."""

    start: int
    end: int
    bits: int


@cache
def _sections() -> tuple[tuple[int, Callable[[str], bool]], ...]:
    """For each section of `cues.txt` its bit and whether a word belongs to it."""
    sections: dict[str, list[str]] = {}
    for line in Path(__file__).with_name("cues.txt").read_text(encoding="utf8").splitlines():
        if line.startswith("["):
            sections[line.strip("[]")] = current = []
        elif line and not line.startswith("#"):
            current += line.split()
    return tuple((BIT[name.upper()], _matcher(entries)) for name, entries in sections.items())


def _matcher(entries: Sequence[str]) -> Callable[[str], bool]:
    whole = frozenset(e[:-1] for e in entries if e.endswith("$"))
    begins = tuple(e for e in entries if not e.endswith("$") and not e.startswith("-"))
    ends = tuple(e[1:] for e in entries if e.startswith("-"))
    return lambda word: (
        word in whole or bool(begins and word.startswith(begins)) or bool(ends and word.endswith(ends))
    )


@lru_cache(maxsize=1 << 16)
def word_bits(word: str) -> int:
    """The bits of a lower-cased word.

    >>> [cue for cue in CUES if word_bits("droht") & BIT[cue]]
    ['AHEAD', 'BAD']
    """
    return sum(bit for bit, belongs in _sections() if belongs(word))


def lower(text: str) -> str:
    """The text in lower case and with plain spaces, every character in its place ("İ" would become two)."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return re.sub(r"\s", " ", low)


def find_cues(sentence: str, listed: bool = True) -> list[Cue]:
    """All cues of one sentence, with or without those of listed names; stretches may overlap.

    >>> [(c.start, c.end) for c in find_cues("Der Verlust dürfte sinken.")][:3]
    [(4, 11), (12, 18), (19, 25)]
    """
    from ausblick.cue_rules import PATTERNS, outlook_of

    text = lower(sentence)
    names = [cue for span in find_names(sentence) for cue in name_cues(sentence, *span)] if listed else []
    found = [Cue(m.start(), m.end(), bits) for m in WORD.finditer(text) if (bits := word_bits(m.group()))]
    if not found:
        return names
    head = text[:RULES_READ]
    found += [Cue(*match.span(), BIT[kind]) for kind, pattern in PATTERNS if (match := pattern.search(head))]
    verdict = outlook_of(head)
    if verdict != "none":
        found.append(Cue(0, len(sentence), BIT["SAYS_" + verdict.upper()]))
    return found + names


def name_cues(sentence: str, start: int, end: int) -> Iterator[Cue]:
    """The cue of a name's first word and that of the others."""
    first = start + len(TOKEN.findall(sentence[start:end])[0])
    yield Cue(start, first, BIT["NAME"])
    if first < end:
        yield Cue(first, end, BIT["NAME_REST"])


def names_of(bits: int) -> Iterator[str]:
    """The kinds in a set of cues."""
    return (cue for cue in CUES if bits & BIT[cue])
