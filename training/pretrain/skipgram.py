"""Skip-gram vectors of the WordPiece ids as the start of the embedding matrix (gensim)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel

from training.pretrain.config import SkipGram
from training.pretrain.pack import Ids
from training.pretrain.vocabulary import SEP


class Lines:
    """The packed lines as lists of ids in text form; may be walked more than once, as gensim wants."""

    def __init__(self, ids: Ids, limit: int) -> None:
        self.ids = np.asarray(ids[:limit])
        self.ends = np.flatnonzero(self.ids == SEP)

    def __iter__(self) -> Iterator[list[str]]:
        start = 0
        for end in self.ends:
            if end > start:
                yield [str(i) for i in self.ids[start:end]]
            start = int(end) + 1


def start_from_skip_gram(encoder: PreTrainedModel, ids: Ids, settings: SkipGram, seed: int) -> int:
    """Overwrite the input embeddings of all tokens that occur often enough; returns how many.

    The vectors are scaled to the standard deviation of the random start (that of the config's `initializer_range`), so
    that the first layers see inputs of the size they were made for.
    """
    from gensim.models import Word2Vec

    size = encoder.get_input_embeddings().weight.shape[1]
    model: Any = Word2Vec(
        Lines(ids, settings.max_tokens),
        vector_size=size,
        window=settings.window,
        min_count=settings.min_count,
        sg=1,
        negative=5,
        epochs=settings.epochs,
        seed=seed,
        workers=torch.get_num_threads(),
        sample=1e-4,
    )
    vectors = model.wv.vectors
    vectors = (vectors - vectors.mean(0)) / vectors.std() * encoder.config.initializer_range
    rows = torch.tensor([int(key) for key in model.wv.index_to_key])
    with torch.no_grad():
        encoder.get_input_embeddings().weight[rows] = torch.from_numpy(vectors.astype(np.float32))
    return len(rows)
