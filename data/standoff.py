"""Labels without the text they belong to: committed here, joined with the text that the user fetches.

One line a document: id, split, SHA-256 of the text (UTF-8), layers, sentences as [start, end, outlook], mentions as
[start, end, label]. A text that differs in one character is refused: all offsets after it would be wrong.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from ausblick.labels import LAYERS
from data.convert.tidy import Gold, finish
from data.corpus import Item


def digest(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode("utf8")).hexdigest()


def dumps(item: Item) -> str:
    """The standoff line of an item, without the line break."""
    article = item.article
    record = {
        "id": article.id, "split": item.split, "sha256": digest(article.text),
        "covers": [layer for layer in LAYERS if layer in item.covers],
        "sentences": [[s.start, s.end, s.outlook] for s in article.sentences],
        "entities": [[e.start, e.end, e.label] for e in article.entities if not e.silver],
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def write(path: Path, items: Iterable[Item]) -> int:
    """Write standoff lines and return how many."""
    lines = [dumps(item) for item in items]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf8", newline="\n")
    return len(lines)


def join(path: Path, texts: Mapping[str, str], source: str) -> list[Item]:
    """The labelled items of a standoff file.

    Raises ValueError with all faults at once: a document whose text is missing or has changed, a broken line.
    """
    items: list[Item] = []
    faults: list[str] = []
    for number, raw in enumerate(path.read_text(encoding="utf8").strip("\n").split("\n"), 1):
        where = f"{path}:{number}"
        try:
            record = json.loads(raw)
            text = texts.get(record["id"])
            if text is None:
                faults.append(f"{where}: no text for {record['id']}; fetch the whole original file")
            elif digest(text) != record["sha256"]:
                faults.append(f"{where}: the text of {record['id']} has changed, its SHA-256 is {digest(text)}, "
                              f"expected {record['sha256']}; fetch the commit named in data/sources.py")
            else:
                items.append(finish(Gold(
                    record["id"], source, record["split"], tuple(record["covers"]), text,
                    [(a, b, label) for a, b, label in record["entities"]],
                    [(a, b, outlook) for a, b, outlook in record["sentences"]])))
        except (KeyError, TypeError, ValueError) as error:
            faults.append(f"{where}: not a standoff line ({error}); see data/README.md")
    if faults:
        raise ValueError("\n".join(faults))
    return items
