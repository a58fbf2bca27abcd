"""Names of organisations that the project's list knows, found in a text: evidence for a small encoder, not a decision.

`names.txt` was compiled for this project (CC0), one form of a name a line. An encoder that has read little text has
not met most of them; whether a match is the organisation ("Orange") is for the network to say.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

TOKEN: Final = re.compile(r"\w+|[^\w\s]")
GAP: Final = 2
"""Characters of white space that may lie between two parts of a name."""
Parts = tuple[str, ...]


def parts_of(name: str) -> Parts:
    """Words and signs of a name: `E.ON` has three."""
    return tuple(TOKEN.findall(name))


@cache
def _lines() -> dict[str, list[str]]:
    """The lines of the list by their first part."""
    by_first: dict[str, list[str]] = {}
    for line in Path(__file__).with_name("names.txt").read_text(encoding="utf8").splitlines():
        if first := TOKEN.search(line):
            by_first.setdefault(first.group(), []).append(line)
    return by_first


@cache
def _starting(first: str) -> tuple[Parts, ...]:
    """The names with this first part, the longest first; taken apart once a text has it: the start is quicker."""
    return tuple(sorted(map(parts_of, _lines()[first]), key=len, reverse=True))


def find_names(text: str) -> list[tuple[int, int]]:
    """The listed names in a text as (start, end), the longest at each place, without overlap, a genitive -s included.

    >>> text = "Der Umsatz von E.ON und der Siemens Energy AG, nicht Siemensstadt."
    >>> [text[start:end] for start, end in find_names(text)]
    ['E.ON', 'Siemens Energy AG']
    """
    lines = _lines()
    tokens = [(m.group(), m.start(), m.end()) for m in TOKEN.finditer(text)]
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(tokens):
        word = tokens[at][0]
        first = word if word in lines else word[:-1] if word.endswith("s") and word[:-1] in lines else None
        names = _starting(first) if first is not None else ()
        size = next((len(name) for name in names if _matches(tokens[at : at + len(name)], name)), 0)
        if size:
            found.append((tokens[at][1], tokens[at + size - 1][2]))
        at += size or 1
    return found


def _matches(tokens: list[tuple[str, int, int]], name: Parts) -> bool:
    """Whether the tokens are the parts of the name, the last perhaps with a genitive -s, nothing but space between."""
    words = tuple(word for word, _, _ in tokens)
    if words[:-1] != name[:-1] or len(words) != len(name) or words[-1] not in (name[-1], name[-1] + "s"):
        return False
    return all(after[1] - before[2] <= GAP for before, after in pairwise(tokens))
