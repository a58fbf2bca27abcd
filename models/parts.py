"""Parts of the network: vectors of cues, one vector a sentence, and the sentence head."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ausblick.cues import CUES
from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS, TAG_ID

POOLINGS = ("mean", "attention", "separator")


class CueEmbedding(nn.Module):
    """The sum of the vectors of a token's cues, which come as the bits of a whole number."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(len(CUES), width) * 0.02)

    def forward(self, cues: Tensor) -> Tensor:
        """cues: (batch, tokens) -> (batch, tokens, width)."""
        return cue_bits(cues).to(self.weight.dtype) @ self.weight


def cue_bits(cues: Tensor) -> Tensor:
    """Each cue's 0 or 1: (batch, tokens) -> (batch, tokens, cues). By division: ONNX shifts no signed numbers."""
    powers = torch.tensor([1 << k for k in range(len(CUES))], device=cues.device)
    return torch.div(cues[..., None], powers, rounding_mode="floor") % 2


def inside(spans: Tensor, tokens: int) -> Tensor:
    """spans: (batch, pieces, 2) -> (batch, pieces, tokens) bool, which tokens are a piece's; none for (0, 0)."""
    positions = torch.arange(tokens, device=spans.device)
    return (positions >= spans[..., :1]) & (positions < spans[..., 1:])


class SentencePooling(nn.Module):
    """One vector a piece: the mean of its tokens; their mean under learned weights, four sets for four slices; or the
    state of the [SEP] that ends it."""

    def __init__(self, hidden: int, kind: str) -> None:
        super().__init__()
        if kind not in POOLINGS:
            raise ValueError(f"pooling: got {kind!r}, expected {', '.join(POOLINGS)}")
        self.kind = kind
        self.heads = 4 if hidden % 4 == 0 else 1
        self.score = nn.Linear(hidden, self.heads) if kind == "attention" else None

    def forward(self, states: Tensor, spans: Tensor) -> Tensor:
        """states: (batch, tokens, hidden); spans: (batch, pieces, 2) -> (batch, pieces, hidden). (0, 0) pools to 0."""
        within = inside(spans, states.shape[1])
        if self.kind == "separator":
            within = within & (torch.arange(states.shape[1], device=spans.device) == spans[..., 1:] - 1)
        weights = within.to(states.dtype)
        if self.score is None:
            return weights @ states / weights.sum(-1, keepdim=True).clamp(min=1e-6)
        scores = self.score(states).transpose(1, 2)[:, :, None]  # (batch, heads, 1, tokens)
        weights = torch.softmax(scores.masked_fill(~within[:, None], -1e4), dim=-1) * weights[:, None]
        slices = states.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (batch, heads, tokens, slice)
        pooled: Tensor = (weights @ slices).transpose(1, 2).flatten(2)
        return pooled


class OutlookHead(nn.Module):
    """The outlook of each piece from its pooled vector and, where wanted, what else is known of it.

    previous: the pooled vector of the piece before it; mentions: for each type the expected number of its mentions
    (the sum of the tagger's B- probabilities) and the surest one; cues: how often each cue occurs. Counts as log(1+n).
    steps: the four log-probabilities come from two questions, whether there is an outlook and which direction it has,
    so that the many sentences with none do not teach directions.
    """

    def __init__(
        self, hidden: int, dropout: float, wide: bool, *, previous: bool, mentions: bool, cues: bool, steps: bool
    ) -> None:
        super().__init__()
        self.previous, self.mentions, self.cues, self.steps = previous, mentions, cues, steps
        width = hidden * (1 + previous) + 2 * len(ENTITY_LABELS) * mentions + len(CUES) * cues
        last = nn.Linear(hidden if wide else width, len(OUTLOOK_LABELS))
        first = [nn.Linear(width, hidden), nn.GELU(), nn.Dropout(dropout)] if wide else []
        # The dropout is for the pooled vectors: a count that is dropped says something else than one that is there.
        self.drop = nn.Dropout(dropout)
        self.layers = nn.Sequential(*first, last)
        for module in self.layers:
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)

    def forward(self, pooled: Tensor, spans: Tensor, tags: Tensor, cues: Tensor | None) -> Tensor:
        """pooled: (batch, pieces, hidden); tags: logits (batch, tokens, tags); cues: (batch, tokens) -> logits
        (batch, pieces, outlooks)."""
        parts = [self.drop(pooled)]
        if self.previous:
            parts.append(functional.pad(parts[0], (0, 0, 1, 0))[:, :-1])
        within = inside(spans, tags.shape[1])
        if self.mentions:
            parts.append(mention_features(tags, within))
        if self.cues:
            bits = cue_bits(torch.zeros_like(tags[..., 0], dtype=torch.long) if cues is None else cues)
            parts.append(torch.log1p(within.to(pooled.dtype) @ bits.to(pooled.dtype)))
        out: Tensor = self.layers(torch.cat(parts, dim=-1))
        return two_steps(out) if self.steps else out


def mention_features(tags: Tensor, within: Tensor) -> Tensor:
    """The expected number and the highest probability of mentions of each type: (batch, pieces, 2 * types).

    Without gradient: the outlook shall read the tagger, not bend it.
    """
    begins = [TAG_ID[f"B-{label}"] for label in ENTITY_LABELS]
    probabilities = torch.softmax(tags.detach().float(), dim=-1)[..., begins]  # (batch, tokens, types)
    counts = torch.log1p(within.to(probabilities.dtype) @ probabilities)
    surest = (within[..., None].to(probabilities.dtype) * probabilities[:, None]).amax(2)
    return torch.cat([counts, surest], dim=-1).to(tags.dtype)


def two_steps(scores: Tensor) -> Tensor:
    """(…, 4) scores of [outlook or none, three directions] -> log-probabilities of none and the three directions."""
    there = functional.logsigmoid(scores[..., :1])
    directions = functional.log_softmax(scores[..., 1:], dim=-1)
    return torch.cat([functional.logsigmoid(-scores[..., :1]), there + directions], dim=-1)
