"""Distillation: the mean of several models' log-probabilities as a second target (Hinton et al. 2015).

An average of seeds is better than each of them; one student learns it and costs no more than one.
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
    """Rows with the teachers' log-probabilities: of each token (tokens, tags), of each piece (pieces, outlooks)."""

    def __init__(self, table: Any, tags: list[Floats], outlook: list[Floats]) -> None:
        self.table, self.tags, self.outlook = table, tags, outlook

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, i: int) -> dict[str, Any]:
        return {**self.table[i], "teacher_tags": self.tags[i], "teacher_outlook": self.outlook[i]}


def taught(
    table: Any, lengths: Sequence[int], teachers: Sequence[Path], tokenizer: Tokenizer, batch_tokens: int
) -> Taught:
    """Score every row with every teacher, once; augmented and hidden words are the student's affair.

    Raises ConfigError for a folder that is no finished model, or one with another vocabulary.
    """
    tags = [np.zeros((n, 0), np.float32) for n in lengths]
    outlook = list(tags)
    for path in teachers:
        model = load_teacher(path, tokenizer)
        for chosen in LengthBatches(lengths, batch_tokens, 0):
            rows = [table[i] for i in chosen]
            feed = batch(rows)
            with torch.no_grad():
                out = model(**{name: feed[name].to(model.device) for name in INPUTS})
            found = [torch.log_softmax(x.float(), -1).cpu().numpy() / len(teachers) for x in (out.tags, out.outlook)]
            for k, i in enumerate(chosen):
                for into, part, n in ((tags, found[0][k], lengths[i]), (outlook, found[1][k], len(rows[k]["spans"]))):
                    into[i] = part[:n] + into[i] if into[i].shape[1] else part[:n].copy()
    return Taught(table, tags, outlook)


def load_teacher(path: Path, tokenizer: Tokenizer) -> AusblickModel:
    """A fine-tuned model, in evaluation mode. Raises ConfigError when it cannot teach these tokens."""
    if not (path / "config.json").is_file() or not (path / "tokenizer.json").is_file():
        raise ConfigError(f"teachers: {path}: no config.json and tokenizer.json; name the RUN/model of a finished run")
    if Tokenizer.from_file(str(path / "tokenizer.json")).get_vocab() != tokenizer.get_vocab():
        raise ConfigError(f"teachers: {path}: another vocabulary than the encoder's; teacher and student must share it")
    model: AusblickModel = AusblickModel.from_pretrained(path)
    model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
    return model
