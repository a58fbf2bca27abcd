"""The label sets, and BIO tags as a table of legal transitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

ENTITY_LABELS: Final = ("ORG", "MONEY", "PERCENT")
OUTLOOK_LABELS: Final = ("none", "positive", "neutral", "negative")
LAYERS: Final = (*ENTITY_LABELS, "outlook")
"""What gold can cover: each entity type, and the outlook of the sentences."""

TAGS: Final = ("O", *(f"{prefix}-{label}" for label in ENTITY_LABELS for prefix in "BI"))
TAG_ID: Final = {tag: i for i, tag in enumerate(TAGS)}


def may_follow(previous: str | None, tag: str) -> bool:
    """Whether `tag` may come right after `previous` in IOB2; `previous` is None at the start of a sequence.

    >>> may_follow("O", "I-ORG"), may_follow("B-ORG", "I-ORG"), may_follow("I-ORG", "I-MONEY")
    (False, True, False)
    """
    return not tag.startswith("I-") or (
        previous is not None and previous[:2] in ("B-", "I-") and previous[2:] == tag[2:]
    )


LEGAL: Final = tuple(tuple(may_follow(previous, tag) for tag in TAGS) for previous in TAGS)
"""LEGAL[i][j]: tag j may follow tag i."""
LEGAL_START: Final = tuple(may_follow(None, tag) for tag in TAGS)


def spans_to_bio(spans: Sequence[tuple[int, int, str]], pieces: Sequence[tuple[int, int]]) -> list[str]:
    """IOB2 tags of `pieces` (start, end), in order, for `spans` (start, end, label) that do not overlap.

    A piece belongs to a span when they share a character; pieces without characters are O. The first piece of a span
    is B, also when the span before it ends right there.
    """
    tags = ["O"] * len(pieces)
    ordered = sorted(spans)
    at = 0
    opened = -1
    for i, (start, end) in enumerate(pieces):
        while at < len(ordered) and ordered[at][1] <= start:
            at += 1
        if at < len(ordered) and start < ordered[at][1] and end > ordered[at][0] and start < end:
            tags[i] = ("I-" if opened == at else "B-") + ordered[at][2]
            opened = at
    return tags


def bio_to_spans(tags: Sequence[str], pieces: Sequence[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """The spans (start, end, label) of a legal IOB2 sequence over `pieces` (start, end).

    Raises ValueError for a transition that IOB2 forbids, with its position.
    """
    spans: list[tuple[int, int, str]] = []
    previous: str | None = None
    for i, (tag, (start, end)) in enumerate(zip(tags, pieces, strict=True)):
        if not may_follow(previous, tag):
            raise ValueError(f"piece {i}: {tag} cannot follow {previous}")
        if tag.startswith("B-"):
            spans.append((start, end, tag[2:]))
        elif tag.startswith("I-"):
            spans[-1] = (spans[-1][0], end, spans[-1][2])
        previous = tag
    return spans
