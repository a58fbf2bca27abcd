"""The input of the reader: a text with an id, and what its owner already knows about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """An article to read."""

    id: str
    text: str
    sentences: tuple[tuple[int, int], ...] | None = None
    """Character offsets (end-exclusive) of the owner's own sentences, in order; they win over the splitter's."""
    meta: Mapping[str, Any] = field(default_factory=dict)
    """Everything else, handed through to `Article.meta` untouched; JSON-ready."""
