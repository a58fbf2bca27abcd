"""Which document goes to which split: by a hash of its id, near-duplicates together.

A hash instead of a shuffled list: a document that is added later moves no other one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from data.overlap import clusters, overlaps

SHARES = (("train", 0.60), ("dev", 0.15), ("test", 0.25))


def split_of(key: str, shares: tuple[tuple[str, float], ...] = SHARES, salt: str = "ausblick-1") -> str:
    """The split of one id; `shares` are (name, share) with shares that add up to 1."""
    digest = hashlib.sha256(f"{salt}:{key}".encode()).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64
    for name, share in shares:
        position -= share
        if position < 0:
            return name
    return shares[-1][0]


def assign_splits(texts: Mapping[str, str], shares: tuple[tuple[str, float], ...] = SHARES) -> dict[str, str]:
    """Split of every document id; documents that share a tenth of their word 8-grams share the split."""
    groups = clusters(list(texts), overlaps(texts))
    return {key: split_of(group, shares) for key, group in groups.items()}
