"""An outlook layer of our own on a corpus that has none: committed without text, joined when the corpus is fetched.

One line an article: id, SHA-256 of the text (UTF-8), the number of its sentences, and [sentence, label] for every
sentence with an outlook; all others are `none`. Labels are by sentence number, so an article joins only when its text
and its number of sentences are those that were read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ausblick.labels import OUTLOOK_LABELS
from data.corpus import Item
from data.standoff import digest


def dumps(item: Item) -> str:
    """The layer's line of an item whose outlook is covered, without the line break."""
    sentences = item.article.sentences
    marked = [[i, s.outlook] for i, s in enumerate(sentences) if s.outlook not in (None, "none")]
    sha256 = digest(item.article.text)
    record = {"id": item.article.id, "sha256": sha256, "sentences": len(sentences), "outlook": marked}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def write(path: Path, items: Iterable[Item]) -> int:
    """Write the layer of the items that cover the outlook and return how many."""
    lines = [dumps(item) for item in items if "outlook" in item.covers]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf8", newline="\n")
    return len(lines)


def with_outlook(item: Item, labels: dict[int, str]) -> Item:
    """The item with an outlook for every sentence, `none` where `labels` (by sentence number) has nothing."""
    sentences = tuple(replace(s, outlook=labels.get(i, "none")) for i, s in enumerate(item.article.sentences))
    article = replace(item.article, sentences=sentences)
    return replace(item, article=article, covers=item.covers | {"outlook"})


def join(path: Path, items: Sequence[Item]) -> tuple[list[Item], list[str]]:
    """The items in their order, with the layer where it fits, and why it did not where it does not.

    An article that changed keeps its other layers: it is returned as it came, with a line `file:line: …` that says so.
    Raises ValueError for lines that are no layer lines, all of them at once.
    """
    by_id = {item.article.id: item for item in items}
    faults: list[str] = []
    missed: list[str] = []
    for number, raw in enumerate(path.read_text(encoding="utf8").strip("\n").split("\n"), 1):
        where = f"{path}:{number}"
        try:
            record = json.loads(raw)
            key, sha256, count = record["id"], record["sha256"], record["sentences"]
            labels = {int(i): str(label) for i, label in record["outlook"]}
            if bad := [f"{i} {label}" for i, label in labels.items() if i >= count or label not in OUTLOOK_LABELS]:
                raise ValueError(f"sentence {bad[0]}")
        except (KeyError, TypeError, ValueError) as error:
            faults.append(f"{where}: not a line of an outlook layer ({error}); see data/README.md")
            continue
        item = by_id.get(key)
        if item is None:
            missed.append(f"{where}: {key} is not in the corpus")
        elif digest(item.article.text) != sha256:
            missed.append(f"{where}: the text of {key} has changed")
        elif len(item.article.sentences) != count:
            missed.append(f"{where}: {key} has {len(item.article.sentences)} sentences, {count} were labelled")
        else:
            by_id[key] = with_outlook(item, labels)
    if faults:
        raise ValueError("\n".join(faults))
    return [by_id[item.article.id] for item in items], missed
