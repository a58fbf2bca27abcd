"""One encoder, two heads: BIO tags for tokens, an outlook for sentences.

The encoder is any BERT-family model of transformers. Gold may lack a layer: what is not covered takes no part in the
loss, and an unlabelled amount is never trained as O (`models.losses`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.utils import ModelOutput

from ausblick.hints import HINTS
from ausblick.labels import TAGS
from models.crf import Transitions
from models.losses import counted_words, distillation_loss, outlook_loss, tagging_loss
from models.parts import CueEmbedding, OutlookHead, SentencePooling


class AusblickConfig(PreTrainedConfig):
    """Config of `AusblickModel`; `encoder` is the encoder's own config as a dict with its `model_type`.

    The other keys are those of `heads` in a fine-tuning config, where each is described.
    """

    model_type = "ausblick"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        hints: bool = False,
        cues: bool = False,
        names: bool = True,
        pooling: str = "attention",
        dropout: float = 0.1,
        outlook_hidden: bool = True,
        outlook_steps: bool = False,
        mention_features: bool = False,
        cue_features: bool = False,
        previous: bool = False,
        crf: bool = False,
        tag_weight: float = 1.0,
        outlook_weight: float = 1.0,
        outlook_class_weights: list[float] | None = None,
        focal_gamma: float = 0.0,
        label_smoothing: float = 0.0,
        tag_smoothing: float = 0.0,
        distil_weight: float = 0.0,
        distil_temperature: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.encoder = encoder or {}
        self.hints, self.cues, self.names = hints, cues, names
        self.pooling, self.dropout = pooling, dropout
        self.outlook_hidden, self.outlook_steps = outlook_hidden, outlook_steps
        self.mention_features, self.cue_features, self.previous = mention_features, cue_features, previous
        self.crf = crf
        self.tag_weight, self.outlook_weight = tag_weight, outlook_weight
        self.outlook_class_weights, self.focal_gamma = outlook_class_weights, focal_gamma
        self.label_smoothing, self.tag_smoothing = label_smoothing, tag_smoothing
        self.distil_weight, self.distil_temperature = distil_weight, distil_temperature

    def encoder_config(self) -> PreTrainedConfig:
        values = dict(self.encoder)
        return AutoConfig.for_model(values.pop("model_type"), **values)


@dataclass
class AusblickOutput(ModelOutput):
    """loss: scalar or None; tags: (batch, tokens, tags); outlook: (batch, pieces, outlooks); all logits."""

    loss: Tensor | None = None
    tags: Tensor | None = None
    outlook: Tensor | None = None


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
        self.crf = Transitions() if config.crf else None
        self.pooling = SentencePooling(hidden, config.pooling)
        self.outlook = OutlookHead(
            hidden,
            config.dropout,
            config.outlook_hidden,
            previous=config.previous,
            mentions=config.mention_features,
            cues=config.cues and config.cue_features,
            steps=config.outlook_steps,
        )
        nn.init.normal_(self.tagger.weight, std=0.02)
        nn.init.zeros_(self.tagger.bias)
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
        weights: Tensor | None = None,
        teacher_tags: Tensor | None = None,
        teacher_outlook: Tensor | None = None,
        return_loss: bool = True,
    ) -> AusblickOutput:
        """Logits, and the loss when labels are given.

        input_ids, attention_mask, hints, cues, tag_labels: (batch, tokens), tag_labels -100 where no word starts;
        spans: (batch, pieces, 2) token start and end; outlook_labels: (batch, pieces), -100 where not covered;
        covers: (batch, entity labels) bool, which types the gold of that window covers; weights: (batch,), how much
        each window's gold counts; teacher_tags, teacher_outlook: logits to learn from beside it, shaped as the outputs.
        """
        states = self.states(input_ids, attention_mask, hints, cues)
        tags = self.tagger(self.drop(states))  # (batch, tokens, tags)
        outlook = self.outlook(self.pooling(states, spans), spans, tags, cues)  # (batch, pieces, outlooks)
        loss = None
        if tag_labels is not None and covers is not None and outlook_labels is not None:
            tagging = self.tagging_loss(tags, tag_labels, covers, spans, weights)
            of_sentences = self.outlook_loss(outlook, outlook_labels, weights)
            share, t = self.config.distil_weight, self.config.distil_temperature
            if teacher_tags is not None:  # at every word, covered or not
                words = counted_words(tag_labels, torch.ones_like(covers))
                tagging = (1 - share) * tagging + share * distillation_loss(tags, teacher_tags, words, t)
            if teacher_outlook is not None:  # at every sentence
                taught = distillation_loss(outlook, teacher_outlook, spans[..., 1] > 0, t)
                of_sentences = (1 - share) * of_sentences + share * taught
            loss = self.config.tag_weight * tagging + self.config.outlook_weight * of_sentences
        return AusblickOutput(loss=loss, tags=tags, outlook=outlook)

    def tagging_loss(
        self, tags: Tensor, tag_labels: Tensor, covers: Tensor, spans: Tensor, weights: Tensor | None
    ) -> Tensor:
        """The tagger's loss against the gold; smoothing counts in training only."""
        if self.crf is not None:
            return self.crf.loss(tags, tag_labels, covers, spans, weights)
        return tagging_loss(tags, tag_labels, covers, weights, self.config.tag_smoothing if self.training else 0.0)

    def outlook_loss(self, outlook: Tensor, outlook_labels: Tensor, weights: Tensor | None) -> Tensor:
        """The sentence head's loss against the gold; smoothing and focus count in training only."""
        c = self.config
        smoothing, gamma = (c.label_smoothing, c.focal_gamma) if self.training else (0.0, 0.0)
        return outlook_loss(outlook, outlook_labels, c.outlook_class_weights, smoothing, gamma, weights)

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


def encoder_options(model_type: str) -> dict[str, Any]:
    """What keeps AutoModel from adding a pooler that nothing uses."""
    return {"add_pooling_layer": False} if model_type in ("bert", "roberta", "camembert", "xlm-roberta") else {}


def embedding_size(encoder: PreTrainedModel) -> int:
    """Width of the input embeddings; ELECTRA's is not its hidden size."""
    return int(encoder.get_input_embeddings().weight.shape[1])


AutoConfig.register("ausblick", AusblickConfig, exist_ok=True)
AutoModel.register(AusblickConfig, AusblickModel, exist_ok=True)
