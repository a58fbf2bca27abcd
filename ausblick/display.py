"""How labels and values look to a person, in the page and in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from ausblick.schema import Article, Entity, Sentence
from ausblick.values import Money, Percent

SIGNS = {"positive": "▲", "neutral": "■", "negative": "▼", "none": "○"}
"""Shapes, so that nothing depends on colour."""
SHOWN_OUTLOOKS = ("positive", "neutral", "negative", "none")
_BOUNDS = {"about": "≈ ", "at_least": "≥ ", "more_than": "> ", "at_most": "≤ ", "less_than": "< "}
_UNITS = {"percent": "%", "percentage_point": "percentage points", "basis_point": "basis points"}
SPACE = "\u202f"
"""Groups digits: a comma or a point would be read one way in German and another in English."""


def number_text(number: Decimal) -> str:
    """Plain digits in groups of three, with a decimal point.

    >>> number_text(Decimal("-1234567.50")).replace(SPACE, "_")
    '-1_234_567.5'
    """
    text = format(number, ",f").replace(",", SPACE)
    return text.rstrip("0").rstrip(".") if "." in text else text


def value_text(value: Money | Percent) -> str:
    """A value in one line: `≈ 316 900 000 USD (currency assumed)`."""
    unit = _UNITS[value.unit] if isinstance(value, Percent) else value.currency or "(currency not named)"
    if value.low is None or value.high is None:
        amount = "number not named"
    elif value.low == value.high:
        amount = _BOUNDS.get(value.bound, "") + number_text(value.low)
    else:
        amount = f"{number_text(value.low)} – {number_text(value.high)}"
    notes = []
    if isinstance(value, Money):
        if value.assumed:
            notes.append("currency assumed")
        if value.candidates:
            notes.append("one of " + ", ".join(value.candidates))
    if value.ambiguous:
        others = [number_text(low) for low, high in value.alternatives[1:] if low == high]
        notes.append("ambiguous" + (f", or {' or '.join(others)}" if others else ""))
    return f"{amount} {unit}" + (f" ({'; '.join(notes)})" if notes else "")


def entity_value(entity: Entity) -> str:
    """The value of a mention in one line; empty for an organisation."""
    if entity.value is not None:
        return value_text(entity.value)
    return "" if entity.label == "ORG" else "value not readable"


def percent_text(score: float) -> str:
    """A probability as a whole percentage; below 100 unless it is exactly 1."""
    return f"{min(round(score * 100), 99) if score < 1 else 100} %"


def outlook_counts(article: Article) -> Counter[str]:
    """How many sentences have each outlook."""
    return Counter(s.outlook for s in article.sentences if s.outlook is not None)


def entity_counts(article: Article) -> Counter[str]:
    """How many mentions have each label."""
    return Counter(e.label for e in article.entities)


def headline(article: Article, limit: int = 110) -> str:
    """What to call an article: its title, or its first line."""
    title = article.meta.get("title")
    line = title if isinstance(title, str) and title.strip() else next(iter(article.text.split("\n", 1)), "")
    line = " ".join(line[: limit * 4].split()) or " ".join(article.text[: limit * 4].split())
    return (line if len(line) <= limit else line[: limit - 1].rstrip() + "…") or "(empty text)"


def segments(article: Article, sentence: Sentence, first: int = 0) -> Iterator[tuple[str, Entity | None]]:
    """The text of a sentence, cut at its mentions; a mention that crosses its borders is shown in parts.

    first: index of the first entity to look at.
    """
    at = sentence.start
    for entity in article.entities[first:]:
        if entity.start >= sentence.end:
            break
        start, end = max(entity.start, at), min(entity.end, sentence.end)
        if start >= end:
            continue
        if start > at:
            yield article.text[at:start], None
        yield article.text[start:end], entity
        at = end
    if at < sentence.end:
        yield article.text[at : sentence.end], None


def blocks(article: Article) -> Iterator[tuple[Sentence, int, bool]]:
    """Each sentence with the index of its first mention, and whether a paragraph starts with it.

    Text outside of sentences (there is none but white space, unless gold leaves some out) becomes a sentence without
    an outlook, so that nothing is hidden.
    """
    at = first = 0
    end_of_text = len(article.text)
    for sentence in (*article.sentences, Sentence(end_of_text, end_of_text)):
        gap = article.text[at : sentence.start]
        if gap.strip():
            lead = len(gap) - len(gap.lstrip())
            yield Sentence(at + lead, at + len(gap.rstrip())), first, True
        while first < len(article.entities) and article.entities[first].end <= sentence.start:
            first += 1
        if sentence.start < sentence.end:
            yield sentence, first, at == 0 or "\n" in gap
        at = max(at, sentence.end)
