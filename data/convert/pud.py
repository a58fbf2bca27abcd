"""UNER German-PUD: one IOB2 file; the text of every sentence stands in a comment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from data.convert.silver import amounts
from data.convert.tidy import Gold, finish
from data.convert.tokens import align, blocks, join, spans
from data.corpus import Item
from data.text import open_text

TEXT = "# text = "


def read(path: Path) -> Iterator[Item]:
    """The sentences as test items; the token text stands in where the comment does not fit. Raises ValueError."""
    with open_text(path) as lines:
        for index, (first, block) in enumerate(blocks(lines)):
            rows = [line.split("\t") for line in block if not line.startswith("#")]
            if any(len(row) < 3 for row in rows):
                raise ValueError(f"{path}:{first}: a sentence with fewer than 3 columns; take the published .iob2 file")
            tokens = [row[1] for row in rows]
            text = next((line[len(TEXT):] for line in block if line.startswith(TEXT)), "")
            offsets = align(tokens, text)
            if offsets is None:
                text, offsets = join(tokens)
            gold = [(a, b, "ORG") for a, b, label, _ in spans([row[2] for row in rows], offsets) if label == "ORG"]
            silver = amounts(text, gold)
            yield finish(Gold(f"pud-test-{index:05}", "pud", "test", ("ORG",), text, [*gold, *silver],
                              [(0, len(text), None)], frozenset(silver)))
