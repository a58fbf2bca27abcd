"""From the network's scores to tags and spans: Viterbi under the legal IOB2 transitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ausblick.labels import LEGAL, LEGAL_START, TAGS

Floats = npt.NDArray[np.float32]

_BLOCKED = np.float32(-1e9)
_STEP = np.where(np.array(LEGAL), np.float32(0), _BLOCKED).astype(np.float32)          # (from, to)
_START = np.where(np.array(LEGAL_START), np.float32(0), _BLOCKED).astype(np.float32)


def log_softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Log-probabilities over the last axis of `logits / temperature`."""
    scaled = logits.astype(np.float32) / np.float32(temperature)
    scaled = scaled - scaled.max(axis=-1, keepdims=True)
    return np.asarray(scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True)), dtype=np.float32)


class Transitions(NamedTuple):
    """Scores of a tag after another (from, to) and of a first tag (to,), added to the log-probabilities."""

    step: Floats
    start: Floats


LEGAL_ONLY: Final = Transitions(_STEP, _START)
"""Nothing learned: every legal transition is as good as another."""


def learned(scores: Mapping[str, Any] | None, temperature: float = 1.0) -> Transitions:
    """A CRF's scores from a bundle's config on top of the legal transitions, divided as the logits are.

    With no scores, LEGAL_ONLY.
    """
    if not scores:
        return LEGAL_ONLY
    step, start = (np.asarray(scores[key], dtype=np.float32) / np.float32(temperature) for key in ("step", "start"))
    return Transitions(_STEP + step, _START + start)


def word_scores(scores: Sequence[Floats], transitions: Transitions) -> Sequence[Floats]:
    """Log-probabilities of the tags of each word, (words, tags) for each sequence of that shape.

    Those given, or with a CRF's transitions its marginals: the softmax of its logits alone is no probability.
    """
    return scores if transitions is LEGAL_ONLY else marginals(scores, transitions)


def marginals(scores: Sequence[Floats], transitions: Transitions) -> list[Floats]:
    """Log-probability of each tag of each word over all tag sequences, by forward-backward (Rabiner 1989).

    scores: (words, tags) for each sequence; what comes back has the same shapes. Each result depends on its own
    sequence only.
    """
    padded, lengths = _side_by_side(scores)
    if not padded.size:
        return [np.zeros((0, len(TAGS)), dtype=np.float32) for _ in scores]
    ahead, behind = np.zeros_like(padded), np.zeros_like(padded)
    ahead[:, 0] = padded[:, 0] + transitions.start
    for t in range(1, padded.shape[1]):
        ahead[:, t] = _log_sum(ahead[:, t - 1, :, None] + transitions.step, 1) + padded[:, t]
    for t in range(padded.shape[1] - 2, -1, -1):
        through = transitions.step + (padded[:, t + 1] + behind[:, t + 1])[:, None, :]   # (sequences, from, to)
        behind[:, t] = np.where((t + 1 < lengths)[:, None], _log_sum(through, 2), 0)
    return [log_softmax(ahead[i, :n] + behind[i, :n]) for i, n in enumerate(lengths)]


def _log_sum(values: Floats, axis: int) -> Floats:
    top = values.max(axis=axis, keepdims=True)
    return np.asarray(np.log(np.exp(values - top).sum(axis=axis)) + top.squeeze(axis), dtype=np.float32)


def _side_by_side(scores: Sequence[Floats]) -> tuple[Floats, npt.NDArray[np.int64]]:
    """The sequences in one array (sequences, longest, tags), filled up with 0, and their lengths."""
    lengths = np.array([len(s) for s in scores], dtype=np.int64)
    padded = np.zeros((len(scores), int(lengths.max(initial=0)), len(TAGS)), dtype=np.float32)
    for i, s in enumerate(scores):
        padded[i, : len(s)] = s
    return padded, lengths


def viterbi(scores: Sequence[Floats], transitions: Transitions = LEGAL_ONLY) -> list[npt.NDArray[np.int64]]:
    """The best legal tag sequence of each sequence of log-probabilities, every one of shape (words, tags).

    All sequences are decoded side by side; each result depends on its own scores only. Among equally good sequences
    the lower tag number wins.
    """
    padded, lengths = _side_by_side(scores)
    if not padded.size:
        return [np.zeros(0, dtype=np.int64) for _ in scores]
    longest = padded.shape[1]
    best = padded[:, 0] + transitions.start                                             # (sequences, tags)
    back = np.zeros((longest, len(scores), len(TAGS)), dtype=np.int64)
    for t in range(1, longest):
        through = best[:, :, None] + transitions.step                                    # (sequences, from, to)
        back[t] = through.argmax(axis=1)
        step = through.max(axis=1) + padded[:, t]
        best = np.where((t < lengths)[:, None], step, best)
    return [_trace(back[:, i], int(best[i].argmax()), int(lengths[i])) for i in range(len(scores))]


def _trace(back: npt.NDArray[np.int64], last: int, length: int) -> npt.NDArray[np.int64]:
    tags = np.zeros(length, dtype=np.int64)
    for t in range(length - 1, -1, -1):
        tags[t] = last
        last = int(back[t, last])
    return tags
