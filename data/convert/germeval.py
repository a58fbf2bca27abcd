"""GermEval 2014: the official four-column TSV (dev, test) and a two-column BIOES copy (train).

Only the outer layer is read. Its classes ORG and ORGpart become ORG; of an ORGpart that is one hyphenated word, the
part before the first hyphen is the name (`FIFA` of `FIFA-Schiedsrichter`), and a fused word is taken whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from data.convert.silver import amounts
from data.convert.tidy import Gold, finish
from data.convert.tokens import blocks, join, spans
from data.corpus import Item
from data.text import open_text


def read(path: Path, split: str) -> Iterator[Item]:
    """The sentences of one file as items. Raises ValueError (`file:line`) for a line that is neither format."""
    with open_text(path) as lines:
        for index, (first, block) in enumerate(blocks(lines)):
            rows = [_row(line, path, first + i) for i, line in enumerate(block) if not _is_comment(line)]
            if rows:
                yield _item(rows, f"germeval14-{split}-{index:05}", split)


def _is_comment(line: str) -> bool:
    return line.startswith("#\t")


def _row(line: str, path: Path, number: int) -> tuple[str, str]:
    """Token and tag of a line: `1<TAB>Token<TAB>tag<TAB>inner` or `Token tag`."""
    cells = line.split("\t")
    if len(cells) >= 3 and cells[0].isdigit():
        return cells[1], cells[2]
    cells = line.rsplit(" ", 1)
    if len(cells) == 2 and (cells[1] == "O" or cells[1][1:2] == "-"):
        return cells[0], cells[1]
    raise ValueError(f"{path}:{number}: neither TSV nor BIOES, got {line[:60]!r}; take the file in data/sources.py")


def _item(rows: list[tuple[str, str]], key: str, split: str) -> Item:
    # A token can hold a space in the copies (a broken line of the source); the text keeps it as it is.
    text, offsets = join([token for token, _ in rows])
    gold = []
    for start, end, label, count in spans([tag for _, tag in rows], offsets):
        name = label.casefold()
        if name == "orgpart" and count == 1:
            head = text[start:end].partition("-")[0]
            gold.append((start, start + len(head) if head else end, "ORG"))
        elif name in ("org", "orgpart"):
            gold.append((start, end, "ORG"))
    silver = amounts(text, gold)
    return finish(Gold(key, "germeval14", split, ("ORG",), text, [*gold, *silver], [(0, len(text), None)],
                       frozenset(silver)))
