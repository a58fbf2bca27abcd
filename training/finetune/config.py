"""The config of a fine-tuning run."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from training.settings import Settings


class Corpus(Settings):
    path: Path
    repeat: int = Field(1, ge=1)
    """How often an epoch sees each of its items."""
    limit: int | None = None
    """Only the first so many items; for smoke runs."""


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


class Heads(Settings):
    hints: bool = True
    """Feed the amounts grammar's spans and legal forms as one more embedding."""
    cues: bool = False
    """Feed the outlook cues (word lists and rules, `ausblick/cues.txt`) as one more embedding."""
    pooling: Literal["mean", "attention"] = "attention"
    dropout: float = Field(0.1, ge=0, lt=1)
    outlook_hidden: bool = True
    outlook_weight: float = Field(0.5, ge=0)
    """Weight of the outlook loss beside the tagging loss; 0 trains the tagger alone."""
    outlook_class_weights: tuple[float, float, float, float] | None = None
    """Weights of none, positive, neutral, negative."""
    label_smoothing: float = Field(0.0, ge=0, lt=0.5)


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
    batch_tokens: int = Field(2048, ge=64)
    """Padded tokens in a batch of windows."""
    accumulate: int = Field(1, ge=1)


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
    patience: int = Field(3, ge=1)
    """Epochs without a better development score before training stops."""
    threads: int = 0
