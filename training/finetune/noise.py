"""What training hides from the network, drawn anew for every batch: words, whole names, kinds of cues.

A small corpus is learnt by heart, its names first; a hidden name must be told by its context. Inference hides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ausblick.cues import CUES
from ausblick.labels import TAG_ID
from models.losses import IGNORE
from training.finetune.config import Optimizer
from training.settings import ConfigError


@dataclass(frozen=True)
class Noise:
    """Shares of words, ORG mentions and kinds of cues to hide; draws from torch's global generator."""

    mask: int
    """What stands in for a hidden token: [MASK], or [UNK] where the vocabulary has none."""
    special: tuple[int, ...]
    """Tokens that are never hidden: [CLS], [SEP], padding."""
    words: float = 0.0
    mentions: float = 0.0
    cues: float = 0.0

    @classmethod
    def of(cls, tokenizer: Any, settings: Optimizer) -> Noise:
        """The noise of a config. Raises ConfigError when the vocabulary has nothing to hide words behind."""
        mask = next((i for i in map(tokenizer.token_to_id, ("[MASK]", "[UNK]")) if i is not None), None)
        if mask is None:
            if settings.word_dropout or settings.mention_mask:
                raise ConfigError("optimizer: word_dropout and mention_mask need a [MASK] or [UNK] in the vocabulary")
            mask = 0
        special = tuple(tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]"))
        return cls(mask, (0, *special), settings.word_dropout, settings.mention_mask, settings.cue_dropout)

    def __call__(self, feed: dict[str, Tensor]) -> dict[str, Tensor]:
        """A batch with some of it hidden; tensors that do not change are the same objects."""
        ids = feed["input_ids"]
        fixed = torch.isin(ids, torch.tensor(self.special)) | (feed["attention_mask"] == 0)
        hidden = torch.zeros_like(fixed)
        if self.words:
            hidden |= torch.rand(ids.shape) < self.words
        if self.mentions:
            hidden |= drawn_mentions(feed["tag_labels"], self.mentions)
        out = dict(feed)
        if hidden.any():
            out["input_ids"] = torch.where(hidden & ~fixed, self.mask, ids)
        if self.cues:
            kept = torch.rand(len(ids), len(CUES)) >= self.cues  # (windows, kinds)
            bits = kept.long() @ torch.tensor([1 << k for k in range(len(CUES))])
            out["cues"] = feed["cues"] & bits[:, None]
        return out


def drawn_mentions(labels: Tensor, share: float) -> Tensor:
    """(batch, tokens) bool: all tokens of a `share` of the ORG mentions, the [SEP] after one perhaps as well.

    labels: (batch, tokens), -100 where no word starts: such a token belongs to the word before it.
    """
    positions = torch.arange(labels.shape[1]).expand_as(labels)
    word = torch.where(labels != IGNORE, positions, 0).cummax(1).values
    of_word = labels.gather(1, word)
    starts = labels == TAG_ID["B-ORG"]
    chosen = torch.rand(len(labels), labels.shape[1] + 1) < share  # one draw a mention
    within = (of_word == TAG_ID["B-ORG"]) | (of_word == TAG_ID["I-ORG"])
    return within & chosen.gather(1, starts.long().cumsum(1))
