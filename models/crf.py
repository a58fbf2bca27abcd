"""A linear-chain CRF over the words of a sentence (Lafferty et al. 2001), with partial labels.

Learned scores of transitions are added to the legal ones; illegal ones stay impossible. A word whose gold leaves a type
open is summed over its allowed tags (Bellare and McCallum 2007), as in `tagging_loss`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ausblick.labels import LEGAL, LEGAL_START, TAGS
from models.losses import allowed_tags, counted_words

BLOCKED = -1e4


class Transitions(nn.Module):
    """Scores of a tag after another and at the start of a sentence; illegal ones are fixed at -10,000."""

    def __init__(self) -> None:
        super().__init__()
        self.step = nn.Parameter(torch.zeros(len(TAGS), len(TAGS)))  # (from, to)
        self.start = nn.Parameter(torch.zeros(len(TAGS)))

    def scores(self) -> tuple[Tensor, Tensor]:
        """step (from, to) and start (to)."""
        step = self.step.masked_fill(~torch.tensor(LEGAL, device=self.step.device), BLOCKED)
        return step, self.start.masked_fill(~torch.tensor(LEGAL_START, device=self.start.device), BLOCKED)

    def export(self) -> dict[str, list[list[float]] | list[float]]:
        """The learned scores as plain numbers, for a bundle's config."""
        return {"step": _rounded(self.step), "start": _rounded(self.start)}

    def loss(
        self, logits: Tensor, labels: Tensor, covers: Tensor, spans: Tensor, weights: Tensor | None = None
    ) -> Tensor:
        """Negative log-likelihood of the allowed tag sequences, a word: log Z less log of the allowed ones' sum.

        logits: (batch, tokens, tags); labels: (batch, tokens); covers: (batch, types) bool; spans: (batch, pieces, 2);
        weights: (batch,). Every piece is a sequence of its own, as when decoding.
        """
        counted = counted_words(labels, covers)
        order = torch.argsort((~counted).to(torch.int8), dim=1, stable=True)[:, : max(1, int(counted.sum(1).max()))]
        known = counted.gather(1, order)  # (batch, words), words first
        emissions = logits.float().gather(1, order[..., None].expand(-1, -1, len(TAGS)))
        allowed = allowed_tags(labels, covers).gather(1, order[..., None].expand(-1, -1, len(TAGS)))
        piece = (torch.arange(labels.shape[1], device=labels.device)[None, :, None] >= spans[:, None, :, 0]).sum(-1)
        piece = piece.gather(1, order)
        opens = torch.cat([torch.ones_like(known[:, :1]), piece[:, 1:] != piece[:, :-1]], dim=1)
        both = torch.cat([emissions, emissions.masked_fill(~allowed, BLOCKED)])  # every sequence, the allowed ones
        total, gold = self._sums(both, opens.repeat(2, 1), known.repeat(2, 1)).chunk(2)
        each = (total - gold) * (1.0 if weights is None else weights)
        return each.sum() / counted.sum().clamp(min=1)

    def _sums(self, emissions: Tensor, opens: Tensor, known: Tensor) -> Tensor:
        """log of the sum over tag sequences: (batch,). A word that opens a piece starts from all ends of the last."""
        step, start = self.scores()
        alpha = start + emissions[:, 0]  # (batch, tags)
        for t in range(1, emissions.shape[1]):
            within = (alpha[:, :, None] + step).logsumexp(1)
            across = alpha.logsumexp(1, keepdim=True) + start
            following = torch.where(opens[:, t, None], across, within) + emissions[:, t]
            alpha = torch.where(known[:, t, None], following, alpha)
        return torch.where(known[:, 0], alpha.logsumexp(1), 0.0)


def _rounded(scores: Tensor) -> list[list[float]] | list[float]:
    out: list[list[float]] | list[float] = torch.round(scores.detach().float().cpu(), decimals=5).tolist()
    return out
