"""Speed of the sentence splitter: `python -m tests.sentences.benchmark_sentences`."""

from __future__ import annotations

import time

from ausblick.sentences import split_sentences
from tests.sentences.test_hostile import LONG

NEWS = "Der Umsatz stieg im 3. Quartal um 4,5 % auf 2,1 Mio. Euro. Der Vorstand (Dr. J. Weber) plant z. B. Zukäufe.\n\n"


def seconds(text: str) -> float:
    """The best of three runs."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        split_sentences(text)
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Print MB/s on news, and how much longer eight times the text takes for each hostile input."""
    text = NEWS * 3000
    print(f"news: {len(text.encode()) / seconds(text) / 1e6:.1f} MB/s")
    for name, piece in LONG.items():
        ratio = seconds(piece * (160_000 // len(piece))) / seconds(piece * (20_000 // len(piece)))
        print(f"{name}: eight times the text takes {ratio:.1f} times as long")


if __name__ == "__main__":
    main()
