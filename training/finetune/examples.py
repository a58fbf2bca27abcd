"""Labelled articles as training windows, made by the same encoder of windows that inference uses."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ausblick.hints import find_hints
from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS, TAG_ID, spans_to_bio
from ausblick.network import Floats, collate
from ausblick.windows import Encoder, Piece, Window
from data.augment import Augmentation, augment
from data.corpus import Item
from models.losses import IGNORE
from training.finetune.config import Augment


@dataclass
class Lost:
    """What the network cannot be taught; printed before training."""

    mentions: int = 0
    unreachable: int = 0
    """Mentions whose edges are inside a token, or that cross a cut: the best prediction is still wrong."""
    examples: list[str] = field(default_factory=list)


def example(window: Window, item: Item, tags: dict[int, list[str]], numbers: dict[int, int]) -> dict[str, Any]:
    """One row of the dataset. Context pieces are labelled as well: their gold is as good as any."""
    labels = [IGNORE] * len(window.ids)
    outlook = []
    for piece, start in zip(window.pieces, window.starts, strict=True):
        for word, tag in zip(piece.words, tags[id(piece)], strict=True):
            labels[start + word] = TAG_ID[tag]
        outlook.append(numbers.get(piece.sentence, IGNORE))
    covers = [label in item.covers for label in ENTITY_LABELS]
    return {"ids": window.ids, "hints": window.hints, "cues": window.cues, "spans": window.token_spans,
            "tag_labels": labels, "outlook_labels": outlook, "covers": covers}


def examples(item: Item, encoder: Encoder, silver: bool = False, lost: Lost | None = None) -> Iterator[dict[str, Any]]:
    """The training rows of an item. Mentions of layers that are not covered are left out unless they are silver and
    `silver` says that those are wanted."""
    article = item.article
    hints = find_hints(article.text) if encoder.hints else ()
    pieces = encoder.pieces(article.text, [(s.start, s.end) for s in article.sentences], hints)
    wanted = [(e.start, e.end, e.label) for e in article.entities
              if (e.label in item.covers and not e.silver) or (e.silver and silver)]
    tags = {id(piece): spans_to_bio(wanted, piece.spans) for piece in pieces}
    if lost is not None:
        _count_lost(wanted, pieces, article.text, lost)
    numbers = {}
    if "outlook" in item.covers:
        numbers = {i: OUTLOOK_LABELS.index(s.outlook) for i, s in enumerate(article.sentences) if s.outlook}
    for window in encoder.windows(pieces):
        yield example(window, item, tags, numbers)


def _count_lost(wanted: list[tuple[int, int, str]], pieces: list[Piece], text: str, lost: Lost) -> None:
    starts = {(k, s) for k, piece in enumerate(pieces) for s, _ in piece.spans}
    ends = {(k, e) for k, piece in enumerate(pieces) for _, e in piece.spans}
    for start, end, label in wanted:
        lost.mentions += 1
        if not any((k, start) in starts and (k, end) in ends for k in range(len(pieces))):
            lost.unreachable += 1
            lost.examples.append(f"{label} {text[start:end]!r} in {text[max(0, start - 15):end + 15]!r}")


def rows(items: Iterable[Item], encoder: Encoder, settings: Augment, seed: int, silver: bool = False,
         lost: Lost | None = None, weight: float = 1.0) -> Iterator[dict[str, Any]]:
    """The rows of all items and of their augmented copies, deterministic under the seed; each counts as `weight`."""
    strength = Augmentation(names=settings.names, amounts=settings.amounts)
    for item in items:
        for row in examples(item, encoder, silver, lost):
            yield row | {"weight": weight}
        if settings.sources and item.source not in settings.sources:
            continue
        for copy in range(settings.copies):
            generator = random.Random(f"{seed}:{copy}:{item.article.id}")
            for row in examples(augment(item, generator, strength), encoder, silver):
                yield row | {"weight": weight}


def batch(features: list[dict[str, Any]], multiple: int = 8) -> dict[str, Tensor]:
    """Rows as padded tensors for `AusblickModel.forward`."""
    length = -(-max(len(f["ids"]) for f in features) // multiple) * multiple
    windows = [_View(f) for f in features]
    feed: dict[str, Tensor] = {k: torch.from_numpy(v) for k, v in collate(windows, length).items()}  # type: ignore[arg-type]
    tags = np.full((len(features), length), IGNORE, dtype=np.int64)
    outlook = np.full((len(features), feed["spans"].shape[1]), IGNORE, dtype=np.int64)
    for row, f in enumerate(features):
        tags[row, : len(f["tag_labels"])] = f["tag_labels"]
        outlook[row, : len(f["outlook_labels"])] = f["outlook_labels"]
    covers = torch.tensor([f["covers"] for f in features], dtype=torch.bool)
    feed |= {"tag_labels": torch.from_numpy(tags), "outlook_labels": torch.from_numpy(outlook), "covers": covers,
             "weights": torch.tensor([f["weight"] for f in features], dtype=torch.float32)}
    for name, like in (("teacher_tags", "input_ids"), ("teacher_outlook", "spans")):
        if name in features[0]:
            feed[name] = _stack([f[name] for f in features], feed[like].shape[1])
    return feed


def _stack(parts: list[Floats], length: int) -> Tensor:
    """Arrays (n, classes) with different n as one (batch, length, classes), zeros behind each."""
    out = np.zeros((len(parts), length, parts[0].shape[1]), dtype=np.float32)
    for row, part in enumerate(parts):
        out[row, : len(part)] = part
    return torch.from_numpy(out)


class _View:
    """A dataset row that looks like the window it was made from."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.ids, self.hints, self.cues, self.token_spans = row["ids"], row["hints"], row["cues"], row["spans"]
        self.pieces = row["spans"]
