"""What the exchange formats (Label Studio, CoNLL) cannot say, carried beside the labels: the round trip is exact."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ausblick.labels import LAYERS
from data.corpus import CorpusError, Item, line_faults
from data.text import open_text

Span = tuple[int, int, str]


def head(item: Item) -> dict[str, Any]:
    """Everything of an item but its text and mentions."""
    record = item.to_json()
    out = {key: record[key] for key in ("id", "source", "split", "covers", "sentences")}
    more = [entity for entity in record["entities"] if set(entity) - {"start", "end", "label", "text"}]
    return out | ({"meta": record["meta"]} if "meta" in record else {}) | ({"more": more} if more else {})


def build(record: Mapping[str, Any], text: str, spans: Sequence[Span],
          outlooks: Mapping[tuple[int, int], str | None] | None = None) -> Item:
    """The item of a head, its text and the mentions and outlooks that came back.

    What `head` kept of a mention (value, score, silver) is given back where the mention is unchanged.
    """
    more = {(e["start"], e["end"], e["label"]): e for e in record.get("more", ())}
    entities = [more.get((start, end, label), {"start": start, "end": end, "label": label})
                for start, end, label in sorted(spans)]
    sentences = [dict(sentence) for sentence in record["sentences"]]
    if outlooks is not None:
        for sentence in sentences:
            outlook = outlooks.get((sentence["start"], sentence["end"]))
            if outlook != sentence.get("outlook"):
                sentence.pop("scores", None)
            sentence.pop("outlook", None)
            if outlook is not None:
                sentence["outlook"] = outlook
    return Item.from_json({
        "id": record["id"], "source": record["source"], "split": record["split"], "covers": list(record["covers"]),
        "text": text, "sentences": sentences, "entities": [_plain(e) for e in entities],
        **({"meta": record["meta"]} if "meta" in record else {})})


def _plain(entity: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entity.items() if key != "text" and value is not None}


def read_any(path: Path, source: str = "own", split: str = "train") -> tuple[list[Item], bool]:
    """Items of a corpus file or of the reader's results, and whether they are results (predictions, not gold).

    A results line has no `split` and `covers`: it gets the ones given here and covers all layers.
    Raises CorpusError with all faults of the file.
    """
    items: list[Item] = []
    faults: list[str] = []
    predicted = False
    with open_text(path) as lines:
        for number, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            try:
                record = json.loads(raw)
                if isinstance(record, dict) and "covers" not in record:
                    predicted = True
                    keys = ("id", "text", "sentences", "entities", "meta")
                    known = {key: record[key] for key in keys if key in record}
                    record = known | {"source": source, "split": split, "covers": list(LAYERS)}
            except json.JSONDecodeError as error:
                faults.append(f"{path}:{number}: not JSON ({error.msg}); one object a line")
                continue
            found = list(line_faults(record))
            faults += [f"{path}:{number}: {fault}" for fault in found]
            if not found:
                items.append(Item.from_json(record))
    if faults:
        raise CorpusError(faults)
    return items, predicted
