"""What holds for every text, business news or not."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from ausblick.sentences import split_sentences

# Pieces that the rules look at, so that random texts reach every branch.
PIECES = st.sampled_from([
    *[". ", ".", "…", "? ", "! ", "...", " . ", "\n", "\n\n", "\r\n", "\r", "\t", "\u00a0", "\u2028", "\x85", "\ufeff"],
    *["Mio.", "Mrd. ", "z. B. ", "u. a. ", "Co.", "S. A. ", "Nr. ", "etc. ", "3. ", "2020. ", "16. 06. ", "II. "],
    *["Yahoo! ", "A. ", "% ", "AG ", "« ", " »", "WIEN. ", "Warschau (PAP). "],
    *["Der ", "die ", "Euro ", "Quartal ", "Juli ", "„", "“", '"', "»", "«", "(", ")", "- ", "• ", "/dpa/x", "ü"],
    *["u\u0308", "ein\u00adkommen", "🚀", "👩\u200d💼", "X", "x", "5", "5,6", "€", "Platz ", "WIEN", "adidas ",],
])  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=40).map("".join))


@given(TEXTS)
@example("")
@example(" \n\u00a0\u2003")
@example("\ufeff")
@example("Fu\u0308r 5 Mio.\r\n\r\nDer \U0001f680. Er\u00adgebnis?")
def test_sentences_tile_the_text(text: str) -> None:
    spans = split_sentences(text)
    for start, end in spans:
        assert 0 <= start < end <= len(text)
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    covered = [False] * len(text)
    for start, end in spans:
        covered[start:end] = [True] * (end - start)
    assert all(inside or char.isspace() for inside, char in zip(covered, text, strict=True))


@given(TEXTS)
def test_splitting_twice_gives_the_same(text: str) -> None:
    assert split_sentences(text) == split_sentences(text)


@given(TEXTS, st.sampled_from(["", " ", "\n\n", "\r\n", "\u00a0 "]))
def test_white_space_around_a_text_only_shifts_the_offsets(text: str, space: str) -> None:
    shifted = [(start + len(space), end + len(space)) for start, end in split_sentences(text.strip())]
    assert split_sentences(space + text.strip() + space) == shifted


@given(TEXTS, TEXTS)
def test_a_blank_line_parts_whatever_stands_around_it(above: str, below: str) -> None:
    cut = len(above) + 1
    assert all(end <= cut or start >= cut for start, end in split_sentences(f"{above}\n\n{below}"))
