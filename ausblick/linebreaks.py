"""Which line breaks end a sentence, and which only wrap a line.

A blank line always ends one. A single break is a wrap when the text shows that it was filled to a column (an e-mail, an
ad-hoc notice): the next word would not have fitted, and some line of the text goes on in lower case. Otherwise it ends
a headline, a bullet, a row of figures or a web paragraph. Every test looks at a bounded piece of the two lines, so the
whole is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ausblick.abbreviations import COUNT_WORDS, GLUE_WORDS, MULTIPLIERS, NEVER, UNITS

_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_HARD_BREAKS = "\x0b\x0c\x1c\x1d\x1e\u2029"
_BULLET = re.compile(r"(?:[-–—*+]|\(?(?:\d{1,2}|[a-z])[.)])(?=\s)|[•·▪‣◦►▶■□○●–✓✔➢➤|]")
_DASH = re.compile(r"[-–—]\s")
_COLUMNS = re.compile(r"\S(?:\t| {3})\s*\S")
_FIRST_WORD = re.compile(r"\S{1,80}")
_LAST_WORD = re.compile(r"\S{1,40}$")
_DOTTED = re.compile(r"\b[a-z]\.\s?[^\W\d_]\.$")  # `z. B.`
_BYLINE = re.compile(r"\([\w/-]{2,14}\)")  # `(dpa) - Der Konzern` below a headline
_OPENING = "\"'„“”»«‚‘(["
_NO_START = tuple("%‰)],;:.!?")  # a line that starts so belongs to the one above
_OPEN_END = ("-", "–", "—", "/", ",", "(", "[", "„", "‚", "&", "+")  # a line that ends so goes on
_STOPS = (".", "!", "?", "…", ".“", ".”", '."', ".«", ".»", ".)", "!“", "?“", '!"', '?"', "!«", "?«", "!»", "?»")
_WIDEST = 132  # columns: longer lines are paragraphs, not wrapped ones
_NARROWEST = 24
_SLACK = 3  # columns by which a block may be wider than the widest block with evidence
_HEAD = 200  # characters of a line that are looked at, from either end


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without the white space around it."""

    start: int
    end: int
    hard: bool  # nothing may cross the break behind it

    @property
    def width(self) -> int:
        return self.end - self.start


def segments(text: str) -> Iterator[tuple[int, int]]:
    """The pieces of `text` (offsets, trimmed, none empty) between line breaks that end a sentence, in order."""
    blocks = list(_blocks(text))
    wide = _text_width(text, blocks)
    for block in blocks:
        width = _block_width(text, block) or wide
        widest = max(line.width for line in block)
        width = max(width, widest) if widest <= width + _SLACK else 0
        start = block[0].start
        for line, following in pairwise(block):
            if line.hard or not _goes_on(text, line, following, width):
                yield start, line.end
                start = following.start
        yield start, block[-1].end


def _blocks(text: str) -> Iterator[list[_Line]]:
    """Runs of lines with no blank line between them."""
    block: list[_Line] = []
    position = 0
    for found in _BREAK.finditer(text):
        line = _trim(text, position, found.start(), found.group() in _HARD_BREAKS)
        position = found.end()
        if line is not None:
            block.append(line)
        elif block:
            yield block
            block = []
    last = _trim(text, position, len(text), True)
    if last is not None:
        block.append(last)
    if block:
        yield block


def _trim(text: str, start: int, end: int, hard: bool) -> _Line | None:
    line = text[start:end]
    stripped = line.strip()
    if not stripped:
        return None
    start += len(line) - len(line.lstrip())
    return _Line(start, start + len(stripped), hard)


def _goes_on(text: str, line: _Line, following: _Line, width: int) -> bool:
    """Whether the sentence may run on over the break (the full stops are then judged like any other)."""
    head = text[following.start : min(following.end, following.start + _HEAD)]
    tail = text[max(line.start, line.end - _HEAD) : line.end]
    filled = _is_filled(head, line.width, width)
    if head.startswith(_NO_START):
        return True
    if _BULLET.match(head):
        wrapped_dash = _DASH.match(head) is not None and head[1:].lstrip()[:1].islower()
        return filled and (wrapped_dash or head[0].isdigit() or head[0] == "(")
    if _COLUMNS.search(head) and _COLUMNS.search(tail):
        return False
    small = head.lstrip(_OPENING)[:1].islower() and not _BYLINE.match(head)
    found = _LAST_WORD.search(tail)
    last = found.group() if found else ""
    if _is_amount(last, head):
        return True
    if tail.endswith(_STOPS):
        stem = last.rstrip(".").lstrip(_OPENING)
        return filled or stem in NEVER or _DOTTED.search(tail) is not None or (small and not stem.isalpha())
    return small or filled or tail.endswith(_OPEN_END) or last in GLUE_WORDS


def _is_amount(last: str, head: str) -> bool:
    """Whether an amount was cut: `auf` / `300 Millionen`, `0,3` / `Prozent`, `5 Mio.` / `Euro`."""
    if head[:1].isdigit():
        return last in COUNT_WORDS
    word = _FIRST_WORD.match(head)
    counted = last[-1:].isdigit() or last.rstrip(".") in MULTIPLIERS
    return counted and word is not None and word.group().rstrip(".,;:!?)") in UNITS


def _is_filled(head: str, used: int, width: int) -> bool:
    """Whether the first word of `head` would not have fitted behind `used` columns of a line of `width`."""
    word = _FIRST_WORD.match(head)
    return width > 0 and word is not None and used + 1 + len(word.group()) >= width


def _block_width(text: str, block: list[_Line]) -> int:
    """The column that a block was filled to, 0 when it does not look wrapped.

    Evidence is a full line that ends inside a sentence (no stop, and the next line starts in lower case), or four lines
    and more that are all full.
    """
    width = max(line.width for line in block)
    if len(block) < 2 or not _NARROWEST <= width <= _WIDEST:
        return 0
    filled, small, open_end = 0, False, False
    for line, following in pairwise(block):
        head = text[following.start : min(following.end, following.start + _HEAD)]
        runs_on = not text.endswith(_STOPS, line.start, line.end)
        if _is_filled(head, line.width, width):
            filled += 1
            open_end = open_end or runs_on
            small = small or (runs_on and head[0].islower())
    return width if small or (open_end and filled == len(block) - 1 >= 3) else 0


def _text_width(text: str, blocks: list[list[_Line]]) -> int:
    """The widest filled column of the text, for short blocks that carry no evidence of their own."""
    return max((_block_width(text, block) for block in blocks), default=0)
