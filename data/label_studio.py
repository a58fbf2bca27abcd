"""Label Studio: out as tasks to correct, back in as items.

Label Studio counts the characters of a `<Text>` in code points since its editor was mended for emoji (HumanSignal/
label-studio#1559, merged as label-studio-frontend#308); before that, and in the issues #1347 and #1008, in UTF-16 units
as browsers do. Exports carry the words of every region, so on the way in the unit is found by comparing them.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS
from data.corpus import CorpusError, Item
from data.exchange import Span, build, head

CONFIG = """<View>
  <Labels name="label" toName="text">
    <Label value="ORG" background="#4c78a8"/>
    <Label value="MONEY" background="#54a24b"/>
    <Label value="PERCENT" background="#b279a2"/>
  </Labels>
  <Labels name="outlook" toName="text">
    <Label value="positive" background="#2ca02c"/>
    <Label value="neutral" background="#bab0ac"/>
    <Label value="negative" background="#d62728"/>
    <Label value="none" background="#eeeeee"/>
  </Labels>
  <Text name="text" value="$text"/>
</View>
"""
"""The labelling interface that the tasks need: mentions, and the outlook as a label over the whole sentence."""

UNITS = ("points", "utf16")


def to_units(text: str, unit: str) -> Callable[[int], int]:
    """From code points to the offsets of `unit` (`points` or `utf16`)."""
    if unit == "points" or text.isascii():
        return lambda offset: offset
    at = [0]
    for character in text:
        at.append(at[-1] + (2 if ord(character) > 0xFFFF else 1))
    return at.__getitem__


def from_units(text: str, unit: str) -> Callable[[int], int | None]:
    """From the offsets of `unit` to code points; None for an offset inside of a character or outside of the text."""
    forward = to_units(text, unit)
    table = [forward(i) for i in range(len(text) + 1)]

    def back(offset: int) -> int | None:
        found = bisect_left(table, offset)
        return found if found < len(table) and table[found] == offset else None

    return back


# ---- out

def task(item: Item, predictions: bool = False, unit: str = "points") -> dict[str, Any]:
    """One Label Studio task; the labels are its annotation, or predictions for a person to correct."""
    article = item.article
    units = to_units(article.text, unit)

    def region(kind: str, index: int, start: int, end: int, label: str, score: float | None) -> dict[str, Any]:
        value = {"start": units(start), "end": units(end), "text": article.text[start:end], "labels": [label]}
        out = {"id": f"{kind}-{index}", "from_name": kind, "to_name": "text", "type": "labels", "value": value}
        return out if score is None else out | {"score": score}

    result = [region("label", i, e.start, e.end, e.label, e.score) for i, e in enumerate(article.entities)]
    result += [region("outlook", i, s.start, s.end, s.outlook, (s.scores or {}).get(s.outlook))
               for i, s in enumerate(article.sentences) if s.outlook is not None]
    filled = {"result": result} | ({"model_version": "ausblick"} if predictions else {})
    return {"data": {"text": article.text, "ausblick": head(item)},
            "predictions" if predictions else "annotations": [filled]}


def dumps(items: Iterable[Item], predictions: bool = False, unit: str = "points") -> str:
    """A JSON file of tasks to import into a Label Studio project whose interface is CONFIG."""
    return json.dumps([task(item, predictions, unit) for item in items], ensure_ascii=False, indent=1) + "\n"


# ---- in

def load(path: Path, covers: Sequence[str] | None = None, predictions: bool = False) -> list[Item]:
    """The items of a Label Studio JSON export.

    Of a task's annotations the last one that was not cancelled counts, the newest where they carry a date; a task
    without one is an error unless `predictions` allows what was sent out. Raises CorpusError with all faults.
    """
    try:
        tasks = json.loads(path.read_text(encoding="utf8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CorpusError([f"{path}: not JSON ({error}); export the project as JSON"]) from error
    if not isinstance(tasks, list):
        raise CorpusError([f"{path}: not a list of tasks, got {type(tasks).__name__}; export the project as JSON"])
    items: list[Item] = []
    faults: list[str] = []
    for number, one in enumerate(tasks, 1):
        where = f"{path}: task {number}"
        try:
            items.append(_item(one, predictions, covers))
        except (KeyError, TypeError, AttributeError) as error:
            faults.append(f"{where}: not a task of this project ({error!r}); send it out with to-label-studio first")
        except ValueError as error:
            faults += [f"{where}: {line}" for line in str(error).splitlines()]
    if faults:
        raise CorpusError(faults)
    return items


def _result(one: Mapping[str, Any], predictions: bool) -> tuple[list[dict[str, Any]], bool]:
    """The regions that count, and whether a person has confirmed them."""
    done = [a for a in one.get("annotations") or [] if not a.get("was_cancelled")]
    if done:
        newest = max(enumerate(done), key=lambda pair: (pair[1].get("updated_at") or "", pair[0]))[1]
        return list(newest["result"]), True
    if predictions and one.get("predictions"):
        return list(one["predictions"][-1]["result"]), False
    raise ValueError("no annotation, got an unlabelled task; submit it, or pass --predictions to take what went out")


def _item(one: Mapping[str, Any], predictions: bool, covers: Sequence[str] | None) -> Item:
    record, text = dict(one["data"]["ausblick"]), one["data"]["text"]
    result, confirmed = _result(one, predictions)
    regions = [region for region in result if region.get("type", "labels") == "labels"]
    spans, outlooks = _labels(text, regions, [(s["start"], s["end"]) for s in record["sentences"]])
    if confirmed:
        # Gold has no scores, also where it began as a prediction.
        record["more"] = [{k: v for k, v in e.items() if k != "score"} for e in record.get("more", ())]
        record["sentences"] = [{k: v for k, v in s.items() if k != "scores"} for s in record["sentences"]]
    return build(record | ({"covers": covers} if covers else {}), text, spans, outlooks)


def _labels(text: str, regions: Sequence[Mapping[str, Any]],
            bounds: Sequence[tuple[int, int]]) -> tuple[list[Span], dict[tuple[int, int], str | None]]:
    """Mentions and outlooks by sentence. Raises ValueError with every region that does not fit."""
    back = from_units(text, _unit(text, regions))
    spans: list[Span] = []
    outlooks: dict[tuple[int, int], str | None] = {}
    faults: list[str] = []
    for region in regions:
        value, label = region["value"], region["value"]["labels"][0]
        start, end = back(value["start"]), back(value["end"])
        if start is None or end is None or start >= end:
            faults.append(f"offsets {value['start']}–{value['end']} do not fit the text; export again")
        elif label in ENTITY_LABELS:
            spans.append(_trim(text, start, end, label))
        elif label in OUTLOOK_LABELS:
            inside = max(bounds, key=lambda b: min(end, b[1]) - max(start, b[0]))
            if outlooks.setdefault(inside, label) != label:
                faults.append(f"two outlooks for the sentence {inside[0]}–{inside[1]}, {outlooks[inside]} and {label}; "
                              "remove one")
        else:
            faults.append(f"unknown label {label!r}; use the interface that to-label-studio --config prints")
    if faults:
        raise ValueError("\n".join(faults))
    return spans, outlooks


def _trim(text: str, start: int, end: int, label: str) -> Span:
    """A hand-drawn region without the white space it caught."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()), label


def _matches(text: str, regions: Iterable[Mapping[str, Any]], unit: str) -> Iterator[bool]:
    back = from_units(text, unit)
    for region in regions:
        value = region["value"]
        start, end = back(value["start"]), back(value["end"])
        if "text" in value:
            yield start is not None and end is not None and _same(text[start:end], value["text"])


def _same(piece: str, words: str) -> bool:
    """Browsers and servers exchange CRLF and LF, and escape them in the copied words."""
    def plain(value: str) -> str:
        return value.replace("\\n", "\n").replace("\r\n", "\n").replace("\r", "\n").strip()

    return plain(piece) == plain(words)


def _unit(text: str, regions: Sequence[Mapping[str, Any]]) -> str:
    """The unit in which every region's words stand where it says. Raises ValueError when there is none."""
    for unit in UNITS:
        if all(_matches(text, regions, unit)):
            return unit
    raise ValueError("the words of the regions are not at their offsets, counted in code points or in UTF-16 units; "
                     "the text was changed after it was sent out")
