"""Corpora that someone has already converted to JSON Lines with offsets: the handed-round files of this project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from data.convert.tidy import Gold, finish
from data.corpus import Item
from data.text import open_text


def read(path: Path, split: str = "train") -> Iterator[Item]:
    """The items of such a file; `split` is for lines that name none. Raises ValueError with `file:line`."""
    with open_text(path) as lines:
        for number, raw in enumerate(lines, 1):
            try:
                record = json.loads(raw)
                entities = [(e["start"], e["end"], e["label"]) for e in record["entities"]]
                yield finish(Gold(
                    record["id"], record["source"], record.get("split", split), tuple(record["covers"]),
                    record["text"], entities, [(s["start"], s["end"], s.get("outlook")) for s in record["sentences"]],
                    frozenset((e["start"], e["end"], e["label"]) for e in record["entities"] if e.get("silver")),
                    record.get("meta")))
            except (KeyError, TypeError, json.JSONDecodeError) as error:
                raise ValueError(f"{path}:{number}: not a corpus line, {error}; see data/README.md") from error
