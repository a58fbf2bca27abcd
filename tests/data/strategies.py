"""Random corpus items: texts with emoji, CRLF, combining marks and wide spaces, mentions and sentences in them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from data.convert.tidy import Gold, finish
from data.corpus import Item

PIECES = ["Nordwerk", "VW", "-Chef", "SAPs", " ", " ", "  ", "\r\n", "\n\n", "😀", "👩‍🏭", "ü", "ü", "3,4 Mrd.", "%",
          "“", "[", "]", "#", "\t", "\u2028", "\u00a0", "𝔊", ".", ",", "\x85", "a", "\u00ad"]
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), min_size=1, max_size=25).map("".join).filter(
    lambda text: text.strip() != "")


@st.composite
def items(draw: st.DrawFn, scores: bool = False) -> Item:
    """A valid item."""
    text = draw(texts)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)) | {0, len(text)})
    spans = [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]
    with_outlook = draw(st.booleans())
    outlooks = st.sampled_from(["none", "positive", "neutral", "negative"]) if with_outlook else st.none()
    mentions = []
    for a, b in spans:
        if draw(st.booleans()):
            start = draw(st.integers(a, b - 1))
            end = draw(st.integers(start + 1, b))
            mentions.append((start, end, draw(st.sampled_from(["ORG", "MONEY", "PERCENT"]))))
    mentions = [m for m in mentions if text[m[0]:m[1]].strip()]
    silver = frozenset(m for m in mentions if draw(st.booleans()))
    return finish(Gold(
        draw(st.text(min_size=1, max_size=8)), "own", draw(st.sampled_from(["train", "dev", "test"])),
        ("ORG", "MONEY", "PERCENT", *(["outlook"] if with_outlook else [])), text, mentions,
        [(a, b, draw(outlooks)) for a, b in spans], silver,
        draw(st.sampled_from([None, {"style": "agency"}, {"n": [1]}]))))
