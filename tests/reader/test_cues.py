"""Cues: the right words get the right bits, at the right tokens, however odd the text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ausblick.cues import BIT, CUES, RULES_READ, cue_kinds, find_cues, lower, names_of, word_bits
from ausblick.windows import Encoder, Window
from tests.tiny import TEXT, tiny_tokenizer

SENTENCE = "Trotz des Verlusts dürfte der Umsatz steigen, die Marge werde aber nicht sinken."


def cues_of(sentence: str) -> dict[str, set[str]]:
    """The cues of each word of a sentence, by the window of an encoder."""
    piece = Encoder(tiny_tokenizer(), 96, cues=True).pieces(sentence, [(0, len(sentence))])[0]
    return {
        sentence[start:end]: set(names_of(piece.cues[word]))
        for word, (start, end) in zip(piece.words, piece.spans, strict=True)
    }


def test_words_get_their_cues_and_the_sentence_its_verdict() -> None:
    found = cues_of(SENTENCE)
    assert "BAD_THING" in found["Verlusts"]
    assert "AHEAD" in found["dürfte"]
    assert "UP" in found["steigen"]
    assert "TURN" in found["aber"]
    assert "NEGATOR" in found["nicht"]
    assert "DOWN" in found["sinken"]
    assert all("SAYS_POSITIVE" in cues for cues in found.values())


def test_a_rule_marks_the_words_that_it_matches() -> None:
    found = cues_of("Der Konzern hat seine Prognose für das Jahr angehoben.")
    assert {word for word, cues in found.items() if "RAISED" in cues} == {"Prognose", "für", "das", "Jahr", "angehoben"}


def test_listed_names_can_be_left_out() -> None:
    sentence = "Der Umsatz von E.ON steigt."
    bare = find_cues(sentence, listed=False)
    assert [cue for cue in find_cues(sentence) if not {"NAME", "NAME_REST"} & set(names_of(cue.bits))] == bare
    assert len(find_cues(sentence)) == len(bare) + 2
    assert cue_kinds(names=False) == tuple(kind for kind in CUES if not kind.startswith("NAME"))


def test_a_sentence_without_a_cue_has_no_bits() -> None:
    assert not any(cues_of("Die Nordwerk AG sitzt in Hannover.").values())


def test_every_kind_is_found_in_the_lists() -> None:
    words = ("prognose", "isin", "steigt", "sinkt", "kosten", "robust", "krise", "offen", "nicht", "aber")
    for kind, word in zip(CUES[:10], words, strict=True):
        assert word_bits(word) & BIT[kind], kind


@settings(deadline=None, max_examples=100)
@given(st.one_of(st.text(max_size=300), st.text(alphabet="İ ß\u0308üdroht.Prognose senkt", max_size=200)))
def test_cues_lie_inside_any_text(text: str) -> None:
    assert len(lower(text)) == len(text)
    assert all(0 <= cue.start < cue.end <= len(text) and 0 < cue.bits < 1 << len(CUES) for cue in find_cues(text))


def test_patterns_read_the_start_of_a_long_sentence_only() -> None:
    far = "Sie droht. " * (RULES_READ // 8) + "Die Prognose wurde gesenkt."
    assert not any(cue.bits & BIT["CUT"] for cue in find_cues(far))


def test_windows_carry_cues_in_step_with_their_tokens() -> None:
    encoder = Encoder(tiny_tokenizer(), 24, cues=True)
    windows: list[Window] = list(encoder.windows(encoder.pieces(TEXT, [(0, len(TEXT))])))
    assert len(windows) > 1, "cut into pieces"
    assert all(len(window.cues) == len(window.ids) for window in windows)
    assert any(any(window.cues) for window in windows)
