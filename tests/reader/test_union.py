"""Hints and the grammar's amounts reach their places, against the plain definition over all pairs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ausblick.hints import HINT_ID, find_hints
from ausblick.reader import add_amounts
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
@given(TEXTS)
def test_every_word_gets_the_first_hint_that_claims_it(text: str) -> None:
    sentences, hints = split_sentences(text), find_hints(text)
    for piece in Encoder(tiny_tokenizer(), 512, hints=True).pieces(text, sentences, hints):
        for word, (start, end) in zip(piece.words, piece.spans, strict=True):
            kinds = [hint.kind for hint in hints if start < hint.end and end > hint.start]
            expected = {HINT_ID[f"{p}-{kinds[0]}"] for p in "BI"} if kinds else {0}
            assert piece.hints[word] in expected
