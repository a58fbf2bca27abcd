"""What a pretraining run minimises, and masked language modelling with whole-word masking (`rtd` has the other one).

The loss head is computed on masked positions only.

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

Figures = dict[str, tuple[float, int]]
"""Name -> (mean, number of tokens it is a mean over)."""


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


class Objective(nn.Module):
    """Networks and what is minimised over them; the trainer knows no more than this of an objective."""

    encoder: PreTrainedModel
    """What is kept when training ends."""

    def bodies(self) -> list[PreTrainedModel]:
        """The networks that are trained, `encoder` first."""
        return [self.encoder]

    def forward(self, inputs: Tensor, picked: Tensor, ids: Tensor, sampled: bool = False) -> Tensor:
        """The loss of a batch. ids: (batch, length) the text; inputs: the same, masked; picked: where it was masked.

        `sampled` allows the sampled softmax.
        """
        raise NotImplementedError

    def figures(self, inputs: Tensor, picked: Tensor, ids: Tensor, generator: torch.Generator) -> Figures:
        """Held-out figures of a batch, each with the number of tokens it is a mean over; the loss comes first."""
        raise NotImplementedError

    def compile(self, *args: object, **kwargs: object) -> None:
        """Compile the networks in place; the heads have another shape in each batch and stay as they are."""
        for body in self.bodies():
            body.compile(*args, **kwargs)

    def flops(self, length: int) -> float:
        """Operations of a training step for each token of the text, in sequences of `length` tokens.

        Forward and twice as much backward: 6 for each weight of the blocks and 12 x width for each key that attention
        looks at (Chowdhery et al. 2022, "PaLM", appendix B). Embeddings and loss heads are not counted.
        """
        return sum(_flops(body, length) for body in self.bodies())


def _flops(body: PreTrainedModel, length: int) -> float:
    weights = sum(p.numel() for name, p in body.named_parameters() if "embed" not in name)
    layers = getattr(body.config, "layer_types", None) or ["full_attention"] * body.config.num_hidden_layers
    local = getattr(body.config, "local_attention", length)
    keys = sum(length if kind == "full_attention" else min(length, local) for kind in layers)
    return float(6 * weights + 12 * body.config.hidden_size * keys)


class MaskedLanguageModel(Objective):
    """Encoder + transform + output layer that shares the input embeddings, or those of `table` when it is given."""

    def __init__(
        self,
        encoder: PreTrainedModel,
        candidates: int = 0,
        frequencies: Tensor | None = None,
        table: nn.Embedding | None = None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        size, width = (table or encoder.get_input_embeddings()).weight.shape
        self.dense = nn.Linear(encoder.config.hidden_size, width)
        self.norm = nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(size))
        self.candidates = candidates
        share = torch.full((size,), 1.0) if frequencies is None else frequencies.clamp(min=0.5)
        self.register_buffer("proposal", share.pow(0.75) / share.pow(0.75).sum(), persistent=False)

    def forward(self, inputs: Tensor, picked: Tensor, ids: Tensor, sampled: bool = False) -> Tensor:
        """Mean cross-entropy (nats) over picked positions.

        The number of picked positions is filled up to a multiple of 256 that the loss ignores: sizes that differ at
        every step break the heap into pieces that never fit again (some 20 MB a step were lost on a CPU).
        """
        rows = fill(torch.nonzero(picked.flatten()).squeeze(1), 256, 0)
        gold = fill(ids[picked], 256, IGNORE)
        states = self.transform(self.encoder(input_ids=inputs).last_hidden_state.flatten(0, 1)[rows])
        table = self.encoder.get_input_embeddings().weight
        if sampled and self.candidates:
            return self.sampled_loss(states, table, gold)
        return functional.cross_entropy(self.logits(states, table), gold)

    def figures(self, inputs: Tensor, picked: Tensor, ids: Tensor, generator: torch.Generator) -> Figures:
        """The loss in nats a masked token, over the whole vocabulary."""
        return {"held-out": (float(self(inputs, picked, ids)), int(picked.sum()))}

    def transform(self, states: Tensor) -> Tensor:
        """(masked, hidden) -> (masked, width of the embeddings)."""
        out: Tensor = self.norm(functional.gelu(self.dense(states)))
        return out

    def logits(self, states: Tensor, table: Tensor) -> Tensor:
        """Transformed states (masked, width) and embeddings (vocabulary, width) -> (masked, vocabulary) in fp32."""
        return (states @ table.T + self.bias).float()

    def sampled_loss(self, states: Tensor, table: Tensor, gold: Tensor) -> Tensor:
        """Mean cross-entropy against a sample of the vocabulary. gold: (masked,) token ids."""
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
