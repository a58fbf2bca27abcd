"""One encoder, two heads: BIO tags for tokens, an outlook for sentences.

The encoder is any BERT-family model of transformers. Gold may lack a layer: what is not covered takes no part in the
loss, and an unlabelled amount is never trained as O (`tagging_loss`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.utils import ModelOutput

from ausblick.cues import CUES
from ausblick.hints import HINTS
from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS, TAGS

IGNORE = -100


class AusblickConfig(PreTrainedConfig):
    """Config of `AusblickModel`; `encoder` is the encoder's own config as a dict with its `model_type`."""

    model_type = "ausblick"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        hints: bool = False,
        cues: bool = False,
        pooling: str = "attention",
        dropout: float = 0.1,
        outlook_hidden: bool = True,
        outlook_weight: float = 1.0,
        outlook_class_weights: list[float] | None = None,
        label_smoothing: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.encoder = encoder or {}
        self.hints = hints
        self.cues = cues
        self.pooling = pooling
        self.dropout = dropout
        self.outlook_hidden = outlook_hidden
        self.outlook_weight = outlook_weight
        self.outlook_class_weights = outlook_class_weights
        self.label_smoothing = label_smoothing

    def encoder_config(self) -> PreTrainedConfig:
        values = dict(self.encoder)
        return AutoConfig.for_model(values.pop("model_type"), **values)


@dataclass
class AusblickOutput(ModelOutput):
    """loss: scalar or None; tags: (batch, tokens, tags); outlook: (batch, pieces, outlooks); all logits."""

    loss: Tensor | None = None
    tags: Tensor | None = None
    outlook: Tensor | None = None


class SentencePooling(nn.Module):
    """One vector a piece: the mean of its tokens, or their mean under learned weights, four sets for four slices."""

    def __init__(self, hidden: int, kind: str) -> None:
        super().__init__()
        if kind not in ("mean", "attention"):
            raise ValueError(f"pooling: got {kind!r}, expected mean or attention")
        self.heads = 4 if hidden % 4 == 0 else 1
        self.score = nn.Linear(hidden, self.heads) if kind == "attention" else None

    def forward(self, states: Tensor, spans: Tensor) -> Tensor:
        """states: (batch, tokens, hidden); spans: (batch, pieces, 2) -> (batch, pieces, hidden). (0, 0) pools to 0."""
        positions = torch.arange(states.shape[1], device=states.device)
        inside = (positions >= spans[..., :1]) & (positions < spans[..., 1:])  # (batch, pieces, tokens)
        weights = inside.to(states.dtype)
        if self.score is None:
            return weights @ states / weights.sum(-1, keepdim=True).clamp(min=1e-6)
        scores = self.score(states).transpose(1, 2)[:, :, None]  # (batch, heads, 1, tokens)
        weights = torch.softmax(scores.masked_fill(~inside[:, None], -1e4), dim=-1) * weights[:, None]
        slices = states.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (batch, heads, tokens, slice)
        pooled: Tensor = (weights @ slices).transpose(1, 2).flatten(2)
        return pooled


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


