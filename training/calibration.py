"""Temperature scaling (Guo et al. 2017): one number a head, fitted on development data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ausblick.decode import learned, log_softmax, word_scores
from ausblick.labels import OUTLOOK_LABELS, TAG_ID, spans_to_bio
from ausblick.reader import Reader
from data.corpus import Item
from training.reports.calibration import reliability
from training.reports.cases import to_record

Floats = npt.NDArray[np.float32]
ECE_BINS = 15
GRID = np.exp(np.linspace(np.log(0.5), np.log(8.0), 113))


LogProbabilities = Callable[[float], Floats]
"""From a temperature to the log-probabilities (n, classes) of what was collected."""


def nll(scores: Floats, gold: npt.NDArray[np.int64]) -> float:
    """Mean negative log-likelihood (nats) of `gold` (n,) under log-probabilities (n, classes)."""
    return float(-scores[np.arange(len(gold)), gold].mean())


def best_temperature(scores: LogProbabilities, gold: npt.NDArray[np.int64]) -> float:
    """The temperature of a fine logarithmic grid with the lowest likelihood loss; 1 without data."""
    if not len(gold):
        return 1.0
    return float(min(GRID, key=lambda t: nll(scores(float(t)), gold)))


def collect(
    reader: Reader, items: Sequence[Item]
) -> tuple[list[Floats], npt.NDArray[np.int64], Floats, npt.NDArray[np.int64]]:
    """Logits and gold of all words of fully covered items, and of all sentences with gold outlook.

    Returns for each piece the logits of its words (words, tags), the tags of all words (n,), sentence logits
    (m, outlooks), outlooks (m,).
    """
    words: list[Floats] = []
    tags: list[int] = []
    sentences, outlooks = [], []
    for item in items:
        job = reader.logits(to_record(item))
        if {"ORG", "MONEY", "PERCENT"} <= item.covers:
            spans = [(e.start, e.end, e.label) for e in item.article.entities if not e.silver]
            for piece, scores in job.tags:
                words.append(scores)
                tags += [TAG_ID[tag] for tag in spans_to_bio(spans, piece.spans)]
        if "outlook" in item.covers:
            for sentence, parts in zip(item.article.sentences, job.outlook, strict=True):
                if parts and sentence.outlook:
                    sentences.append(np.mean([logits for _, logits in parts], axis=0))
                    outlooks.append(OUTLOOK_LABELS.index(sentence.outlook))
    return (
        words,
        np.array(tags, dtype=np.int64),
        np.stack(sentences) if sentences else np.zeros((0, 1), np.float32),
        np.array(outlooks, dtype=np.int64),
    )


def fit_temperatures(reader: Reader, dev: Sequence[Item], say: Any = print) -> dict[str, float]:
    """The temperatures of both heads, with the expected calibration error before and after said.

    Items are used where their gold covers all entity types, or the outlook.
    """
    words, tags, sentences, outlooks = collect(reader, [i for i in dev if len(i.covers) > 1])

    def of_words(t: float) -> Floats:
        rows = [log_softmax(logits, t) for logits in words]
        return np.concatenate(word_scores(rows, learned(reader.config.transitions, t)))

    heads: dict[str, tuple[LogProbabilities, npt.NDArray[np.int64]]] = {
        "entities": (of_words, tags),
        "outlook": (lambda t: log_softmax(sentences, t), outlooks),
    }
    out = {}
    for head, (scores, gold) in heads.items():
        out[head] = round(best_temperature(scores, gold), 3)
        for name, t in (("before", 1.0), ("after", out[head])):
            if len(gold):
                p = np.exp(scores(t))
                table = reliability(p.max(1), p.argmax(1) == gold, ECE_BINS)
                assert table is not None, "there is gold"
                say(
                    f"calibration of {head} {name}: temperature {t:.3f}, ECE {table['ece']:.4f}, "
                    f"NLL {nll(scores(t), gold):.4f}, n {len(gold)}"
                )
    return out
