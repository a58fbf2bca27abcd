"""`python -m training pretrain CONFIG`: text to vocabulary to packed ids to an encoder folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from transformers import AutoConfig, AutoModel, PreTrainedModel

from ausblick.network import usable_cores
from data.text import lines
from models.network import encoder_options
from training.pretrain.config import Pretrain
from training.pretrain.head import FILE, load_head, save_head
from training.pretrain.loop import CLOCKS, DECAY, Progress, Trainer, uses_bf16
from training.pretrain.objective import Objective, build_encoder
from training.pretrain.pack import load, pack
from training.pretrain.peak import peak_flops
from training.pretrain.rtd import make_objective
from training.pretrain.vocabulary import SPECIAL, hub_tokenizer, train_vocabulary, words_to_keep
from training.settings import ConfigError

MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": "4000000000",
    "MALLOC_TRIM_THRESHOLD_": "40000000000",
    "MALLOC_TOP_PAD_": "1000000000",
}
"""glibc gives every large tensor back and takes it again at each step; kept, a step is 5 to 15 % faster."""

STATES = ("state.pt", "stable.pt")
"""The checkpoints of a run: the newest, and the one before the learning rate falls."""


def is_held_out(line: str, share: float) -> bool:
    """Whether a line belongs to the held-out text: by its hash, so that all copies of a line share their side."""
    return int.from_bytes(hashlib.blake2b(line.encode(), digest_size=4).digest(), "big") < share * 2**32


def prepare(settings: Pretrain, say: Any = print) -> None:
    """Make the vocabulary and the packed text of a run, unless they are there."""
    settings.run.mkdir(parents=True, exist_ok=True)
    tokens, held, vocabulary = (settings.run / name for name in ("tokens.bin", "held.bin", "tokenizer.json"))
    if tokens.exists() and held.exists() and vocabulary.exists():
        return
    text = list(lines(t.source() for t in settings.text))
    say(f"text: {len(text):,} lines, {sum(map(len, text)) / 1e6:.1f}M characters")
    train = [line for line in text if not is_held_out(line, settings.held_out_share)]
    out = sorted({line for line in text if is_held_out(line, settings.held_out_share)})
    if settings.start and not vocabulary.exists():
        shutil.copyfile(started_vocabulary(settings.start), vocabulary)
    if not vocabulary.exists():
        v = settings.vocabulary
        keep = words_to_keep(v.words, train, v.words_min_count) if v.words else []
        train_vocabulary(iter(train[::2]), v.size, v.min_frequency, keep).save(str(vocabulary))
    tokenizer = Tokenizer.from_file(str(vocabulary))
    np.random.default_rng(settings.seed).shuffle(out)
    say(
        f"vocabulary: {tokenizer.get_vocab_size():,} pieces; held-out text: {pack(tokenizer, iter(out), held):,} tokens"
    )
    say(f"training text: {pack(tokenizer, iter(train), tokens) / 1e6:.1f}M tokens")


def started_vocabulary(start: Path) -> Path:
    """The tokenizer.json of an encoder folder. Raises ConfigError without one, or with other special tokens."""
    path = start / "tokenizer.json"
    if not path.exists():
        raise ConfigError(f"start: {path}: no such file; name a folder that `training pretrain` or `snapshot` wrote")
    tokenizer = Tokenizer.from_file(str(path))
    first = tuple(tokenizer.id_to_token(i) for i in range(len(SPECIAL)))
    if first != SPECIAL:
        raise ConfigError(f"start: {path}: the first tokens are {first}, expected {SPECIAL}")
    return path


def word_starts(tokenizer: Tokenizer) -> Tensor:
    """(vocabulary,) bool: False for the pieces that continue a word."""
    vocabulary = tokenizer.get_vocab(with_added_tokens=True)
    return torch.tensor([not piece.startswith("##") for piece in sorted(vocabulary, key=lambda p: vocabulary[p])])


def frequencies(ids: Iterable[int], size: int) -> Tensor:
    """(size,) how often each token occurs in the first ten million."""
    return torch.from_numpy(np.bincount(np.asarray(ids)[:10_000_000], minlength=size)).float()


def start_encoder(settings: Pretrain, vocabulary_size: int, attention: str = "eager") -> PreTrainedModel:
    """The encoder that a run begins with: that of the folder `start`, else a random one."""
    if settings.start is None:
        return build_encoder(settings.encoder, vocabulary_size, attention)
    options = encoder_options(AutoConfig.from_pretrained(settings.start).model_type)
    encoder: PreTrainedModel = AutoModel.from_pretrained(
        settings.start, dtype=torch.float32, attn_implementation=attention, **options
    )
    return encoder


def build(settings: Pretrain, tokenizer: Tokenizer, ids: Any, say: Any = print, fresh: bool = True) -> Objective:
    """The model at its random start under the config's seed; with skip-gram vectors where it is a `fresh` one."""
    torch.manual_seed(settings.seed)
    cuda = torch.cuda.is_available()
    encoder = start_encoder(settings, tokenizer.get_vocab_size(), "sdpa" if cuda else "eager")
    if settings.skip_gram and fresh:
        from training.pretrain.skipgram import start_from_skip_gram

        clock = CLOCKS[settings.clock]
        started = clock()
        count = start_from_skip_gram(encoder, ids, settings.skip_gram, settings.seed)
        say(f"skip-gram: vectors of {count:,} tokens in {clock() - started:.0f} s, beside the budget")
    counts = frequencies(ids, encoder.config.vocab_size)
    model = make_objective(settings.objective, settings.rtd, encoder, 0 if cuda else settings.candidates, counts)
    if settings.start and load_head(model, settings.start):
        say(f"loss head: {settings.start / FILE}")
    if settings.compile:
        model.compile()
    return model


