"""Replaced-token detection (Clark et al. 2020, "ELECTRA: Pre-training Text Encoders as Discriminators").

A small generator fills the masked positions by masked language modelling; the encoder says for every token whether it
is the text's own. Every token is a training signal, not only the masked ones; the price is a second network.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedModel

from training.pretrain.config import Encoder, ReplacedTokens
from training.pretrain.objective import Figures, MaskedLanguageModel, Objective, build_encoder
from training.pretrain.vocabulary import SPECIAL


def generator_shape(settings: Encoder, share: float) -> Encoder:
    """The encoder's shape with about `share` of its width: fewer heads of the same size, the same number of layers."""
    heads = max(1, round(settings.heads * share))
    return settings.model_copy(
        update={
            "heads": heads,
            "hidden_size": settings.hidden_size // settings.heads * heads,
            "intermediate_size": max(8, settings.intermediate_size * heads // settings.heads // 8 * 8),
        }
    )


def shape_of(encoder: PreTrainedModel) -> Encoder:
    """The shape of an encoder as settings: one that a run goes on from has its own, not that of the config."""
    c = encoder.config
    kinds = getattr(c, "layer_types", None) or []
    apart = [i for i, kind in enumerate(kinds) if kind == "full_attention"][1:2]
    return Encoder(
        block="modernbert" if c.model_type == "modernbert" else "bert",
        hidden_size=c.hidden_size,
        layers=c.num_hidden_layers,
        heads=c.num_attention_heads,
        intermediate_size=c.intermediate_size,
        positions=c.max_position_embeddings,
        local_attention=getattr(c, "local_attention", 128),
        global_every=apart[0] if apart else c.num_hidden_layers,
    )


def draw(logits: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """One token a row in proportion to its probability: (rows, vocabulary) -> (rows,).

    By the cumulative sum: `torch.multinomial` draws a random number for each token of the vocabulary, which on a CPU
    takes longer than all the rest of the generator.
    """
    cumulative = torch.softmax(logits, -1).cumsum(-1)
    point = torch.rand(len(logits), 1, device=logits.device, generator=generator) * cumulative[:, -1:]
    return torch.searchsorted(cumulative, point).squeeze(1).clamp(max=logits.shape[1] - 1)


class ReplacedTokenDetection(Objective):
    """Generator and discriminator over one table of embeddings, which reaches the narrower generator by a projection.

    The discriminator's gradient does not reach the generator: a draw has none.
    """

    def __init__(
        self,
        encoder: PreTrainedModel,
        settings: ReplacedTokens,
        candidates: int = 0,
        frequencies: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.weight = settings.weight
        table = encoder.get_input_embeddings()
        shape = generator_shape(shape_of(encoder), settings.generator)
        small = build_encoder(shape, len(SPECIAL), encoder.config._attn_implementation)
        small.get_input_embeddings().requires_grad_(False)  # never looked at: it is fed projected embeddings
        self.project = nn.Linear(table.weight.shape[1], shape.hidden_size, bias=False)
        self.generator = MaskedLanguageModel(small, candidates, frequencies, table)
        self.dense = nn.Linear(encoder.config.hidden_size, encoder.config.hidden_size)
        self.score = nn.Linear(encoder.config.hidden_size, 1)

    def bodies(self) -> list[PreTrainedModel]:
        return [self.encoder, self.generator.encoder]

    def forward(self, inputs: Tensor, picked: Tensor, ids: Tensor, sampled: bool = False) -> Tensor:
        """The generator's loss (nats a masked token) + weight x the discriminator's (nats a token)."""
        loss, filled = self.generate(inputs, picked, ids, sampled)
        found = self.scores(filled)
        return loss + self.weight * functional.binary_cross_entropy_with_logits(found, (filled != ids).float())

    def generate(
        self, inputs: Tensor, picked: Tensor, ids: Tensor, sampled: bool, random: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        """The generator's loss, and the text with its masked positions filled by the generator, (batch, length)."""
        table, gold = self.encoder.get_input_embeddings().weight, ids[picked]
        embeds = self.project(functional.embedding(inputs, table))  # (batch, length, generator's width)
        head = self.generator
        states = head.transform(head.encoder(inputs_embeds=embeds).last_hidden_state[picked])
        if sampled and head.candidates:
            loss = head.sampled_loss(states, table, gold)
            with torch.no_grad():  # what is drawn comes from the whole vocabulary, at the cost of a forward pass
                logits = head.logits(states, table)
        else:
            logits = head.logits(states, table)
            loss = functional.cross_entropy(logits, gold)
        return loss, ids.masked_scatter(picked, draw(logits.detach(), random))

    def scores(self, ids: Tensor) -> Tensor:
        """(batch, length) token ids -> (batch, length) logits in fp32 that a token is not the text's own."""
        states = self.encoder(input_ids=ids).last_hidden_state
        out: Tensor = self.score(functional.gelu(self.dense(states))).squeeze(-1).float()
        return out

    def figures(self, inputs: Tensor, picked: Tensor, ids: Tensor, generator: torch.Generator) -> Figures:
        """The discriminator's loss, the generator's, the share of replaced tokens that are found, and the AUC.

        A token counts as found when its probability is above one half. AUC: the chance that a replaced token scores
        higher than one of the text's own, .5 for guessing; the mean over batches.
        """
        loss, filled = self.generate(inputs, picked, ids, False, generator)
        found, replaced = self.scores(filled), filled != ids
        binary = functional.binary_cross_entropy_with_logits(found, replaced.float())
        count = int(replaced.sum())
        return {
            "held-out": (float(binary), ids.numel()),
            "generator": (float(loss), int(picked.sum())),
            "found": (float((found[replaced] > 0).float().mean()) if count else 0.0, count),
            "AUC": (area(found[replaced], found[~replaced]), count),
        }


def area(high: Tensor, low: Tensor) -> float:
    """The share of pairs in which the score of `high` is above that of `low`; ties count half. .5 without pairs."""
    if not len(high) or not len(low):
        return 0.5
    ordered = low.sort().values
    below = torch.searchsorted(ordered, high) + torch.searchsorted(ordered, high, right=True)
    return float(below.double().mean() / 2 / len(low))


def make_objective(
    kind: str,
    settings: ReplacedTokens,
    encoder: PreTrainedModel,
    candidates: int = 0,
    frequencies: Tensor | None = None,
) -> Objective:
    """The objective that a config names: `mlm` or `rtd`."""
    if kind == "rtd":
        return ReplacedTokenDetection(encoder, settings, candidates, frequencies)
    return MaskedLanguageModel(encoder, candidates, frequencies)
