"""Batches of windows of similar length under a token budget."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from torch.utils.data import Sampler


class LengthBatches(Sampler[list[int]]):
    """Batches of indices whose padded size is at most `batch_tokens`; their order changes with every epoch.

    Which rows share a batch is fixed by the seed (lengths with a little noise, sorted, cut), so that every epoch has
    the same number of batches; a short sentence costs a short batch, not a padded window.

    With several processes the one number `rank` of `world` gets every `world`-th batch: a step of all of them is what
    one process does in `world` batches. The last round is filled up from the front, so that all have as many.
    """

    def __init__(self, lengths: Sequence[int], batch_tokens: int, seed: int, rank: int = 0, world: int = 1) -> None:
        self.seed, self.epoch, self.rank, self.world = seed, 0, rank, world
        generator = random.Random(seed)
        order = sorted(range(len(lengths)), key=lambda i: lengths[i] * generator.uniform(0.9, 1.1))
        self.batches: list[list[int]] = []
        current: list[int] = []
        longest = 0
        for i in order:
            longest = max(longest, lengths[i])
            if current and longest * (len(current) + 1) > batch_tokens:
                self.batches.append(current)
                current, longest = [], lengths[i]
            current.append(i)
        if current:
            self.batches.append(current)

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        return -(-len(self.batches) // self.world)

    def __iter__(self) -> Iterator[list[int]]:
        order = list(range(len(self.batches)))
        random.Random(f"{self.seed}:{self.epoch}").shuffle(order)
        for k in range(len(self)):
            yield self.batches[order[(k * self.world + self.rank) % len(order)]]
