"""Windows: whole sentences, every word labelled exactly once, exact offsets."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ausblick.hints import HINTS, find_hints
from ausblick.sentences import split_sentences
from ausblick.windows import Encoder, Window
from tests.tiny import TEXT, tiny_tokenizer

TOKENIZER = tiny_tokenizer()
TEXTS = st.one_of(
    st.text(max_size=400),
    st.lists(
        st.sampled_from([*TEXT.split(), "😀", "Um\u00adsatz", "u\u0308ber", "\r\n", "\u00a0", "."]), max_size=120
    ).map(" ".join),
)


def windows_of(text: str, encoder: Encoder) -> list[Window]:
    return list(encoder.windows(encoder.pieces(text, split_sentences(text), find_hints(text))))


@settings(deadline=None, max_examples=150)
@given(TEXTS, st.integers(8, 64), st.integers(0, 2), st.integers(0, 3))
def test_every_word_is_labelled_exactly_once(text: str, size: int, context: int, most: int) -> None:
    encoder = Encoder(TOKENIZER, size, context, hints=True, max_sentences=most)
    pieces = encoder.pieces(text, split_sentences(text))
    windows = list(encoder.windows(pieces))
    labelled = [piece for window in windows for piece in window.pieces[window.context :]]
    assert labelled == pieces
    assert all(len(window.ids) <= size and len(window.hints) == len(window.ids) for window in windows)
    assert not most or all(1 <= len(window.pieces) - window.context <= most for window in windows)
    for window in windows:
        for (start, end), piece in zip(window.token_spans, window.pieces, strict=True):
            assert window.ids[start:end] == [*piece.ids, encoder.sep]


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_word_spans_are_in_order_and_inside_their_sentence(text: str) -> None:
    sentences = split_sentences(text)
    encoder = Encoder(TOKENIZER, 32)
    last = 0
    for piece in encoder.pieces(text, sentences):
        low, high = sentences[piece.sentence]
        for start, end in piece.spans:
            assert low <= start < end <= high
            assert start >= last
            last = end


def test_a_window_never_splits_a_sentence_that_fits() -> None:
    encoder = Encoder(TOKENIZER, 40)
    pieces = encoder.pieces(TEXT, split_sentences(TEXT))
    assert [piece.sentence for piece in pieces] == list(range(7))


def test_sentences_can_be_read_alone() -> None:
    windows = windows_of(TEXT, Encoder(TOKENIZER, 64, context=0, max_sentences=1))
    assert [[piece.sentence for piece in window.pieces] for window in windows] == [[i] for i in range(7)]


def test_the_first_sentence_of_a_window_has_the_one_before_it_as_context() -> None:
    encoder = Encoder(TOKENIZER, 64, context=1)
    windows = windows_of(TEXT, encoder)
    assert len(windows) > 1
    for before, after in pairwise(windows):
        assert after.context == 1
        assert after.pieces[0] == before.pieces[-1]


def test_a_sentence_longer_than_a_window_is_cut_at_a_word() -> None:
    text = "Die Nordwerk AG erwartet " + "Umsatz und Gewinn " * 40
    pieces = Encoder(TOKENIZER, 32).pieces(text, [(0, len(text))])
    assert len(pieces) > 1
    assert {piece.sentence for piece in pieces} == {0}
    assert all(piece.words[0] == 0 for piece in pieces)


def test_hints_mark_amounts_and_legal_forms() -> None:
    text = "Die Nordwerk AG zahlt 2,5 Mio. Euro."
    encoder = Encoder(TOKENIZER, 64, hints=True)
    piece = encoder.pieces(text, split_sentences(text), find_hints(text))[0]
    marks = {
        text[start:end]: HINTS[piece.hints[word]] for word, (start, end) in zip(piece.words, piece.spans, strict=True)
    }
    assert marks["AG"] == "B-FORM"
    assert marks["2"] == "B-MONEY"
    assert marks["Euro"] == "I-MONEY"
    assert marks["Nordwerk"] == ""


def test_a_window_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="max_tokens: got 4"):
        Encoder(TOKENIZER, 4)