class AusblickModel(PreTrainedModel):
    """Encoder, token head and sentence head."""

    config_class = AusblickConfig
    base_model_prefix = "ausblick"
    _supports_sdpa = True
    _supports_flash_attn = True

    def __init__(self, config: AusblickConfig, encoder: PreTrainedModel | None = None) -> None:
        super().__init__(config)
        if encoder is None:
            encoder = AutoModel.from_config(
                config.encoder_config(),
                attn_implementation=config._attn_implementation or "eager",
                **encoder_options(config.encoder["model_type"]),
            )
        self.encoder = encoder
        hidden: int = encoder.config.hidden_size
        self.hints = nn.Embedding(len(HINTS), embedding_size(encoder)) if config.hints else None
        self.cues = CueEmbedding(embedding_size(encoder)) if config.cues else None
        self.drop = nn.Dropout(config.dropout)
        self.tagger = nn.Linear(hidden, len(TAGS))
        self.pooling = SentencePooling(hidden, config.pooling)
        self.outlook = (
            nn.Sequential(
                nn.Dropout(config.dropout),
                nn.Linear(hidden, hidden),
                nn.GELU(),
                nn.Dropout(config.dropout),
                nn.Linear(hidden, len(OUTLOOK_LABELS)),
            )
            if config.outlook_hidden
            else nn.Sequential(nn.Dropout(config.dropout), nn.Linear(hidden, len(OUTLOOK_LABELS)))
        )
        for module in (self.tagger, *self.outlook):
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)
        if self.hints is not None:
            nn.init.normal_(self.hints.weight, std=0.02)
            with torch.no_grad():
                self.hints.weight[0].zero_()
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Parts start as their own constructors say; a loaded encoder must not be started again."""

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        spans: Tensor,
        hints: Tensor | None = None,
        cues: Tensor | None = None,
        tag_labels: Tensor | None = None,
        outlook_labels: Tensor | None = None,
        covers: Tensor | None = None,
        return_loss: bool = True,
    ) -> AusblickOutput:
        """Logits, and the loss when labels are given.

        input_ids, attention_mask, hints, cues, tag_labels: (batch, tokens), tag_labels -100 where no word starts;
        spans: (batch, pieces, 2) token start and end; outlook_labels: (batch, pieces), -100 where not covered;
        covers: (batch, entity labels) bool, which types the gold of that window covers.
        """
        states = self.states(input_ids, attention_mask, hints, cues)
        tags = self.tagger(self.drop(states))  # (batch, tokens, tags)
        outlook = self.outlook(self.pooling(states, spans))  # (batch, pieces, outlooks)
        loss = None
        if tag_labels is not None and covers is not None and outlook_labels is not None:
            smoothing = self.config.label_smoothing if self.training else 0.0
            loss = tagging_loss(tags, tag_labels, covers) + self.config.outlook_weight * outlook_loss(
                outlook, outlook_labels, self.config.outlook_class_weights, smoothing
            )
        return AusblickOutput(loss=loss, tags=tags, outlook=outlook)

    def states(self, input_ids: Tensor, attention_mask: Tensor, hints: Tensor | None, cues: Tensor | None) -> Tensor:
        """The encoder's last states (batch, tokens, hidden), over word vectors plus those of hints and cues."""
        parts = ((self.hints, hints), (self.cues, cues))
        added = [part(given) for part, given in parts if part is not None and given is not None]
        if not added:
            plain: Tensor = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            return plain
        vectors = sum(added, self.encoder.get_input_embeddings()(input_ids))
        states: Tensor = self.encoder(inputs_embeds=vectors, attention_mask=attention_mask).last_hidden_state
        return states


def tagging_loss(logits: Tensor, labels: Tensor, covers: Tensor) -> Tensor:
    """Mean negative log-likelihood of what the gold allows, over the labelled words.

    Where the gold says O but does not cover a type, a tag of that type is allowed as well: the loss is the marginal
    -log(p(O) + p(B-type) + p(I-type)) (partial-label likelihood, Jie et al. 2019). A window that covers no type is left
    out. logits: (batch, tokens, tags); labels: (batch, tokens); covers: (batch, types) bool.
    """
    of_type = torch.tensor([[tag[2:] == label for label in ENTITY_LABELS] for tag in TAGS], device=logits.device)
    open_tags = (of_type[None] & ~covers[:, None]).any(-1)  # (batch, tags) not covered
    scores = functional.log_softmax(logits.float(), dim=-1)
    known = labels != IGNORE
    gold = labels.clamp(min=0)
    exact = scores.gather(-1, gold[..., None]).squeeze(-1)  # (batch, tokens)
    allowed = open_tags.clone()
    allowed[:, 0] = True
    marginal = scores.masked_fill(~allowed[:, None], float("-inf")).logsumexp(-1)
    chosen = torch.where(gold == 0, marginal, exact)
    counted = known & covers.any(-1, keepdim=True)
    return -(chosen * counted).sum() / counted.sum().clamp(min=1)


def outlook_loss(
    logits: Tensor, labels: Tensor, weights: Sequence[float] | None = None, smoothing: float = 0.0
) -> Tensor:
    """Weighted cross-entropy over the covered sentences; 0, with a gradient of 0, when a batch has none."""
    known = labels != IGNORE
    if not known.any():
        return logits.sum() * 0.0
    weight = None if weights is None else torch.tensor(weights, device=logits.device)
    return functional.cross_entropy(logits[known].float(), labels[known], weight=weight, label_smoothing=smoothing)


def encoder_options(model_type: str) -> dict[str, Any]:
    """What keeps AutoModel from adding a pooler that nothing uses."""
    return {"add_pooling_layer": False} if model_type in ("bert", "roberta", "camembert", "xlm-roberta") else {}


def embedding_size(encoder: PreTrainedModel) -> int:
    """Width of the input embeddings; ELECTRA's is not its hidden size."""
    return int(encoder.get_input_embeddings().weight.shape[1])


AutoConfig.register("ausblick", AusblickConfig, exist_ok=True)
AutoModel.register(AusblickConfig, AusblickModel, exist_ok=True)