def pretrain(settings: Pretrain, stop_after: float = float("inf"), say: Any = None) -> Progress:
    """Prepare, train or resume, and write the encoder folder `RUN/encoder` when the budget is used up."""
    say = say or _log_to(settings.run)
    torch.set_num_threads(settings.threads or usable_cores())
    prepare(settings, say)
    (settings.run / "config.yaml").write_text(settings.to_yaml(), encoding="utf8")
    tokenizer = Tokenizer.from_file(str(settings.run / "tokenizer.json"))
    ids, held = load(settings.run / "tokens.bin"), load(settings.run / "held.bin")
    fresh = not any((settings.run / name).exists() for name in STATES)
    model = build(settings, tokenizer, ids, say, fresh)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    peak, source = peak_flops(device, uses_bf16(device))
    say(f"peak: {peak / 1e9:,.0f} GFLOP/s in {'bf16' if uses_bf16(device) else 'fp32'} ({source})")
    trainer = Trainer(settings, model, ids, held, word_starts(tokenizer), device, say, peak)
    _resume(trainer, say)
    progress = trainer.run(stop_after)
    if trainer.fraction() >= 1:
        write_encoder(model, tokenizer, settings, progress, settings.run / "encoder")
        say(f"encoder: {settings.run / 'encoder'}")
    else:
        trainer.save(settings.run / "state.pt")
    return progress


def _resume(trainer: Trainer, say: Any) -> None:
    """Continue from the newest state whose schedule still fits the budget."""
    for name in STATES:
        path = trainer.settings.run / name
        if not path.exists():
            continue
        trainer.resume(path)
        cooled = (trainer.settings.run / "stable.pt").exists() and name == "state.pt"
        if cooled and trainer.fraction() < 1 - DECAY:  # a larger budget: go on from before the decay
            continue
        say(f"resumed {path.name} at step {trainer.progress.step}, {trainer.progress.elapsed / 60:.1f} min")
        return


def write_encoder(
    model: Objective, tokenizer: Tokenizer, settings: Pretrain, progress: Progress, target: Path
) -> None:
    """Save the encoder in the hub's format (fp16 safetensors), its tokenizer and what it was trained on."""
    encoder = model.encoder
    original = {name: p.dtype for name, p in encoder.named_parameters()}
    encoder.half().save_pretrained(target)
    save_head(model, target)
    for name, parameter in encoder.named_parameters():
        parameter.data = parameter.data.to(original[name])
    hub_tokenizer(tokenizer, encoder.config.max_position_embeddings).save_pretrained(target)
    report = {
        "steps": progress.step,
        "tokens": progress.tokens,
        "minutes": round(progress.elapsed / 60, 1),
        "objective": settings.objective,
        "held_out_loss": progress.losses[-1][1] if progress.losses else None,
        "held_out": progress.held_out,
        "passes": progress.epoch + 1,
        "settings": settings.model_dump(mode="json"),
    }
    (target / "pretraining.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf8")


def _log_to(run: Path) -> Any:
    def say(line: str) -> None:
        print(line, flush=True)
        run.mkdir(parents=True, exist_ok=True)
        with (run / "log.txt").open("a", encoding="utf8") as log:
            log.write(line + "\n")

    return say


def main(config: Path, overrides: list[str]) -> int:
    """Run from the command line. Sets the allocator's environment and starts itself anew, since glibc reads it once."""
    settings = Pretrain.read(config, overrides)
    if os.name == "posix" and not os.environ.keys() & MALLOC.keys():
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | MALLOC)
    pretrain(settings)
    return 0
