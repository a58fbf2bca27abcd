"""Tokenise once into a memory-mapped stream of ids: lines one after the other, each closed by [SEP]."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from training.pretrain.vocabulary import SEP

Ids = npt.NDArray[np.uint16]


def pack(tokenizer: Tokenizer, text: Iterator[str], target: Path, batch: int = 4096) -> int:
    """Write the ids of all lines to `target` (uint16, no header); returns how many there are.

    The file gets its name only when it is complete, so an interrupted packing is never taken for a whole one.
    """
    partial = target.with_suffix(".partial")
    total = 0
    with partial.open("wb") as out:
        while chunk := list(itertools.islice(text, batch)):
            for encoding in tokenizer.encode_batch_fast(chunk, add_special_tokens=False):
                ids = np.array([*encoding.ids, SEP], dtype=np.uint16)
                ids.tofile(out)
                total += len(ids)
    partial.rename(target)
    return total


def load(path: Path) -> Ids:
    """The packed stream, shape (tokens,), memory-mapped read-only."""
    return np.memmap(path, dtype=np.uint16, mode="r")
