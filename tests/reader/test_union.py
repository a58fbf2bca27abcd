"""Hints and the grammar's amounts reach their places, against the plain definition over all pairs."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ausblick.hints import HINT_ID, find_hints
from ausblick.reader import add_amounts, whole_amounts, without_rivals
from ausblick.schema import Entity
from ausblick.sentences import split_sentences
from ausblick.values import find_amounts
from ausblick.windows import Encoder
from tests.tiny import tiny_tokenizer

PARTS = ["Umsatz", "2,5 Mio. Euro", "3 Prozent", "Die Nordwerk AG", ".", "\n\n", "800 bis 850", "Mio. Euro.", "GmbH"]
TEXTS = st.lists(st.sampled_from(PARTS), max_size=25).map(" ".join)


@settings(deadline=None, max_examples=150)
@given(TEXTS, st.data())
def test_the_union_adds_what_touches_nothing_and_lies_in_one_sentence(text: str, data: st.DataObject) -> None:
    amounts, sentences = find_amounts(text), split_sentences(text)
    words = [(i, i + 1) for i in range(len(text))]
    taken = sorted(data.draw(st.lists(st.sampled_from(words), unique=True, max_size=6))) if words else []
    entities = [Entity(s, e, "ORG", text[s:e], 0.5) for s, e in taken]
    expected = {
        (a.start, a.end)
        for a in amounts
        if not any(a.start < e and s < a.end for s, e in taken)
        and any(s <= a.start and a.end <= e for s, e in sentences)
    }
    found = add_amounts(text, entities, amounts, sentences)
    assert {(e.start, e.end) for e in found if e.label != "ORG"} == expected
    assert [e.start for e in found] == sorted(e.start for e in found)


@settings(deadline=None, max_examples=150)
@given(TEXTS, st.data())
def test_with_the_grammar_first_its_amounts_are_all_there_and_nothing_touches_them(
    text: str, data: st.DataObject
) -> None:
    sentences = split_sentences(text)
    amounts = whole_amounts(find_amounts(text), sentences)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    labels = st.sampled_from(["ORG", "MONEY", "PERCENT"])
    values = st.sampled_from([None, *(a.value for a in amounts)])
    drawn = [
        Entity(s, e, data.draw(labels), text[s:e], 0.5, data.draw(values))
        for s, e in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    kept = without_rivals(drawn, amounts)
    found = add_amounts(text, kept, amounts, sentences)
    assert {(a.start, a.end, a.label) for a in amounts} <= {(e.start, e.end, e.label) for e in found}
    assert all(a.end <= b.start for a, b in pairwise(found))
    for entity in set(drawn) - set(kept):
        touches = any(a.start < entity.end and entity.start < a.end for a in amounts)
        assert touches or (entity.label != "ORG" and entity.value is None)


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_every_word_gets_the_first_hint_that_claims_it(text: str) -> None:
    sentences, hints = split_sentences(text), find_hints(text)
    for piece in Encoder(tiny_tokenizer(), 512, hints=True).pieces(text, sentences, hints):
        for word, (start, end) in zip(piece.words, piece.spans, strict=True):
            kinds = [hint.kind for hint in hints if start < hint.end and end > hint.start]
            expected = {HINT_ID[f"{p}-{kinds[0]}"] for p in "BI"} if kinds else {0}
            assert piece.hints[word] in expected
