"""Errors to read: the worst of every cause, with the text around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ausblick.schema import Entity
from training.reports.amounts import Reading, readings
from training.reports.cases import Case, Span
from training.reports.matches import Match, match
from training.reports.slices import level

AROUND = 140
"""Characters of text shown on each side of a mistake, within the gold sentences that it touches."""
CAUSES: Mapping[str, str] = {
    "missed": "A gold mention that no prediction touches",
    "spurious": "A prediction that touches no gold mention",
    "wrong boundary": "Right type, wrong beginning or end",
    "wrong type": "The mention was found, its type is wrong",
    "value wrong": "The mention is exact, its number, currency, unit or bound is not",
    "value refused": "The mention is exact, no value was read",
    "outlook missed": "Gold has an outlook, the prediction none",
    "outlook invented": "Gold has no outlook, the prediction has one",
    "direction turned": "Positive read as negative or the other way round",
    "neutral confused": "Neutral against positive or negative",
}
MATCH_CAUSES = {
    "missed": "missed",
    "spurious": "spurious",
    "wrong_boundary": "wrong boundary",
    "wrong_type": "wrong type",
    "wrong_both": "wrong type",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One error. `start` and `end` are offsets in the article; those of the marks are relative to `shown`."""

    cause: str
    corpus: str
    id: str
    start: int
    end: int
    gold: str = ""
    """The gold label, outlook or value; empty for a spurious mention."""
    found: str = ""
    score: float | None = None
    times: int = 1
    """How often the same form fails in the same way in this corpus; this is one example."""
    seen: bool | None = None
    """Whether the mention's form occurs in training; None for outlooks or when there is no training data."""
    shown: str = field(default="", repr=False)
    gold_marks: tuple[tuple[int, int, str], ...] = ()
    found_marks: tuple[tuple[int, int, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Without the text, so that reports can be published where the corpus cannot."""
        hidden = ("shown", "gold_marks", "found_marks")
        return {k: v for k, v in asdict(self).items() if k not in hidden and v is not None}


def mistakes(
    cases: Sequence[Case], seen: frozenset[str] = frozenset(), worst: int = 25
) -> tuple[dict[str, int], list[Mistake]]:
    """How many mistakes of each cause there are, and the `worst` of each: the most certain, then the most frequent.

    The same form that fails in the same way in one corpus is listed once, with the number of times.
    """
    found = [m for case in cases for m in (*_entity_mistakes(case, seen), *_outlook_mistakes(case))]
    found += [
        _value_mistake(r, seen) for r in readings(cases, False) if r.fault or (r.value is None and may_be_read(r))
    ]
    counts = {cause: sum(m.cause == cause for m in found) for cause in CAUSES}
    return counts, [m for cause in CAUSES for m in _worst([m for m in found if m.cause == cause], worst)]


def may_be_read(reading: Reading) -> bool:
    """A refusal is a mistake only where gold names a value, or does not say."""
    return reading.gold.value is not None or not any(e.value for e in reading.case.gold)


def _worst(found: Sequence[Mistake], limit: int) -> Iterator[Mistake]:
    """Up to `limit` mistakes, turn by turn from each corpus so that a large one does not crowd out the others."""
    groups: dict[tuple[str, ...], list[Mistake]] = {}
    for m in found:
        form = level(m.shown[slice(*_own(m))]) if m.cause == "missed" or m.cause == "spurious" else f"{m.id} {m.start}"
        groups.setdefault((m.corpus, m.gold, m.found, form), []).append(m)
    queues: dict[str, list[Mistake]] = {}
    for members in groups.values():
        best = max(members, key=lambda m: m.score or 0.0)
        queues.setdefault(best.corpus, []).append(_times(best, len(members)))
    for queue in queues.values():
        queue.sort(key=lambda m: (-(m.score or 0.0), -m.times, m.id, m.start))
    left = limit
    while left and any(queues.values()):
        for queue in queues.values():
            if queue and left:
                yield queue.pop(0)
                left -= 1


def _times(mistake: Mistake, times: int) -> Mistake:
    return replace(mistake, times=times)


def _own(mistake: Mistake) -> Span:
    marks = mistake.gold_marks if mistake.cause == "missed" else mistake.found_marks
    return next(((a, b) for a, b, label in marks if label.endswith("!")), (0, 0))


def _entity_mistakes(case: Case, seen: frozenset[str]) -> Iterator[Mistake]:
    for one in match(case.gold, case.found):
        if one.outcome == "correct":
            continue
        edges = [e for e in (one.gold, one.found) if e]
        start, end = min(e.start for e in edges), max(e.end for e in edges)
        form = level((one.gold or edges[0]).text)
        yield Mistake(
            MATCH_CAUSES[one.outcome],
            case.corpus,
            case.id,
            start,
            end,
            one.gold.label if one.gold else "",
            one.found.label if one.found else "",
            one.found.score if one.found else None,
            seen=form in seen if seen else None,
            **_context(case, start, end, one),
        )


def _value_mistake(reading: Reading, seen: frozenset[str]) -> Mistake:
    case, gold, value, fault = reading
    return Mistake(
        "value wrong" if fault else "value refused",
        case.corpus,
        case.id,
        gold.start,
        gold.end,
        show_value(gold.value),
        show_value(value),
        seen=level(gold.text) in seen if seen else None,
        **_context(case, gold.start, gold.end, Match("", gold, gold)),
    )


def show_value(value: Any) -> str:
    """A value in one line, `about 316900000 USD`."""
    if value is None:
        return "no value"
    data = value.to_json()
    number = data["low"] if data["low"] == data["high"] else f"{data['low']} to {data['high']}"
    bound = "" if data["bound"] in ("exact", "range") else data["bound"].replace("_", " ") + " "
    return f"{bound}{number} {data.get('currency') or data.get('unit') or '?'}"


def _outlook_mistakes(case: Case) -> Iterator[Mistake]:
    scores = case.outlook_scores or (None,) * len(case.outlook)
    for (start, end), gold, found, row in zip(case.sentences, case.gold_outlook, case.outlook, scores, strict=False):
        if cause := outlook_cause(gold, found):
            yield Mistake(
                cause,
                case.corpus,
                case.id,
                start,
                end,
                gold,
                found,
                row[found] if row else None,
                **_context(case, start, end),
            )


def outlook_cause(gold: str, found: str) -> str | None:
    """The cause of a wrong outlook; None for a right one."""
    if gold == found:
        return None
    if "none" in (gold, found):
        return "outlook missed" if found == "none" else "outlook invented"
    return "neutral confused" if "neutral" in (gold, found) else "direction turned"


def _context(case: Case, start: int, end: int, one: Match | None = None) -> dict[str, Any]:
    """The text shown and the marks of both sides in it; the mistake's own marks carry a "!"."""
    touched = [s for s in case.sentences if s[0] < end and start < s[1]]
    first = max(min((s[0] for s in touched), default=start), start - AROUND)
    last = min(max((s[1] for s in touched), default=end), end + AROUND)

    def marks(entities: Iterable[Entity], own: Entity | None) -> tuple[tuple[int, int, str], ...]:
        return tuple(
            (
                max(e.start, first) - first,
                min(e.end, last) - first,
                e.label + ("!" if own and (e.start, e.end) == (own.start, own.end) else ""),
            )
            for e in entities
            if e.start < last and e.end > first
        )

    return {
        "shown": case.text[first:last],
        "gold_marks": marks(case.gold, one.gold if one else None),
        "found_marks": marks(case.found, one.found if one else None),
    }
