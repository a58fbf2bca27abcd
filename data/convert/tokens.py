"""Column files of tokens: back to running text with exact offsets of every token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

NO_SPACE_BEFORE = frozenset(",.;:!?)]}…”’")
NO_SPACE_AFTER = frozenset("([{„‚")
CLOSING = frozenset("“‘«")
OPENING = frozenset("»")
"""As German newspapers set them: „…“ ‚…‘ »…«; Swiss «…» get their spaces on the wrong side; offsets stay right."""


def join(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Text and token offsets: `text[start:end] == token` for every token.

    Straight quotes open and close in turn. A token that only begins with punctuation (`-Teammanager`) keeps its space.

    >>> join(["Der", "„", "Kern", "“", "(", "alt", ")", "wächst", "."])[0]
    'Der „Kern“ (alt) wächst.'
    """
    parts: list[str] = []
    offsets: list[tuple[int, int]] = []
    at, glue, quoted = 0, True, {'"': False, "'": False}
    for token in tokens:
        closes = token in CLOSING or quoted.get(token, False)
        space = not (glue or closes or token in NO_SPACE_BEFORE or token == "...")
        if space:
            parts.append(" ")
            at += 1
        parts.append(token)
        offsets.append((at, at + len(token)))
        at += len(token)
        glue = token in NO_SPACE_AFTER or token in OPENING
        if token in quoted:
            quoted[token] = not quoted[token]
            glue = quoted[token]
    return "".join(parts), offsets


def align(tokens: Sequence[str], text: str) -> list[tuple[int, int]] | None:
    """Offsets of the tokens in a text that is known; None when it does not consist of them and white space."""
    offsets: list[tuple[int, int]] = []
    at = 0
    for token in tokens:
        start = text.find(token, at)
        if start < 0 or text[at:start].strip():
            return None
        at = start + len(token)
        offsets.append((start, at))
    return None if text[at:].strip() else offsets


def spans(tags: Sequence[str], offsets: Sequence[tuple[int, int]]) -> list[tuple[int, int, str, int]]:
    """(start, end, label, tokens) of a BIO or BIOES column; an I or E without its B starts a span of its own."""
    out: list[tuple[int, int, str, int]] = []
    previous = "O"
    for tag, (start, end) in zip(tags, offsets, strict=True):
        prefix, _, label = tag.partition("-")
        if prefix in ("I", "E") and out and previous[:1] in ("B", "I") and previous.partition("-")[2] == label:
            first, _, _, count = out[-1]
            out[-1] = (first, end, label, count + 1)
        elif prefix in ("B", "I", "E", "S"):
            out.append((start, end, label, 1))
        previous = tag
    return out


def blocks(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Groups of lines between empty ones, with the number of their first line."""
    block: list[str] = []
    first = 1
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if line.strip():
            first = first if block else number
            block.append(line)
        elif block:
            yield first, block
            block = []
    if block:
        yield first, block
