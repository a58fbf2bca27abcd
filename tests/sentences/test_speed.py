"""The splitter stays linear and fast, whatever it is fed."""

from __future__ import annotations

import time

import pytest

from ausblick.sentences import split_sentences

NEWS = "Der Umsatz stieg im 3. Quartal um 4,5 % auf 2,1 Mio. Euro. Der Vorstand (Dr. J. Weber) plant z. B. Zukäufe.\n\n"
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


def seconds(text: str) -> float:
    """The best of three runs."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        split_sentences(text)
        best = min(best, time.perf_counter() - start)
    return best


def test_news_runs_at_a_megabyte_a_second() -> None:
    text = NEWS * 3000
    assert len(text.encode()) / seconds(text) > 1e6


@pytest.mark.parametrize("piece", LONG.values(), ids=LONG.keys())
def test_time_is_linear(piece: str) -> None:
    """Eight times the text may take about eight times as long; a quadratic step would take sixty-four."""
    short = seconds(piece * (20_000 // len(piece)))
    long = seconds(piece * (160_000 // len(piece)))
    assert long < 30 * short + 0.02
