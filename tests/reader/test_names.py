"""Listed names: found whole, at word borders, wherever they stand."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ausblick import names
from ausblick.cues import BIT, find_cues
from ausblick.names import find_names, parts_of

LINES = Path(names.__file__).with_name("names.txt").read_text(encoding="utf8").splitlines()
LISTED = {parts_of(line) for line in LINES}
NAMES = sorted(" ".join(parts) for parts in LISTED)


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in find_names(text)]


def test_the_longest_name_wins_and_words_are_whole() -> None:
    text = "Volkswagens Chef lobt die Volkswagen AG, nicht die Volkswagenhalle."
    assert found(text) == ["Volkswagens", "Volkswagen AG"]
    assert found("Die Deutsche  Bank-Aktie und die Deutsche Bankenlandschaft") == ["Deutsche  Bank"]
    assert found("") == found("nichts davon") == []


def test_a_name_is_marked_first_word_and_rest() -> None:
    text = "Sie verlässt die Deutsche Bank."
    marked = {text[c.start:c.end]: c.bits for c in find_cues(text)}
    assert marked == {"Deutsche": BIT["NAME"], " Bank": BIT["NAME_REST"]}


def test_the_list_is_sorted_and_has_each_name_once() -> None:
    assert sorted(set(LINES)) == LINES
    assert all(line == line.strip() and parts_of(line) for line in LINES)


PIECES = st.one_of(st.sampled_from(NAMES), st.text(max_size=4), st.sampled_from([" ", ". ", "s", "-Chef"]))


@given(st.lists(PIECES, max_size=8))
def test_spans_are_in_order_and_hold_listed_names(pieces: list[str]) -> None:
    text = "".join(pieces)
    end = 0
    for start, stop in find_names(text):
        assert end <= start < stop
        end = stop
        parts = parts_of(text[start:stop])
        bare = (*parts[:-1], parts[-1].removesuffix("s"))
        assert parts in LISTED or bare in LISTED
