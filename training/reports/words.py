"""Word-level IOB2 tags from character spans, and seqeval's strict scores on them.

The word rule: a run of letters, digits and underscores is a word, every other visible character is a word of its own
(`1.234,56` is five words). Words are cut further wherever a gold or predicted mention begins or ends inside one, so
that no mention is lost or widened: a mention of `VW` in `VW-Chef` and one in `Volkswagenkonzern` both survive. Strict
word-level scores therefore equal exact matches of character spans, except for white space at the edge of a mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from seqeval.metrics import classification_report
from seqeval.scheme import IOB2

from ausblick.labels import ENTITY_LABELS, spans_to_bio
from ausblick.schema import Entity
from training.reports.cases import Case, Span

WORD = re.compile(r"\w+|[^\w\s]")
NAMES = {"micro avg": "micro", "macro avg": "macro"}


def words(text: str, cuts: Iterable[int] = ()) -> list[Span]:
    """The words of a text as (start, end), cut at the positions `cuts`."""
    inside = sorted(set(cuts))
    out: list[Span] = []
    at = 0
    for match in WORD.finditer(text):
        start, end = match.span()
        while at < len(inside) and inside[at] <= start:
            at += 1
        while at < len(inside) and inside[at] < end:
            out.append((start, inside[at]))
            start = inside[at]
            at += 1
        out.append((start, end))
    return out


def tag(case: Case) -> tuple[list[str], list[str]]:
    """The IOB2 tags of a document's gold and of its prediction, over the same words."""
    cuts = [edge for e in (*case.gold, *case.found) for edge in (e.start, e.end)]
    pieces = words(case.text, cuts)
    return spans_to_bio(triples(case.gold), pieces), spans_to_bio(triples(case.found), pieces)


def triples(entities: Sequence[Entity]) -> list[tuple[int, int, str]]:
    """Mentions as (start, end, label)."""
    return [(e.start, e.end, e.label) for e in entities]


def strict_scores(gold: list[list[str]], found: list[list[str]]) -> dict[str, dict[str, float]]:
    """seqeval's strict IOB2 scores: `precision`, `recall`, `f1`, `support` for each type, `micro` and `macro`.

    Types that neither side has are left out; empty when neither side has any mention.
    """
    if not any(t.startswith("B-") for row in (*gold, *found) for t in row):
        return {}
    table = classification_report(gold, found, output_dict=True, mode="strict", scheme=IOB2, zero_division=0)
    return {
        NAMES.get(name, name): {
            "precision": float(row["precision"]),
            "recall": float(row["recall"]),
            "f1": float(row["f1-score"]),
            "support": int(row["support"]),
        }
        for name in (*ENTITY_LABELS, *NAMES)
        if (row := table.get(name))
    }
