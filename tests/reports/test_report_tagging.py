"""Tag scores and outcomes against an independent oracle on thousands of random sequences."""

from __future__ import annotations

import random

import numpy as np
import pytest

from ausblick.labels import ENTITY_LABELS, LAYERS, spans_to_bio
from ausblick.schema import Entity
from tests.reports.oracle import Span, noisy, outcomes, prf, random_spans, strict_chunks
from training.reports.cases import Case
from training.reports.figures import entity_counts, entity_figures
from training.reports.matches import OUTCOMES, confusion, count, match, schemes
from training.reports.words import strict_scores, tag, triples, words

TEXT = "ab c1 2,5 €x-yz (Öl) a.b 3%"


def entities(spans: list[Span], text: str) -> tuple[Entity, ...]:
    return tuple(Entity(a, b, label, text[a:b]) for a, b, label in spans)


def trimmed(spans: list[Span], text: str) -> list[Span]:
    """Mentions never begin or end with white space."""
    return [(a, b, label) for a, b, label in spans if text[a:b] == text[a:b].strip()]


def make_case(rng: random.Random) -> Case:
    text = "".join(rng.choices(TEXT, k=rng.randint(0, 30)))
    gold = random_spans(rng, len(text))
    found = trimmed(noisy(rng, gold, len(text)), text)
    return Case(
        "x",
        "made",
        text,
        frozenset(LAYERS),
        ((0, len(text)),),
        entities(trimmed(gold, text), text),
        entities(found, text),
    )


def test_tags_keep_every_mention_exactly() -> None:
    rng = random.Random(1)
    for _ in range(3000):
        case = make_case(rng)
        gold, found = tag(case)
        pieces = words(case.text, [edge for e in (*case.gold, *case.found) for edge in (e.start, e.end)])
        for tags, side in ((gold, case.gold), (found, case.found)):
            back = {(pieces[a][0], pieces[b - 1][1], label) for a, b, label in strict_chunks(tags)}
            assert back == set(triples(side))


def test_strict_scores_agree_with_oracle_on_random_sequences() -> None:
    rng = random.Random(2)
    for _ in range(1500):
        lengths = [rng.randint(1, 20) for _ in range(rng.randint(1, 4))]
        gold, found = [], []
        for n in lengths:
            spans = random_spans(rng, n)
            pieces = [(i, i + 1) for i in range(n)]
            gold.append(spans_to_bio(spans, pieces))
            found.append(spans_to_bio(noisy(rng, spans, n), pieces))
        if rng.random() < 0.5:  # sequences that break IOB2, as a careless tagger gives them
            found = [[rng.choice((t, t, t, "I-ORG", "I-MONEY", "O")) for t in row] for row in found]
        check_scores(strict_scores(gold, found), gold, found)


def check_scores(table: dict[str, dict[str, float]], gold: list[list[str]], found: list[list[str]]) -> None:
    left = {(i, *c) for i, row in enumerate(gold) for c in strict_chunks(row)}
    right = {(i, *c) for i, row in enumerate(found) for c in strict_chunks(row)}
    types = [t for t in ENTITY_LABELS if any(c[3] == t for c in left | right)]
    each = {}
    for t in types:
        a, b = {c for c in left if c[3] == t}, {c for c in right if c[3] == t}
        each[t] = prf(len(a & b), len(b), len(a))
    if not types:
        assert not any(row["support"] or row["f1"] for row in table.values())
        return
    expected = each | {
        "micro": prf(len(left & right), len(right), len(left)),
        "macro": tuple(np.mean(list(each.values()), axis=0)),
    }
    assert {n: (r["precision"], r["recall"], r["f1"]) for n, r in table.items() if r["support"] or n in expected} == {
        n: pytest.approx(v) for n, v in expected.items()
    }
    assert table["micro"]["support"] == len(left)


def test_counts_give_the_same_scores_as_seqeval() -> None:
    rng = random.Random(3)
    for _ in range(700):
        cases = [make_case(rng) for _ in range(rng.randint(1, 5))]
        tagged = [tag(case) for case in cases]
        table = strict_scores([g for g, _ in tagged], [f for _, f in tagged])
        figures = entity_figures(entity_counts(cases).sum(0))
        for name, row in table.items():
            for measure in ("precision", "recall", "f1"):
                assert float(figures[f"{name}/{measure}"]) == pytest.approx(row[measure])


def test_outcomes_agree_with_oracle_and_add_up() -> None:
    rng = random.Random(4)
    for _ in range(4000):
        n = rng.randint(1, 25)
        gold = random_spans(rng, n)
        found = noisy(rng, gold, n)
        pairs = match(entities(gold, "x" * n), entities(found, "x" * n))
        counts = count(pairs)
        assert {k: counts["all"][k] for k in OUTCOMES} == outcomes(gold, found)
        for label, row in counts.items():
            assert row["gold"] == sum(row[k] for k in OUTCOMES[:5])
            assert row["gold"] == sum(label in ("all", g[2]) for g in gold)
            assert row["found"] == sum(label in ("all", f[2]) for f in found)
        assert counts["all"]["found"] == sum(counts["all"][k] for k in (*OUTCOMES[:4], "spurious"))
        assert sum(map(sum, confusion(pairs))) == len(pairs)


def test_schemes_by_hand() -> None:
    gold = [(0, 2, "ORG"), (3, 6, "ORG"), (7, 9, "MONEY"), (10, 12, "ORG"), (13, 15, "ORG")]
    found = [(0, 2, "ORG"), (3, 5, "ORG"), (7, 9, "ORG"), (10, 13, "MONEY"), (20, 22, "ORG")]
    counts = count(match(entities(gold, "x" * 30), entities(found, "x" * 30)))["all"]
    table = schemes(counts)
    assert [counts[k] for k in OUTCOMES] == [1, 1, 1, 1, 1, 1]
    assert {name: (row["correct"], row["incorrect"], row["partial"]) for name, row in table.items()} == {
        "strict": (1, 3, 0),
        "exact": (2, 2, 0),
        "partial": (2, 0, 2),
        "type": (2, 2, 0),
    }
    assert table["partial"]["f1"] == pytest.approx((2 + 0.5 * 2) / 5)


def test_partial_credit_survives_merging_documents() -> None:
    """nervaluate 1.2 gives two documents with one partial match each a score of 0."""
    pairs = [
        one for _ in range(2) for one in match(entities([(0, 4, "ORG")], "Nord"), entities([(0, 3, "ORG")], "Nord"))
    ]
    assert schemes(count(pairs)["all"])["partial"]["f1"] == 0.5
