"""The losses of both heads. Gold may lack a layer: what is not covered takes no part in them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from ausblick.labels import ENTITY_LABELS, TAGS

IGNORE = -100


def allowed_tags(labels: Tensor, covers: Tensor) -> Tensor:
    """Which tags the gold allows: its own, and where it says O also those of types that it does not cover.

    labels: (batch, tokens); covers: (batch, types) bool -> (batch, tokens, tags) bool.
    """
    of_type = torch.tensor([[tag[2:] == label for label in ENTITY_LABELS] for tag in TAGS], device=labels.device)
    open_tags = (of_type[None] & ~covers[:, None]).any(-1)  # (batch, tags) not covered
    gold = labels.clamp(min=0)
    exact = functional.one_hot(gold, len(TAGS)).bool()
    return exact | ((gold == 0)[..., None] & open_tags[:, None])


def tagging_loss(
    logits: Tensor, labels: Tensor, covers: Tensor, weights: Tensor | None = None, smoothing: float = 0.0
) -> Tensor:
    """Mean negative log-likelihood of what the gold allows, over the labelled words.

    Where the gold says O but does not cover a type, a tag of that type is allowed as well: the loss is the marginal
    -log(p(O) + p(B-type) + p(I-type)) (partial-label likelihood, Jie et al. 2019). A window that covers no type is left
    out. logits: (batch, tokens, tags); labels: (batch, tokens); covers: (batch, types) bool; weights: (batch,), how
    much each window counts. smoothing: share of the target that is spread over all tags.
    """
    scores = functional.log_softmax(logits.float(), dim=-1)
    chosen = scores.masked_fill(~allowed_tags(labels, covers), float("-inf")).logsumexp(-1)
    if smoothing:
        chosen = (1 - smoothing) * chosen + smoothing * scores.mean(-1)
    counted = counted_words(labels, covers).to(scores.dtype)
    share = counted if weights is None else counted * weights[:, None]
    return -(chosen * share).sum() / counted.sum().clamp(min=1)


def counted_words(labels: Tensor, covers: Tensor) -> Tensor:
    """(batch, tokens) bool: where a word starts whose window covers any type."""
    return (labels != IGNORE) & covers.any(-1, keepdim=True)


def outlook_loss(
    logits: Tensor,
    labels: Tensor,
    class_weights: Sequence[float] | None = None,
    smoothing: float = 0.0,
    gamma: float = 0.0,
    weights: Tensor | None = None,
) -> Tensor:
    """Weighted cross-entropy over the covered sentences; 0, with a gradient of 0, when a batch has none.

    logits: (batch, pieces, outlooks); labels: (batch, pieces); weights: (batch,), how much each window counts.
    gamma: focal loss, (1 - p)^gamma on each sentence (Lin et al. 2017): what is known already counts less.
    """
    known = labels != IGNORE
    if not known.any():
        return logits.sum() * 0.0
    scores = functional.log_softmax(logits[known].float(), dim=-1)  # (sentences, outlooks)
    gold = labels[known]
    share = scores.new_ones(len(gold)) if class_weights is None else scores.new_tensor(class_weights)[gold]
    exact = scores.gather(-1, gold[:, None]).squeeze(-1)
    target = (1 - smoothing) * exact + smoothing * scores.mean(-1)
    losses = -share * (1 - exact.exp()).clamp(min=1e-6) ** gamma * target if gamma else -share * target
    if weights is not None:
        losses = losses * weights[:, None].expand_as(labels)[known]
    return losses.sum() / share.sum()


def distillation_loss(student: Tensor, teacher: Tensor, counted: Tensor, temperature: float) -> Tensor:
    """KL of the student from the teacher at a temperature, times its square (Hinton et al. 2015), over what counts.

    student, teacher: (batch, n, classes) logits; counted: (batch, n) bool.
    """
    goal = functional.log_softmax(teacher.float() / temperature, dim=-1)
    found = functional.log_softmax(student.float() / temperature, dim=-1)
    each = (goal.exp() * (goal - found)).sum(-1) * counted
    return each.sum() / counted.sum().clamp(min=1) * temperature**2
