"""What every converter does last: trim spans, join sentences that cut a mention, sort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ausblick.schema import Article, Entity, Sentence
from data.corpus import Item

Span = tuple[int, int]


@dataclass
class Gold:
    """One document on its way from a published file: spans may still be untrimmed and unsorted."""

    id: str
    source: str
    split: str
    covers: tuple[str, ...]
    text: str
    entities: list[tuple[int, int, str]]
    sentences: list[tuple[int, int, str | None]]
    silver: frozenset[tuple[int, int, str]] = frozenset()
    meta: Mapping[str, Any] | None = None


def trim(text: str, start: int, end: int) -> Span:
    """The span without white space at its edges (empty at `start` when it is nothing else)."""
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    return (start, start) if lead == len(piece) else (start + lead, start + len(piece.rstrip()))


def no_overlap(spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Longest first: a span that overlaps with one already taken is left out. In order of their start."""
    kept: list[tuple[int, int, str]] = []
    for start, end, label in sorted(spans, key=lambda s: (s[0] - s[1], s[0], s[2])):
        if start < end and all(end <= other[0] or other[1] <= start for other in kept):
            kept.append((start, end, label))
    return sorted(kept)


def join_cut(sentences: Iterable[tuple[int, int, str | None]],
             mentions: Iterable[Span]) -> list[tuple[int, int, str | None]]:
    """Sentences in order, two of them joined when a mention runs from one into the other.

    The joined sentence keeps the first outlook that is not `none`.
    """
    out: list[tuple[int, int, str | None]] = []
    starts = sorted(mentions)
    for start, end, outlook in sorted(sentences):
        if out and any(a < start < b for a, b in starts):
            first, _, before = out[-1]
            out[-1] = (first, end, outlook if before in (None, "none") else before)
        else:
            out.append((start, end, outlook))
    return out


def finish(gold: Gold) -> Item:
    """The item of a document: spans trimmed, sorted and free of overlap, sentences around whole mentions."""
    trimmed = [(*trim(gold.text, start, end), label) for start, end, label in gold.entities]
    silver = {(*trim(gold.text, start, end), label) for start, end, label in gold.silver}
    entities = no_overlap(trimmed)
    sentences = [(*trim(gold.text, start, end), outlook) for start, end, outlook in gold.sentences]
    whole = join_cut([s for s in sentences if s[0] < s[1]], [(a, b) for a, b, _ in entities])
    article = Article(
        gold.id, gold.text, tuple(Sentence(a, b, outlook) for a, b, outlook in whole),
        tuple(Entity(a, b, label, gold.text[a:b], silver=(a, b, label) in silver) for a, b, label in entities),
        dict(gold.meta or {}))
    return Item(article, gold.source, gold.split, frozenset(gold.covers))
