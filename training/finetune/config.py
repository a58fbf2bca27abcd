"""The config of a fine-tuning run."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from training.settings import Settings


class Corpus(Settings):
    path: Path
    repeat: float = Field(1, gt=0)
    """How often an epoch sees each of its items; 0.3 is a sample of 30 %, 2.5 two copies and a sample of half."""
    limit: int | None = None
    """Only the first so many items; for smoke runs."""
    weight: float = Field(1, ge=0)
    """How much its gold counts in the loss; for labels that a model made."""
    silver: bool | None = None
    """Whether mentions that a rule or a model made are trained on; unset: as `data.silver` says."""


class Data(Settings):
    train: tuple[Corpus, ...] = Field(min_length=1)
    """Corpus files, of which the train split is read."""
    dev: tuple[Corpus, ...] = Field(min_length=1)
    """Corpus files, of which the dev split is read."""
    silver: bool = False
    """Whether mentions that a rule made are trained on."""


class Windows(Settings):
    max_tokens: int = Field(256, ge=16, le=8192)
    context: int = Field(1, ge=0)
    """Sentences that a window repeats from the one before it."""
    max_sentences: int = Field(0, ge=0)
    """Most sentences that a window labels; 0: as many as fit. With 1 and `context: 0` sentences are read alone."""


class Heads(Settings):
    hints: bool = True
    """Feed the amounts grammar's spans and legal forms as one more embedding."""
    cues: bool = False
    """Feed the outlook cues (word lists and rules, `ausblick/cues.txt`) as one more embedding."""
    names: bool = True
    """Listed names of organisations (`ausblick/names.txt`) are among the cues, those that teachers read included."""
    cue_features: bool = False
    """How often each cue occurs in a sentence goes straight to the sentence head as well; needs `cues`."""
    pooling: Literal["mean", "attention", "separator"] = "attention"
    """One vector a sentence: mean of its tokens, their mean under learned weights, or the state of its [SEP]."""
    dropout: float = Field(0.1, ge=0, lt=1)
    outlook_hidden: bool = True
    """A hidden layer in the sentence head."""
    outlook_steps: bool = False
    """Two questions (is there an outlook? which direction?) instead of one of four classes."""
    mention_features: bool = False
    """The sentence head sees how many mentions of each type the tagger expects in the sentence."""
    previous: bool = False
    """The sentence head sees the vector of the sentence before as well."""
    crf: bool = False
    """Learn scores of tag transitions (a CRF) instead of only forbidding the illegal ones."""
    tag_weight: float = Field(1.0, ge=0)
    """Weight of the tagging loss; 0 trains the outlook alone."""
    outlook_weight: float = Field(0.5, ge=0)
    """Weight of the outlook loss beside the tagging loss; 0 trains the tagger alone."""
    outlook_class_weights: tuple[float, float, float, float] | Literal["balanced"] | None = None
    """Weights of none, positive, neutral, negative; `balanced`: inverse to their number in the training data."""
    focal_gamma: float = Field(0.0, ge=0)
    """Focal loss for the outlook: sentences that are known already count less; 2 is usual, 0 is off."""
    label_smoothing: float = Field(0.0, ge=0, lt=0.5)
    """For the outlook."""
    tag_smoothing: float = Field(0.0, ge=0, lt=0.5)
    """For the tags; not with `crf`."""

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.cue_features and not self.cues:
            raise ValueError("cue_features needs cues: true")
        if self.crf and self.tag_smoothing:
            raise ValueError("tag_smoothing has no meaning for a CRF: set tag_smoothing: 0 or crf: false")
        if self.tag_weight == 0 == self.outlook_weight:
            raise ValueError("tag_weight and outlook_weight are both 0: nothing would be learnt")
        return self


class Augment(Settings):
    copies: int = Field(0, ge=0)
    """Augmented copies of each covered article beside the original."""
    names: float = Field(0.5, ge=0, le=1)
    amounts: float = Field(0.3, ge=0, le=1)
    sources: tuple[str, ...] = ()
    """Sources to augment; empty: all."""


class Optimizer(Settings):
    lr: float = Field(2e-4, gt=0)
    head_lr: float = Field(1e-3, gt=0)
    layer_decay: float = Field(1.0, gt=0, le=1)
    """Each layer's learning rate as a share of that of the layer above it."""
    weight_decay: float = 0.01
    warmup: float = Field(0.06, ge=0, lt=1)
    epochs: float = Field(6, gt=0)
    """2.5 stops in the middle of the third."""
    batch_tokens: int = Field(2048, ge=64)
    """Padded tokens in a batch of windows."""
    accumulate: int = Field(1, ge=1)
    """Batches a step, over all processes together where their number divides it."""
    word_dropout: float = Field(0.0, ge=0, lt=1)
    """Share of the training tokens that are hidden behind [MASK], drawn anew each time."""
    mention_mask: float = Field(0.0, ge=0, le=1)
    """Share of the ORG mentions in training that are hidden behind [MASK] as a whole: context must tell them."""
    cue_dropout: float = Field(0.0, ge=0, le=1)
    """Share of the kinds of cues that a training window does without."""
    ema: float = Field(0.0, ge=0, lt=1)
    """Score and keep a moving average of the weights with this decay a step; 0 is off."""


class Distil(Settings):
    weight: float = Field(0.5, ge=0, le=1)
    """Share of the teachers in the loss of a head that they teach; the rest is the gold's."""
    temperature: float = Field(2.0, gt=0)
    """Softens teachers and student; above 1 the teachers' second thoughts count more."""


class Finetune(Settings):
    run: Path
    """Folder of the run: resolved config, checksums, checkpoints, scores of each epoch, the best model."""
    encoder: str
    """A folder or a hub name of a BERT-family encoder."""
    seed: int = 1
    data: Data
    windows: Windows = Windows()
    heads: Heads = Heads()
    augment: Augment = Augment()
    optimizer: Optimizer = Optimizer()
    teachers: tuple[Path, ...] = ()
    """`RUN/model` folders with the same vocabulary, whose mean logits are learnt beside the gold. Each teaches what it
    was trained for: a head whose weight was 0 is left out. A head that nobody teaches learns from the gold alone."""
    distil: Distil = Distil()
    select: Literal["mean", "ORG", "MONEY", "PERCENT", "outlook"] = "mean"
    """The development score that chooses the best epoch."""
    patience: int = Field(3, ge=1)
    """Epochs without a better development score before training stops."""
    log_steps: int = Field(50, ge=1)
    """Steps from one line of the training loss to the next."""
    threads: int = 0
