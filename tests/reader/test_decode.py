"""Viterbi against brute force, and the BIO table."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ausblick.decode import LEGAL_ONLY, Transitions, learned, log_softmax, marginals, viterbi, word_scores
from ausblick.labels import ENTITY_LABELS, TAGS, bio_to_spans, may_follow, spans_to_bio


def legal(tags: tuple[int, ...]) -> bool:
    return all(
        may_follow(TAGS[a] if a is not None else None, TAGS[b]) for a, b in zip((None, *tags), tags, strict=False)
    )


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 4), min_size=1, max_size=4))
def test_viterbi_finds_the_best_legal_sequence(seed: int, lengths: list[int]) -> None:
    generator = np.random.default_rng(seed)
    scores = [log_softmax(generator.normal(size=(n, len(TAGS))).astype(np.float32) * 2) for n in lengths]
    for found, s in zip(viterbi(scores), scores, strict=True):
        assert legal(tuple(found))
        best = max(
            (
                sum(s[i, t] for i, t in enumerate(tags))
                for tags in itertools.product(range(len(TAGS)), repeat=len(s))
                if legal(tags)
            ),
            default=0.0,
        )
        assert sum(s[i, t] for i, t in enumerate(found)) == pytest.approx(best, abs=1e-4)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 4), min_size=1, max_size=4), st.booleans())
def test_marginals_are_sums_over_all_sequences(seed: int, lengths: list[int], with_crf: bool) -> None:
    generator = np.random.default_rng(seed)
    step, start = generator.normal(size=(len(TAGS), len(TAGS))), generator.normal(size=len(TAGS))
    transitions = learned({"step": step.tolist(), "start": start.tolist()}) if with_crf else LEGAL_ONLY
    scores = [log_softmax(generator.normal(size=(n, len(TAGS))).astype(np.float32) * 2) for n in lengths]
    for found, s in zip(marginals(scores, transitions), scores, strict=True):
        sums = np.zeros(s.shape)
        for tags in itertools.product(range(len(TAGS)), repeat=len(s)):
            weight = np.exp(total(tags, s, transitions))
            for i, tag in enumerate(tags):
                sums[i, tag] += weight
        assert found.shape == s.shape
        assert np.exp(found) == pytest.approx(sums / sums.sum(axis=1, keepdims=True), abs=1e-4)


def total(tags: tuple[int, ...], scores: np.ndarray, transitions: Transitions) -> float:
    """The score of a whole sequence."""
    steps = sum(float(transitions.step[a, b]) for a, b in itertools.pairwise(tags))
    begin = float(transitions.start[tags[0]]) if tags else 0.0
    return begin + steps + sum(float(scores[i, t]) for i, t in enumerate(tags))


def test_without_a_crf_a_word_has_the_probabilities_of_its_logits() -> None:
    scores = log_softmax(np.random.default_rng(1).normal(size=(5, len(TAGS))).astype(np.float32), 1.5)
    assert word_scores([scores], learned(None))[0] is scores
    crf = learned({"step": np.zeros((len(TAGS), len(TAGS))).tolist(), "start": [0.0] * len(TAGS)})
    assert np.exp(word_scores([scores], crf)[0]).sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert word_scores([], crf) == []


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from(ENTITY_LABELS)), max_size=8))
def test_spans_survive_the_way_through_tags(parts: list[tuple[int, int, str]]) -> None:
    spans, at = [], 0
    for gap, length, label in parts:
        spans.append((at + gap, at + gap + length, label))
        at += gap + length
    pieces = [(i, i + 1) for i in range(at + 2)]
    assert bio_to_spans(spans_to_bio(spans, pieces), pieces) == spans


def test_an_illegal_sequence_is_refused_with_its_place() -> None:
    with pytest.raises(ValueError, match="piece 1: I-MONEY cannot follow B-ORG"):
        bio_to_spans(["B-ORG", "I-MONEY"], [(0, 1), (1, 2)])
