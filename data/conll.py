"""CoNLL files in IOB2: one token a line with its character offsets, the article's text in a comment.

    # id = nw-001
    # text = "Nordwerk verdient mehr."
    # head = {"id": "nw-001", "source": …, "split": …, "covers": […], …}
    # sentence = 0 23 none
    Nordwerk<TAB>0<TAB>8<TAB>B-ORG

The offsets decide, so every text survives (emoji, CRLF, any white space). Files without offsets (`token tag`, sentences
between empty lines) are read as well; their text is put together from the tokens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from ausblick.labels import ENTITY_LABELS, LAYERS, OUTLOOK_LABELS, spans_to_bio
from data.convert.tidy import Gold, finish
from data.convert.tokens import blocks, join, spans
from data.corpus import CorpusError, Item
from data.exchange import Span, build, head

TOKEN = re.compile(r"\w+|[^\w\s]")
COMMENT = re.compile(r"# (id|text|head|sentence) = (.*)")


def tokens(text: str, start: int, end: int, cuts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Words and signs between `start` and `end`, cut where a mention begins or ends (`SAPs`, `VW`-Chef)."""
    edges = sorted({start, end, *(cut for cut in cuts if start < cut < end)})
    for left, right in pairwise(edges):
        for found in TOKEN.finditer(text, left, right):
            yield found.span()


def dumps(items: Iterable[Item]) -> str:
    """The CoNLL file of items."""
    out: list[str] = []
    for item in items:
        article = item.article
        record = head(item)
        name = article.id if article.id.isprintable() else "see head"
        out += [f"# id = {name}", f"# text = {json.dumps(article.text)}", f"# head = {json.dumps(record)}"]
        mentions = [(e.start, e.end, e.label) for e in article.entities]
        cuts = [edge for start, end, _ in mentions for edge in (start, end)]
        for sentence in article.sentences:
            out.append(f"# sentence = {sentence.start} {sentence.end} {sentence.outlook or '-'}")
            pieces = list(tokens(article.text, sentence.start, sentence.end, cuts))
            for (start, end), tag in zip(pieces, spans_to_bio(mentions, pieces), strict=True):
                out.append(f"{article.text[start:end]}\t{start}\t{end}\t{tag}")
            out.append("")
        out.append("")
    return "\n".join(out)


def load(path: Path, split: str = "train", covers: Sequence[str] = ENTITY_LABELS, source: str = "own") -> list[Item]:
    """The items of a CoNLL file.

    `split`, `covers` and `source` are for files without offsets, whose sentences become items of their own.
    Raises CorpusError with all faults (`file:line: what, value; fix`).
    """
    try:
        lines = path.read_bytes().decode("utf8").split("\n")
    except UnicodeDecodeError as error:
        raise CorpusError([f"{path}: not UTF-8 ({error}); save it as UTF-8"]) from error
    reader = _Offsets(path) if any(line.startswith("# text = ") for line in lines) else None
    if reader is None:
        return _plain(path, lines, split, covers, source)
    for number, line in enumerate(lines, 1):
        reader.line(number, line)
    reader.close()
    if reader.faults:
        raise CorpusError(reader.faults)
    return reader.items


