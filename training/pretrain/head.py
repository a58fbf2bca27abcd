"""The loss head of masked language modelling beside its encoder, so that a run that goes on need not learn it anew.

Without it the first million tokens or so of a run with `start` go into the head (LOG.md, 2026-11-25). Fine-tuning does
not read it.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from training.pretrain.objective import MaskedLanguageModel, Objective
from training.settings import ConfigError

FILE = "mlm_head.safetensors"
PARTS = ("dense.weight", "dense.bias", "norm.weight", "norm.bias", "bias")


def save_head(model: Objective, folder: Path) -> None:
    """Write the head in fp16; of replaced-token detection nothing is kept."""
    if isinstance(model, MaskedLanguageModel):
        weights = model.state_dict()
        save_file({name: weights[name].half().cpu().contiguous() for name in PARTS}, folder / FILE)


def load_head(model: Objective, folder: Path) -> bool:
    """Put the head of a folder into the model, if the folder has one and the model wants one.

    Raises ConfigError for a head of another size than the encoder beside it.
    """
    path = folder / FILE
    if not path.exists() or not isinstance(model, MaskedLanguageModel):
        return False
    weights, own = load_file(path), model.state_dict()
    for name in PARTS:
        found = tuple(weights[name].shape) if name in weights else None
        wanted = tuple(own[name].shape)
        if found != wanted:
            raise ConfigError(
                f"start: {path}: {name}: got {found}, expected {wanted}; remove the file to learn it anew"
            )
    with torch.no_grad():
        for name in PARTS:
            own[name].copy_(weights[name])
    return True
