"""Distillation: the mean of several models' log-probabilities as a second target (Hinton et al. 2015).

An average of seeds is better than each of them; one student learns it and costs no more than one. A teacher teaches
only what it was trained for: one that was trained with `tag_weight: 0` teaches the outlook alone.
"""

from __future__ import annotations

from collections import Counter
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
WEIGHTS = {"teacher_tags": "tag_weight", "teacher_outlook": "outlook_weight"}
"""What a teacher may teach, and the weight in its config that says whether it learnt it."""


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
    sums: dict[str, list[Floats]] = {}
    teaching: Counter[str] = Counter()
    for path in teachers:
        model = load_teacher(path, tokenizer)
        names = [name for name, weight in WEIGHTS.items() if getattr(model.config, weight)]
        teaching.update(names)
        for chosen in LengthBatches(lengths, batch_tokens, 0):
            part = [table[i] for i in chosen]
            scores = _scores(model, batch(part))
            pieces = [len(row["spans"]) for row in part]
            sizes = {"teacher_tags": [lengths[i] for i in chosen], "teacher_outlook": pieces}
            for name in names:
                into = sums.setdefault(name, [np.zeros((), np.float32)] * len(lengths))
                for k, i in enumerate(chosen):
                    into[i] = into[i] + scores[name][k, : sizes[name][k]]
    return Taught(table, {name: [x / np.float32(teaching[name]) for x in rows] for name, rows in sums.items()})


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