class _Offsets:
    """Reads the lines of a file with offsets, one article at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.items: list[Item] = []
        self.faults: list[str] = []
        self._open: dict[str, Any] = {}

    def fault(self, number: int, what: str) -> None:
        self.faults.append(f"{self.path}:{number}: {what}")

    def line(self, number: int, line: str) -> None:
        """Take one line without its line feed."""
        comment = COMMENT.fullmatch(line)
        if comment and comment[1] == "id":
            self.close()
            self._open = {"id": comment[2], "line": number, "text": "", "head": {}, "spans": [], "outlooks": {}}
        elif comment and self._open:
            self._comment(number, comment[1], comment[2])
        elif line.rstrip("\r") and not line.startswith("# "):
            self._token(number, line.rstrip("\r"))

    def _comment(self, number: int, key: str, value: str) -> None:
        try:
            if key == "sentence":
                start, end, outlook = value.split()
                self._open["outlooks"][int(start), int(end)] = outlook if outlook in OUTLOOK_LABELS else None
                if outlook not in (*OUTLOOK_LABELS, "-"):
                    self.fault(number, f"unknown outlook, got {outlook!r}; use {', '.join(OUTLOOK_LABELS)} or -")
            else:
                self._open[key] = json.loads(value)
        except ValueError:
            self.fault(number, f"`{key}` cannot be read, got {value[:60]!r}; keep the comments as to-conll wrote them")

    def _token(self, number: int, line: str) -> None:
        cells = line.split("\t")
        if not self._open or len(cells) != 4 or not (cells[1].isdigit() and cells[2].isdigit()):
            self.fault(number, f"not a token line, got {line[:60]!r}; write token, start, end, tag with tabs")
            return
        start, end, (prefix, _, label) = int(cells[1]), int(cells[2]), cells[3].partition("-")
        found: list[Span] = self._open["spans"]
        if self._open["text"][start:end] != cells[0]:
            self.fault(number, f"{cells[0]!r} is not the text at {start}–{end}; change tags only")
        if prefix == "O":
            self._open["inside"] = None
        elif prefix not in "BI" or label not in ENTITY_LABELS:
            self.fault(number, f"unknown tag, got {cells[3]!r}; use O, B- or I- with {', '.join(ENTITY_LABELS)}")
        elif prefix == "B":
            found.append((start, end, label))
            self._open["inside"] = label
        elif self._open.get("inside") != label:
            self.fault(number, f"{cells[3]} continues no mention of its kind; begin it with B-{label}")
        else:
            found[-1] = (found[-1][0], end, label)

    def close(self) -> None:
        """Finish the article that is open."""
        record, self._open = self._open, {}
        if not record or self.faults:
            return
        try:
            layers = dict(record["head"])
            layers["sentences"] = _sentences(layers, record["outlooks"])
            self.items.append(build(layers, record["text"], record["spans"], record["outlooks"]))
        except (KeyError, TypeError) as error:
            self.fault(record["line"], f"the comments of {record['id']} lack {error}; keep them as they were")
        except ValueError as error:
            for what in str(error).splitlines():
                self.fault(record["line"], what)


def _sentences(record: dict[str, Any], outlooks: dict[tuple[int, int], str | None]) -> list[dict[str, Any]]:
    """The sentences as the comments of the file have them now, with what `head` kept of unchanged ones."""
    kept = {(s["start"], s["end"]): s for s in record.get("sentences", ())}
    return [kept.get(span, {"start": span[0], "end": span[1]}) for span in outlooks]


def _plain(path: Path, lines: Sequence[str], split: str, covers: Sequence[str], source: str) -> list[Item]:
    """Files of `token … tag`: every block is a sentence and an item of its own."""
    faults: list[str] = []
    items: list[Item] = []
    for first, block in blocks(lines):
        rows = [line.split("\t") if "\t" in line else line.split() for line in block
                if not line.startswith(("#", "-DOCSTART-"))]
        if not rows:
            continue
        tags = [row[-1] for row in rows]
        for i, (row, tag) in enumerate(zip(rows, tags, strict=True)):
            prefix, _, label = tag.partition("-")
            if len(row) < 2 or (tag != "O" and (prefix not in ("B", "I", "E", "S") or label not in ENTITY_LABELS)):
                faults.append(f"{path}:{first + i}: not `token tag`, got {' '.join(row)[:60]!r}; "
                              f"tags are O, B- or I- with {', '.join(ENTITY_LABELS)}")
        text, offsets = join([row[0] for row in rows])
        found = [(a, b, label) for a, b, label, _ in spans(tags, offsets)]
        if not faults:
            items.append(finish(Gold(f"{path.stem}-{len(items):05}", source, split,
                                     tuple(layer for layer in LAYERS if layer in covers), text, found,
                                     [(0, len(text), None)])))
    if faults:
        raise CorpusError(faults)
    return items
