"""The config of a pretraining run."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from data.text import Source, read_words
from training.settings import Seconds, Settings


class TextSource(Settings):
    path: Path
    splits: tuple[str, ...] = ()
    """For a corpus in the project's format: the splits that may be read."""
    repeat: float = Field(1.0, gt=0)
    """Copies of this source in the mix; 0.5 keeps half of its lines."""
    min_chars: int = 60
    """Shorter lines are mostly fragments and are left out."""
    words: Path | None = None
    """A word list: only lines with at least `min_words` of its words are taken."""
    min_words: int = Field(2, ge=1)

    def source(self) -> Source:
        words = frozenset(read_words(self.words)) if self.words else frozenset()
        return Source(self.path, self.splits, self.repeat, self.min_chars, words, self.min_words)


class Vocabulary(Settings):
    size: int = Field(28000, ge=100, le=65000)
    min_frequency: int = 5
    words: Path | None = None
    """A list of words that stay whole when the text has them often enough to be learnt."""
    words_min_count: int = 30


class Encoder(Settings):
    block: Literal["bert", "modernbert"] = "modernbert"
    hidden_size: int = 384
    layers: int = 6
    heads: int = 6
    intermediate_size: int = 1024
    """ModernBERT's gated layer has three matrices: 1024 there has the parameters of 1536 in BERT."""
    positions: int = 512
    local_attention: int = 128
    """Width in tokens of the local attention of ModernBERT's layers."""
    global_every: int = 3


class SkipGram(Settings):
    epochs: int = Field(2, ge=1)
    window: int = Field(5, ge=1)
    min_count: int = Field(5, ge=1)
    max_tokens: int = Field(20_000_000, ge=1)
    """Tokens of the packed text that are read, in each epoch."""


class ReplacedTokens(Settings):
    """Of `objective: rtd`; the weight is ELECTRA's (Clark et al. 2020), whose generators have 1/4 to 1/2 the width."""

    generator: float = Field(1 / 3, gt=0, le=1)
    """Width of the generator as a share of the encoder's, rounded to whole attention heads."""
    weight: float = Field(50.0, gt=0)
    """Weight of the discriminator's loss beside the generator's."""


class Pretrain(Settings):
    run: Path
    """Folder of the run: vocabulary, packed text, checkpoints, log, the encoder at the end."""
    seed: int = 13
    text: tuple[TextSource, ...] = Field(min_length=1)
    vocabulary: Vocabulary = Vocabulary()
    encoder: Encoder = Encoder()
    start: Path | None = None
    """An encoder folder to go on from, with its vocabulary and shape; `encoder` and `vocabulary` then count for
    nothing. The optimiser starts anew, so the rate warms up again."""
    objective: Literal["mlm", "rtd"] = "mlm"
    """Masked language modelling or replaced-token detection."""
    rtd: ReplacedTokens = ReplacedTokens()
    skip_gram: SkipGram | None = None
    """Start the embeddings from skip-gram vectors of the same token ids. Its time is not part of the budget."""
    budget: Seconds = 1500.0
    """Time of training; the learning rate reaches its floor when it is used up."""
    clock: Literal["wall", "cpu"] = "wall"
    """What the budget counts: time on the wall, or that of the process' threads on the processor, by which runs with
    `threads: 1` can be compared while other work shares the cores."""
    length: int = 128
    final_length: int = 256
    final_share: float = Field(0.1, ge=0, lt=1)
    """Share of the budget, at its end, that is trained with `final_length`."""
    batch_tokens: int = 8192
    accumulate: int = 1
    mask: float = Field(0.25, gt=0, lt=0.6)
    """Share of words that are masked; above BERT's 15 % since every masked token is a training signal
    (Wettig et al. 2023, "Should You Mask 15 % in Masked Language Modeling?")."""
    candidates: int = 4096
    """Random tokens beside the batch's targets in the sampled softmax; 0 takes the whole vocabulary."""
    optimizer: Literal["adamw", "muon"] = "adamw"
    lr: float = 1e-3
    muon_lr: float = 2e-3
    weight_decay: float = 0.01
    warmup: float = 0.03
    """Share of the budget."""
    checkpoint_every: Seconds = 300.0
    log_every: Seconds = 20.0
    held_out: int = 256
    """Sequences of the held-out text that the held-out loss is computed on."""
    held_out_share: float = Field(0.002, gt=0, lt=0.5)
    """Share of the lines, chosen by their hash, that are never trained on."""
    threads: int = 0
    """0: one for each core that the process may use."""
    compile: bool = False
    """Compile the networks by `torch.compile`, before the budget begins; wants a C++ compiler."""
