"""A second, slow way to every count: written without looking at the code under test, one definition at a time."""

from __future__ import annotations

import random

Span = tuple[int, int, str]


def random_spans(rng: random.Random, length: int, share: float = 0.5) -> list[Span]:
    """Spans over positions 0 … length, in order, without overlap, some touching."""
    spans: list[Span] = []
    at = 0
    while at < length:
        size = min(rng.randint(1, 4), length - at)
        if rng.random() < share:
            spans.append((at, at + size, rng.choice(("ORG", "MONEY", "PERCENT"))))
        at += size
    return spans


def noisy(rng: random.Random, spans: list[Span], length: int) -> list[Span]:
    """Like `spans`, but some moved, relabelled, dropped or added; no overlap."""
    out: list[Span] = []
    for start, end, label in sorted([*spans, *random_spans(rng, length, 0.15)]):
        if rng.random() < 0.4:
            start += rng.choice((-1, 0, 1))
            end += rng.choice((-1, 0, 1))
            label = rng.choice((label, "ORG", "MONEY"))
        if rng.random() < 0.9 and max(0, out[-1][1] if out else 0) <= start < end <= length:
            out.append((start, end, label))
    return out


def strict_chunks(tags: list[str]) -> set[Span]:
    """The mentions of a tag sequence under strict IOB2: B-X, then I-X of the same type."""
    out: set[Span] = set()
    for i, tag in enumerate(tags):
        if tag.startswith("B-"):
            end = i + 1
            while end < len(tags) and tags[end] == "I-" + tag[2:]:
                end += 1
            out.add((i, end, tag[2:]))
    return out


def prf(right: int, found: int, gold: int) -> tuple[float, float, float]:
    """Precision, recall, F1, 0 where undefined."""
    precision = right / found if found else 0.0
    recall = right / gold if gold else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def outcomes(gold: list[Span], found: list[Span]) -> dict[str, int]:
    """Pair by pair: at each step the best pair of what is left, by trying all."""
    counts = dict.fromkeys(("correct", "wrong_type", "wrong_boundary", "wrong_both", "missed", "spurious"), 0)
    left, right = list(gold), list(found)
    while True:
        best = None
        for g in left:
            for f in right:
                shared = len(set(range(g[0], g[1])) & set(range(f[0], f[1])))
                if shared:
                    rank = (g[:2] == f[:2], g[2] == f[2], shared, -g[0], -f[0])
                    if best is None or rank > best[0]:
                        best = (rank, g, f)
        if best is None:
            break
        (same_span, same_label, *_), g, f = best
        counts[
            {
                (True, True): "correct",
                (True, False): "wrong_type",
                (False, True): "wrong_boundary",
                (False, False): "wrong_both",
            }[same_span, same_label]
        ] += 1
        left.remove(g)
        right.remove(f)
    counts["missed"], counts["spurious"] = len(left), len(right)
    return counts
