"""Gold that the reader could not have found, whatever its network says: listed, and missed all the same."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

from ausblick.schema import Article, Entity
from training.reports.cases import Case, Reads, Span
from training.reports.words import triples

CAUSES = {
    "cut": "a sentence longer than a window was cut inside the mention",
    "sentence": "the reader's own sentence break lies inside the mention",
    "token": "the mention begins or ends inside a word that the tokenizer does not split",
}


def unreachable(reader: Reads, cases: Sequence[Case], articles: Sequence[Article]) -> list[dict[str, Any]]:
    """Rows `corpus`, `id`, `start`, `end`, `label`, `cause` (a key of CAUSES); empty for a reader without encoder."""
    encoder = getattr(reader, "encoder", None)
    out: list[dict[str, Any]] = []
    for case, article in zip(cases, articles, strict=True):
        if not case.gold:
            continue
        sentences = [(s.start, s.end) for s in article.sentences]
        pieces = [piece.spans for piece in encoder.pieces(case.text, sentences)] if encoder else None
        found = set(triples(case.found))  # the grammar reads whole sentences and may reach what the network cannot
        for gold in case.gold:
            if (gold.start, gold.end, gold.label) in found:
                continue
            if cause := why(gold, sentences, pieces):
                out.append(
                    {
                        "corpus": case.corpus,
                        "id": case.id,
                        "start": gold.start,
                        "end": gold.end,
                        "label": gold.label,
                        "cause": cause,
                    }
                )
    return out


def why(gold: Entity, sentences: Sequence[Span], pieces: Sequence[Sequence[Span]] | None) -> str | None:
    """Why a mention cannot be found; None when it can.

    pieces: for every run of text that is labelled together, the spans of its words.
    """
    if not any(start <= gold.start and gold.end <= end for start, end in sentences):
        return "sentence"
    if pieces is None:
        return None
    holding = [p for p in pieces if p and p[0][0] < gold.end and gold.start < p[-1][1]]
    if len(holding) > 1:
        return "cut"
    if not holding:
        return "token"
    first = bisect_right(holding[0], gold.start, key=lambda span: span[0]) - 1
    last = bisect_left(holding[0], gold.end, key=lambda span: span[1])
    inside = first >= 0 and last < len(holding[0])
    fits = inside and holding[0][first][0] == gold.start and holding[0][last][1] == gold.end
    return None if fits else "token"
