"""`python -m training snapshot RUN ENCODER`: a checkpoint of an unfinished pretraining run as an encoder folder."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer

from training.pretrain.config import Pretrain
from training.pretrain.loop import Progress
from training.pretrain.rtd import make_objective
from training.pretrain.run import start_encoder, write_encoder
from training.settings import ConfigError


def snapshot(run: Path, target: Path, state: str = "state.pt") -> Progress:
    """Write the encoder of `RUN/state` to `target`; returns how far it was. Raises ConfigError without a checkpoint."""
    if not (run / state).exists():
        raise ConfigError(f"{run / state}: no checkpoint; start `python -m training pretrain CONFIG` first")
    settings = Pretrain.read(run / "config.yaml")
    tokenizer = Tokenizer.from_file(str(run / "tokenizer.json"))
    encoder = start_encoder(settings, tokenizer.get_vocab_size())
    model = make_objective(settings.objective, settings.rtd, encoder)
    saved = torch.load(run / state, weights_only=True, map_location="cpu")
    model.load_state_dict(saved["model"])
    progress = Progress(**saved["progress"])
    write_encoder(model, tokenizer, settings, progress, target)
    return progress


def main(run: Path, target: Path) -> int:
    """Run from the command line."""
    progress = snapshot(run, target)
    print(f"{target}: step {progress.step}, {progress.tokens / 1e6:.1f}M tokens")
    return 0
