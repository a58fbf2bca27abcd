"""Parts and losses: poolings, the two steps, features, class weights, focus, the CRF against all sequences."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
import torch

from ausblick.cues import BIT, CUES
from ausblick.decode import learned, log_softmax, viterbi
from ausblick.labels import LEGAL, LEGAL_START, TAG_ID, TAGS
from models.crf import Transitions
from models.losses import IGNORE, allowed_tags, distillation_loss, outlook_loss, tagging_loss
from models.parts import POOLINGS, OutlookHead, SentencePooling, cue_bits, mention_features, two_steps

SPANS = torch.tensor([[[1, 4], [4, 8], [0, 0]]])


def test_poolings_read_their_own_piece_only() -> None:
    states = torch.randn(1, 8, 8, generator=torch.Generator().manual_seed(1))
    changed = states.clone()
    changed[:, 4:] += 1.0
    for kind in POOLINGS:
        pooling = SentencePooling(8, kind)
        before, after = pooling(states, SPANS), pooling(changed, SPANS)
        assert torch.equal(before[:, 0], after[:, 0])
        assert not torch.allclose(before[:, 1], after[:, 1])
        assert not before[:, 2].any()
    assert torch.equal(SentencePooling(8, "separator")(states, SPANS)[0, :2], states[0, [3, 7]])


def test_two_steps_are_log_probabilities_of_four_labels() -> None:
    scores = torch.tensor([[0.0, 1.0, 2.0, 3.0]])
    out = two_steps(scores)
    assert out.exp().sum().item() == pytest.approx(1.0)
    assert out[0, 0].exp().item() == pytest.approx(0.5)
    assert torch.allclose(out[0, 1:].exp() * 2, torch.softmax(scores[0, 1:], 0))


def test_mentions_of_a_piece_are_counted() -> None:
    tags = torch.full((1, 8, len(TAGS)), -20.0)
    tags[0, :, 0] = 0.0
    tags[0, 5] = torch.nn.functional.one_hot(torch.tensor(TAG_ID["B-MONEY"]), len(TAGS)) * 40.0 - 20.0
    within = torch.tensor([[[False] * 4 + [True] * 4, [True] * 4 + [False] * 4]])
    found = mention_features(tags, within)
    assert found[0, 0].tolist() == pytest.approx([0, 0.6931, 0, 0, 1, 0], abs=1e-3)
    assert found[0, 1].tolist() == pytest.approx([0] * 6, abs=1e-3)


def test_the_head_sees_the_sentence_before_and_the_cues() -> None:
    head = OutlookHead(8, 0.0, False, previous=True, mentions=False, cues=True, steps=False).eval()
    pooled, tags = torch.randn(1, 3, 8), torch.zeros(1, 8, len(TAGS))
    cues = torch.zeros(1, 8, dtype=torch.long)
    plain = head(pooled, SPANS, tags, cues)
    other = pooled.clone()
    other[:, 0] += 1
    assert not torch.allclose(head(other, SPANS, tags, cues)[:, 1], plain[:, 1])
    assert torch.equal(head(other, SPANS, tags, cues)[:, 2], plain[:, 2])
    cues[0, 5] = BIT["UP"]
    marked = head(pooled, SPANS, tags, cues)
    assert torch.equal(marked[:, 0], plain[:, 0])
    assert not torch.allclose(marked[:, 1], plain[:, 1])


def test_bits_of_cues() -> None:
    bits = cue_bits(torch.tensor([[BIT["UP"] | BIT["SAYS_NEGATIVE"], 0]]))
    assert [CUES[i] for i in bits[0, 0].nonzero().flatten()] == ["UP", "SAYS_NEGATIVE"]
    assert not bits[0, 1].any()


def test_focus_and_weights_of_the_outlook_loss() -> None:
    logits = torch.tensor([[[4.0, 0, 0, 0], [0.0, 0, 0, 0]]])
    gold = torch.tensor([[0, 2]])
    plain = outlook_loss(logits, gold)
    assert plain.item() == pytest.approx(torch.nn.functional.cross_entropy(logits[0], gold[0]).item())
    assert outlook_loss(logits, gold, gamma=2.0) < plain
    heavy = outlook_loss(logits, gold, [1.0, 1.0, 9.0, 1.0])
    assert heavy > plain
    assert outlook_loss(logits, gold, weights=torch.tensor([0.5])).item() == pytest.approx(plain.item() / 2)


def test_a_windows_weight_scales_its_tagging_loss() -> None:
    logits, gold = torch.randn(2, 4, len(TAGS)), torch.zeros(2, 4, dtype=torch.long)
    covers = torch.ones(2, 3, dtype=torch.bool)
    both = tagging_loss(logits, gold, covers, torch.tensor([1.0, 0.0]))
    assert both.item() == pytest.approx(tagging_loss(logits[:1], gold[:1], covers[:1]).item() / 2)
    assert tagging_loss(logits, gold, covers, smoothing=0.1) != tagging_loss(logits, gold, covers)


def test_a_student_like_its_teacher_has_no_distance() -> None:
    logits, counted = torch.randn(1, 5, 4), torch.ones(1, 5, dtype=torch.bool)
    assert distillation_loss(logits, logits + 3.0, counted, 2.0).item() == pytest.approx(0.0, abs=1e-6)
    assert distillation_loss(logits, logits.flip(-1), counted, 2.0) > 0


def by_hand(logits: torch.Tensor, step: torch.Tensor, start: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    """log of the sum over all tag sequences of one sentence, one by one; all, and the allowed ones: (2,)."""
    every, gold = [], []
    for tags in product(range(len(TAGS)), repeat=len(logits)):
        if LEGAL_START[tags[0]] and all(LEGAL[a][b] for a, b in pairwise(tags)):
            value = start[tags[0]] + sum(step[a, b] for a, b in pairwise(tags))
            value = value + sum(logits[i, t] for i, t in enumerate(tags))
            every.append(value)
            if all(allowed[i, t] for i, t in enumerate(tags)):
                gold.append(value)
    return torch.stack([torch.stack(every).logsumexp(0), torch.stack(gold).logsumexp(0)])


@pytest.mark.parametrize("covers", [[True, True, True], [True, False, True]])
def test_the_crf_equals_the_sum_over_all_sequences(covers: list[bool]) -> None:
    generator = torch.Generator().manual_seed(5)
    crf = Transitions()
    crf.step.data = torch.randn(len(TAGS), len(TAGS), generator=generator)
    crf.start.data = torch.randn(len(TAGS), generator=generator)
    logits = torch.randn(2, 9, len(TAGS), generator=generator)
    gold = torch.tensor([[IGNORE, 1, IGNORE, 2, IGNORE, 0, 0, 1, IGNORE], [IGNORE, 0, 0, 0] + [IGNORE] * 5])
    spans = torch.tensor([[[1, 5], [5, 9]], [[1, 5], [0, 0]]])
    covered = torch.tensor([covers] * 2)
    allowed = allowed_tags(gold, covered)
    expected = torch.tensor(0.0)
    for row, words in ((0, [1, 3]), (0, [5, 6, 7]), (1, [1, 2, 3])):
        total, right = by_hand(logits[row, words], crf.step, crf.start, allowed[row, words])
        expected = expected + (total - right).detach()
    found = crf.loss(logits, gold, covered, spans)
    assert found.item() == pytest.approx(expected.item() / 8, rel=1e-4)
    found.backward()
    assert crf.step.grad is not None
    assert crf.step.grad.abs().sum() > 0


def test_learned_transitions_decode_as_they_score() -> None:
    crf = Transitions()
    crf.step.data[TAG_ID["B-ORG"], TAG_ID["I-ORG"]] = 5.0
    logits = torch.zeros(2, len(TAGS)).numpy()
    logits[0, TAG_ID["B-ORG"]] = 2.0
    logits[1, 0] = 1.0
    plain, with_crf = viterbi([log_softmax(logits)])[0], viterbi([log_softmax(logits)], learned(crf.export()))[0]
    assert [TAGS[i] for i in plain] == ["B-ORG", "O"]
    assert [TAGS[i] for i in with_crf] == ["B-ORG", "I-ORG"]
    cooled = viterbi([log_softmax(logits, 3.0)], learned(crf.export(), 3.0))[0]
    assert cooled.tolist() == with_crf.tolist(), "a temperature changes no tag"
