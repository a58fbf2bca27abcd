"""Distillation: the mean of several models' log-probabilities as a second target (Hinton et al. 2015).

An average of seeds is better than each of them; one student learns it and costs no more than one. A teacher teaches
only what it was trained for: one that was trained with `tag_weight: 0` teaches the outlook alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.utils.data import Dataset

from ausblick.network import Floats
from models.network import AusblickModel
from training.finetune.batches import LengthBatches
from training.finetune.examples import batch
from training.settings import ConfigError

INPUTS = ("input_ids", "attention_mask", "spans", "hints", "cues")


class Taught(Dataset[dict[str, Any]]):
    """Rows with the teachers' log-probabilities by name: `teacher_tags`, of each token (tokens, tags), and
    `teacher_outlook`, of each piece (pieces, outlooks); one of them where nobody teaches the other."""

    def __init__(self, table: Any, taught: dict[str, list[Floats]]) -> None:
        self.table, self.taught = table, taught

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, i: int) -> dict[str, Any]:
        return {**self.table[i], **{name: scores[i] for name, scores in self.taught.items()}}


def taught(
    table: Any, lengths: Sequence[int], teachers: Sequence[Path], tokenizer: Tokenizer, batch_tokens: int
) -> Taught:
    """Score every row with every teacher, once; augmented and hidden words are the student's affair.

    Raises ConfigError for a folder that is no finished model, or one with another vocabulary.
    """
    models = [load_teacher(path, tokenizer) for path in teachers]
    found = {"teacher_tags": [m for m in models if m.config.tag_weight],
             "teacher_outlook": [m for m in models if m.config.outlook_weight]}  # fmt: skip
    rows: dict[str, list[Floats]] = {name: [np.zeros((0, 0), np.float32)] * len(lengths) for name in found}
    for chosen in LengthBatches(lengths, batch_tokens, 0):
        part = [table[i] for i in chosen]
        feed = batch(part)
        sizes = {"teacher_tags": [lengths[i] for i in chosen], "teacher_outlook": [len(row["spans"]) for row in part]}
        scores = [_scores(model, feed) for model in models]
        for name, able in found.items():
            if able:
                mean = np.mean([s[name] for s, m in zip(scores, models, strict=True) if m in able], axis=0)
                for k, i in enumerate(chosen):
                    rows[name][i] = mean[k, : sizes[name][k]].copy()
    return Taught(table, {name: rows[name] for name, able in found.items() if able})


def _scores(model: AusblickModel, feed: dict[str, torch.Tensor]) -> dict[str, Floats]:
    """Log-probabilities of a batch: (batch, tokens, tags) and (batch, pieces, outlooks)."""
    with torch.no_grad():
        out = model(**{name: feed[name].to(model.device) for name in INPUTS})
    parts = {"teacher_tags": out.tags, "teacher_outlook": out.outlook}
    return {name: torch.log_softmax(x.float(), -1).cpu().numpy() for name, x in parts.items()}


def load_teacher(path: Path, tokenizer: Tokenizer) -> AusblickModel:
    """A fine-tuned model, in evaluation mode. Raises ConfigError when it cannot teach these tokens."""
    if not (path / "config.json").is_file() or not (path / "tokenizer.json").is_file():
        raise ConfigError(f"teachers: {path}: no config.json and tokenizer.json; name the RUN/model of a finished run")
    if Tokenizer.from_file(str(path / "tokenizer.json")).get_vocab() != tokenizer.get_vocab():
        raise ConfigError(f"teachers: {path}: another vocabulary than the encoder's; teacher and student must share it")
    model: AusblickModel = AusblickModel.from_pretrained(path)
    model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
    return model
