"""A page of text, its config, and a trainer on it: what the tests of pretraining share."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer

from tests.tiny import TEXT
from training.pretrain.config import Pretrain
from training.pretrain.loop import Trainer
from training.pretrain.objective import build_encoder
from training.pretrain.pack import load
from training.pretrain.rtd import make_objective
from training.pretrain.run import prepare, word_starts

BASE = {"hidden_size": 32, "layers": 2, "heads": 2, "intermediate_size": 48, "positions": 64}


def quiet(line: str) -> None:
    """Says nothing."""


def settings_for(folder: Path, **changes: object) -> Pretrain:
    """A config of two seconds over a text that it writes to `folder`."""
    text = folder / "text.txt"
    names = [
        a + b
        for a in ("Ost", "West", "Süd", "Hoch", "Neu", "Alt", "Ober")
        for b in ("werk", "hof", "bau", "kraft", "land", "haus", "stahl", "see")
    ]
    lines = [f"{line} So steht es bei {name}." for name in names for line in TEXT.splitlines()]
    text.write_text("\n".join(lines), encoding="utf8")
    tree: dict[str, object] = {
        "run": folder / "run",
        "text": [{"path": text, "min_chars": 20}],
        "vocabulary": {"size": 400, "min_frequency": 1},
        "encoder": BASE | {"local_attention": 16},
        "length": 32,
        "final_length": 64,
        "batch_tokens": 256,
        "candidates": 64,
        "held_out": 4,
        "held_out_share": 0.05,
        "threads": 1,
        "log_every": 0.2,
        "budget": "2s",
    }
    return Pretrain.model_validate(tree | changes)


def trainer_for(config: Pretrain) -> Trainer:
    """A trainer at the start of a run, always over 400 tokens."""
    prepare(config, quiet)
    tokenizer = Tokenizer.from_file(str(config.run / "tokenizer.json"))
    torch.manual_seed(config.seed)
    ids, held = load(config.run / "tokens.bin"), load(config.run / "held.bin")
    model = make_objective(config.objective, config.rtd, build_encoder(config.encoder, 400), config.candidates)
    starts = torch.zeros(400, dtype=torch.bool)
    starts[: tokenizer.get_vocab_size()] = word_starts(tokenizer)
    return Trainer(config, model, ids, held, starts, say=quiet)
