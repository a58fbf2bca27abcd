"""Near-duplicates by shared word n-grams: for splits that do not leak and for cleaning text.

Containment (shared n-grams over the smaller document's n-grams) rather than Jaccard, since an announcement that is
quoted inside a longer one is the leak that matters. Word 8-grams are rare enough that two German texts which share a
tenth of them were copied from one another (Lee et al. 2022, "Deduplicating Training Data Makes Language Models
Better", find the same at 50 tokens; the announcements here are shorter).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

WORD = re.compile(r"\w+")


def shingles(text: str, n: int = 8) -> frozenset[int]:
    """The hashes of a text's word n-grams; of the whole text where it has fewer than n words."""
    words = WORD.findall(text.casefold())
    grams = [" ".join(words[i : i + n]) for i in range(max(1, len(words) - n + 1))] if words else []
    return frozenset(int.from_bytes(hashlib.blake2b(g.encode(), digest_size=8).digest(), "big") for g in grams)


def overlaps(texts: Mapping[str, str], n: int = 8, at_least: float = 0.1) -> Iterator[tuple[str, str, float]]:
    """Pairs of ids whose containment of word n-grams is `at_least` or more, with the containment in [0, 1]."""
    grams = {key: shingles(text, n) for key, text in texts.items()}
    where: dict[int, list[str]] = defaultdict(list)
    for key, hashes in grams.items():
        for value in hashes:
            where[value].append(key)
    shared: Counter[tuple[str, str]] = Counter()
    for keys in where.values():
        for i, left in enumerate(keys):
            for right in keys[i + 1 :]:
                shared[left, right] += 1
    for (left, right), count in shared.items():
        containment = count / min(len(grams[left]), len(grams[right]))
        if containment >= at_least:
            yield left, right, containment


def clusters(ids: Sequence[str], pairs: Iterator[tuple[str, str, float]]) -> dict[str, str]:
    """Map every id to the smallest id of its connected component under `pairs` (union-find)."""
    parent = {key: key for key in ids}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for left, right, _ in pairs:
        a, b = sorted((root(left), root(right)))
        parent[b] = a
    return {key: root(key) for key in ids}
