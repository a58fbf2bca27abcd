"""From a config to training rows: corpora, their shares of an epoch, class weights."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ausblick.labels import OUTLOOK_LABELS
from ausblick.windows import Encoder
from data.corpus import Item, read_corpus
from training.finetune.config import Corpus, Finetune
from training.finetune.examples import Lost, rows
from training.settings import ConfigError


def load_items(corpora: Sequence[Corpus], split: str, seed: int = 1) -> list[Item]:
    """The items of one split, repeated as the config says. Raises ConfigError when there are none."""
    out: list[Item] = []
    for corpus in corpora:
        if not corpus.path.exists():
            raise ConfigError(
                f"data: {corpus.path}: no such file; fetch it with `python -m data fetch {corpus.path.stem}`"
            )
        items = [item for item in read_corpus(corpus.path) if item.split == split][: corpus.limit]
        if not items:
            raise ConfigError(f"data: {corpus.path}: has no item of the {split} split")
        out += repeated(items, corpus.repeat, f"{seed}:{corpus.path.name}")
    return out


def repeated(items: list[Item], times: float, seed: str) -> list[Item]:
    """The items so many times; what is left of a whole number is a sample without replacement, in the items' order."""
    whole = int(times)
    chosen = random.Random(seed).sample(range(len(items)), round((times - whole) * len(items)))
    return items * whole + [items[i] for i in sorted(chosen)]


def training_rows(settings: Finetune, encoder: Encoder, lost: Lost) -> Iterator[dict[str, Any]]:
    """The rows of all training corpora, each with its weight and its own say about silver mentions."""
    for corpus in settings.data.train:
        items = load_items([corpus], "train", settings.seed)
        silver = settings.data.silver if corpus.silver is None else corpus.silver
        if not silver and any("silver" in item.article.meta for item in items):
            raise ConfigError(f"data.train: {corpus.path}: its labels are a model's; add `silver: true` to it")
        yield from rows(items, encoder, settings.augment, settings.seed, silver, lost, corpus.weight)


def balanced(table: Iterable[dict[str, Any]]) -> list[float]:
    """Weights of the four outlooks, inverse to their number and 1 on average over sentences.

    Raises ConfigError when one of them never occurs.
    """
    counts = Counter(label for row in table for label in row["outlook_labels"] if label >= 0)
    if missing := [name for i, name in enumerate(OUTLOOK_LABELS) if not counts[i]]:
        raise ConfigError(
            f"heads.outlook_class_weights: balanced: no training sentence is {missing[0]}; give four numbers, or null"
        )
    total = sum(counts.values())
    return [total / (len(OUTLOOK_LABELS) * counts[i]) for i in range(len(OUTLOOK_LABELS))]
