"""Replace mentions in an article and move every offset with them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ausblick.values import read_value
from data.corpus import Item


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `new` in the place of `text[start:end]`."""

    start: int
    end: int
    new: str


def apply(item: Item, edits: Sequence[Edit]) -> Item:
    """The item with whole mentions replaced.

    An edit must cover exactly one mention: then every offset lies at the edge or outside of all edits and moves by the
    growth of those that end at or before it. Raises ValueError for edits that overlap or do not cover a mention.
    """
    article = item.article
    bounds = {(e.start, e.end) for e in article.entities}
    parts: list[str] = []
    ends: list[int] = []
    growth = [0]
    at = 0
    for edit in sorted(edits, key=lambda one: one.start):
        if edit.start < at or (edit.start, edit.end) not in bounds:
            raise ValueError(f"{article.id}: the edit {edit.start}–{edit.end} overlaps another or is no whole mention")
        parts += [article.text[at:edit.start], edit.new]
        at = edit.end
        ends.append(edit.end)
        growth.append(growth[-1] + len(edit.new) - (edit.end - edit.start))
    text = "".join([*parts, article.text[at:]])

    def moved(offset: int) -> int:
        return offset + growth[bisect_right(ends, offset)]

    sentences = tuple(replace(s, start=moved(s.start), end=moved(s.end)) for s in article.sentences)
    changed = {(edit.start, edit.end) for edit in edits}
    entities = []
    for old in article.entities:
        start, end = moved(old.start), moved(old.end)
        again = old.value is not None and (old.start, old.end) in changed
        value = read_value(text, start, end, old.label) if again else old.value
        entities.append(replace(old, start=start, end=end, text=text[start:end], value=value))
    return replace(item, article=replace(article, text=text, sentences=sentences,
                                         entities=tuple(entities)))
