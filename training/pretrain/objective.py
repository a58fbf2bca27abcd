"""Masked language modelling with whole-word masking; the loss head is computed on masked positions only.

On a CPU the softmax over the whole vocabulary costs as much as the encoder, so training may use a sampled softmax: the
targets of the batch plus `candidates` tokens drawn from the unigram distribution, whose logits are corrected by their
log expected count (Bengio & Senécal 2008; Jean et al. 2015). The held-out loss is always the full one.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel, BertConfig, ModernBertConfig, PreTrainedConfig, PreTrainedModel

from models.losses import IGNORE
from training.pretrain.config import Encoder
from training.pretrain.vocabulary import CLS, MASK, PAD, SEP, SPECIAL


def build_encoder(settings: Encoder, vocabulary_size: int, attention: str = "eager") -> PreTrainedModel:
    """A randomly started encoder without a pooler. The vocabulary is padded to a multiple of 64.

    Eager attention is the faster one on a CPU: at 128 tokens torch's fused CPU kernel takes three times as long in
    its backward pass (LOG.md, 2026-11-23). Dropout is 0: no token is seen often enough to overfit.
    """
    shape = {
        "vocab_size": -(-vocabulary_size // 64) * 64,
        "hidden_size": settings.hidden_size,
        "num_hidden_layers": settings.layers,
        "num_attention_heads": settings.heads,
        "intermediate_size": settings.intermediate_size,
        "max_position_embeddings": settings.positions,
        "pad_token_id": PAD,
        "cls_token_id": CLS,
        "sep_token_id": SEP,
        "bos_token_id": CLS,
        "eos_token_id": SEP,
    }
    config: PreTrainedConfig
    if settings.block == "bert":
        config = BertConfig(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, **shape)
    else:
        config = ModernBertConfig(
            local_attention=settings.local_attention,
            layer_types=[
                "full_attention" if i % settings.global_every == 0 else "sliding_attention"
                for i in range(settings.layers)
            ],
            **shape,
        )
    extra = {"add_pooling_layer": False} if settings.block == "bert" else {}
    model: PreTrainedModel = AutoModel.from_config(config, attn_implementation=attention, **extra)
    return model


def fill(values: Tensor, multiple: int, filler: int) -> Tensor:
    """(n,) values with `filler` behind them up to the next multiple."""
    return functional.pad(values, (0, -len(values) % multiple), value=filler)


def whole_word_mask(
    ids: Tensor, word_start: Tensor, share: float, vocabulary_size: int, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Mask `share` of the words of each row: 80 % [MASK], 10 % a random token, 10 % as they are (BERT's mix).

    ids: (batch, length) int64; word_start: (vocabulary,) bool, False for `##` pieces.
    Returns the model's input and the mask of positions to predict, both (batch, length).
    """
    start = word_start[ids].clone()
    start[:, 0] = True
    word = start.cumsum(1) - 1  # number of the word of each piece
    draw = torch.rand(ids.shape, generator=generator, device=ids.device)
    picked = torch.gather(draw, 1, word) < share  # the word's draw decides for all its pieces
    picked &= ids >= len(SPECIAL)
    dice = torch.rand(ids.shape, generator=generator, device=ids.device)
    noise = torch.randint(len(SPECIAL), vocabulary_size, ids.shape, generator=generator, device=ids.device)
    masked = torch.where(picked & (dice < 0.8), MASK, ids)
    return torch.where(picked & (dice >= 0.9), noise, masked), picked


class MaskedLanguageModel(nn.Module):
    """Encoder + transform + output layer that shares the input embeddings."""

    def __init__(self, encoder: PreTrainedModel, candidates: int = 0, frequencies: Tensor | None = None) -> None:
        super().__init__()
        self.encoder = encoder
        hidden: int = encoder.config.hidden_size
        size: int = encoder.config.vocab_size
        self.dense = nn.Linear(hidden, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.bias = nn.Parameter(torch.zeros(size))
        self.candidates = candidates
        share = torch.full((size,), 1.0) if frequencies is None else frequencies.clamp(min=0.5)
        self.register_buffer("proposal", share.pow(0.75) / share.pow(0.75).sum(), persistent=False)

    def forward(self, ids: Tensor, picked: Tensor, targets: Tensor, sampled: bool = False) -> Tensor:
        """Mean cross-entropy (nats) over picked positions. ids, targets, picked: (batch, length).

        The number of picked positions is filled up to a multiple of 256 that the loss ignores: sizes that differ at
        every step break the heap into pieces that never fit again (some 20 MB a step were lost on a CPU).
        """
        rows = fill(torch.nonzero(picked.flatten()).squeeze(1), 256, 0)
        gold = fill(targets[picked], 256, IGNORE)
        states = self.encoder(input_ids=ids).last_hidden_state.flatten(0, 1)[rows]  # (masked, hidden)
        states = self.norm(functional.gelu(self.dense(states)))
        table = self.encoder.get_input_embeddings().weight  # (vocabulary, hidden)
        if not sampled or not self.candidates:
            return functional.cross_entropy((states @ table.T + self.bias).float(), gold)
        return self._sampled_loss(states, table, gold)

    def _sampled_loss(self, states: Tensor, table: Tensor, gold: Tensor) -> Tensor:
        proposal: Tensor = self.proposal  # type: ignore[assignment]
        drawn = torch.multinomial(proposal, self.candidates, replacement=True)
        present = torch.zeros(len(proposal), dtype=torch.bool, device=gold.device)
        present[drawn] = True
        in_batch = torch.zeros_like(present)
        in_batch[gold[gold != IGNORE]] = True
        exact = torch.nonzero(present | in_batch).squeeze(1)  # (chosen,) sorted token ids
        place = torch.zeros(len(proposal), dtype=torch.long, device=gold.device)
        place[exact] = torch.arange(len(exact), device=gold.device)
        chosen = fill(exact, 512, 0)
        # A token is among the candidates with probability 1 - (1-p)^k by the draw, and 1-(1-p)^m as a target.
        tries = self.candidates + int((gold != IGNORE).sum())
        inclusion = -torch.expm1(tries * torch.log1p(-proposal[chosen]))
        logits = (states @ table[chosen].T + self.bias[chosen]).float() - inclusion.log()
        logits[:, len(exact) :] = float("-inf")
        return functional.cross_entropy(logits, torch.where(gold == IGNORE, IGNORE, place[gold]))
