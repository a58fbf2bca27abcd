"""Bootstrap by document: how far a figure would move with another sample of articles of the same kind.

Whole documents are drawn with replacement, within their corpus (Efron & Tibshirani 1993, ch. 13: percentile
intervals); sentences of one article are not independent and must not be drawn alone. A resample is a vector of how
often each document was drawn, so that all resamples of a corpus are one matrix product with the per-document counts.
Two systems are compared on the same resamples (paired).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np

from training.reports.figures import Array


def draws(documents: int, resamples: int, seed: int, name: str) -> Array:
    """(resamples, documents): how often each document was drawn; the same for the same seed and corpus name."""
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    return rng.multinomial(documents, np.full(documents, 1 / documents), size=resamples).astype(np.float32)


def resample(counts: Mapping[str, Array], resamples: int, seed: int) -> dict[str, Array]:
    """For each corpus, from counts of shape (documents, …): the sums of every resample, (resamples, …)."""
    out: dict[str, Array] = {}
    for name, table in counts.items():
        flat = table.reshape(len(table), -1).astype(np.float32)
        sums = draws(len(table), resamples, seed, name) @ flat  # exact below 2**24
        out[name] = sums.astype(np.float64).reshape(resamples, *table.shape[1:])
    return out


def interval(values: Array, level: float = 0.95) -> list[float] | None:
    """The percentile interval of a figure over its resamples; None when no resample has the figure."""
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return [float(low), float(high)]


def p_value(differences: Array) -> float | None:
    """Two-sided: how readily the paired difference changes its sign; never below 2 / (resamples + 1)."""
    known = differences[~np.isnan(differences)]
    if not len(known):
        return None
    tail = min(int((known <= 0).sum()), int((known >= 0).sum()))
    return min(1.0, 2 * (tail + 1) / (len(known) + 1))
