"""Near-duplicates across splits and corpora: found, dropped, gathered, reported.

The measure is data.overlap's: two texts that share a tenth of the shorter one's word 8-grams.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from data.corpus import Item
from data.overlap import clusters, overlaps, shingles

RANK = {"train": 0, "dev": 1, "test": 2}


@dataclass(frozen=True, slots=True)
class Leak:
    """Two articles that are near-duplicates although they must not meet."""

    left: str
    left_place: str
    right: str
    right_place: str
    containment: float

    def __str__(self) -> str:
        return f"{self.left_place} {self.left}  ~  {self.right_place} {self.right}  {self.containment:.2f}"


def _texts(items: Iterable[Item]) -> dict[str, str]:
    return {item.article.id: item.article.text for item in items}


def drop(items: Sequence[Item]) -> tuple[list[Item], Counter[str]]:
    """Leave out training items that repeat dev or test ones, and dev items that repeat test ones; with the counts."""
    split = {item.article.id: item.split for item in items}
    out = {min(pair[:2], key=lambda key: RANK[split[key]]) for pair in overlaps(_texts(items))
           if split[pair[0]] != split[pair[1]]}
    return [i for i in items if i.article.id not in out], Counter(i.split for i in items if i.article.id in out)


def gather(items: Sequence[Item]) -> tuple[list[Item], int]:
    """Give near-duplicates one split, that of the group's first by train, dev, test; with how many changed theirs.

    For corpora of repeated phrases, where leaving out what is repeated would leave out most of the corpus.
    """
    group = clusters([item.article.id for item in items], overlaps(_texts(items)))
    best: dict[str, str] = {}
    for item in items:
        key = group[item.article.id]
        best[key] = min(best.get(key, item.split), item.split, key=RANK.__getitem__)
    moved = [replace(item, split=best[group[item.article.id]]) for item in items]
    return moved, sum(a.split != b.split for a, b in zip(items, moved, strict=True))


def within(items: Sequence[Item]) -> Iterator[Leak]:
    """Near-duplicates between the splits of one corpus."""
    place = {item.article.id: f"{item.source}/{item.split}" for item in items}
    for left, right, containment in overlaps(_texts(items)):
        if place[left] != place[right]:
            yield Leak(left, place[left], right, place[right], containment)


def between(ours: Sequence[Item], others: Mapping[str, Sequence[Item]], n: int = 8,
            at_least: float = 0.1) -> Iterator[Leak]:
    """Near-duplicates between `ours` and the articles of all other corpora, whatever their split."""
    where: dict[int, list[Item]] = {}
    size = {item.article.id: len(shingles(item.article.text, n)) for item in ours}
    for item in ours:
        for value in shingles(item.article.text, n):
            where.setdefault(value, []).append(item)
    for items in others.values():
        for other in items:
            grams = shingles(other.article.text, n)
            shared = Counter(item.article.id for value in grams for item in where.get(value, ()))
            for key, count in shared.items():
                containment = count / min(len(grams), size[key])
                if containment >= at_least:
                    mine = next(item for item in ours if item.article.id == key)
                    yield Leak(key, f"{mine.source}/{mine.split}", other.article.id, f"{other.source}/{other.split}",
                               containment)
