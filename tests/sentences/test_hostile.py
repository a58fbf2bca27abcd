"""Hostile repetition: nothing is lost, and nothing hangs (speed itself is in benchmark_sentences.py)."""

from __future__ import annotations

import pytest

from ausblick.sentences import split_sentences

LONG = {
    "no stop": "Umsatz ",
    "one word": "a",
    "dots": ".",
    "spaced dots": ". ",
    "abbreviations": "z. B. ",
    "initials": "A. ",
    "ordinals": "3. ",
    "quotes": '" . ',
    "spaces": " ",
    "stop, spaces": ".          ",
    "brackets": "((",
    "closed": ".)",
    "line breaks": "\n",
    "short lines": "Umsatz\n",
    "wrapped lines": "auf\n",
    "bullets": "- a\n",
    "tabs": "\t",
    "combining marks": "a\u0308",
    "soft hyphens": "\u00ad",
    "emoji": "🚀",
}


@pytest.mark.parametrize("piece", LONG.values(), ids=LONG.keys())
def test_hostile_repetition_is_covered_without_loss(piece: str) -> None:
    text = piece * (160_000 // len(piece))
    last = 0
    for start, end in split_sentences(text):
        assert last <= start < end <= len(text)
        assert not text[last:start].strip()
        last = end
    assert not text[last:].strip()
