"""AdHocQuAD: announcements in SQuAD's JSON. Only the texts are taken; the labels are this project's own (standoff)."""

from __future__ import annotations

import json
from pathlib import Path


def texts(path: Path) -> dict[str, str]:
    """The announcements by id (`adhoc-` + their document id). Raises ValueError when the file is not of that format."""
    try:
        data = json.loads(path.read_text(encoding="utf8"))["data"]
        return {f"adhoc-{p['document_id']}": p["context"] for article in data for p in article["paragraphs"]}
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path}: not AdHocQuAD's JSON ({error}); take the test.json of data/sources.py") from error


def corpus_texts(path: Path) -> dict[str, str]:
    """The same from JSON Lines with `id` and `text`. Raises ValueError with `file:line`."""
    out: dict[str, str] = {}
    for number, raw in enumerate(path.read_text(encoding="utf8").strip("\n").split("\n"), 1):
        try:
            record = json.loads(raw)
            out[record["id"]] = record["text"]
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path}:{number}: no `id` and `text` ({error}); one object a line") from error
    return out
