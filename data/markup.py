"""The markup in which articles are written, to and from corpus items.

    ## nw-001 | agency
    none | [ORG Nordwerk] verdient im dritten Quartal deutlich mehr

    none | Der Pumpenhersteller hat im dritten Quartal [PERCENT 12 Prozent] mehr verdient.
    positive | Für das Gesamtjahr rechnet er mit [MONEY 90 bis 95 Millionen Euro].

`## ID | style` starts an article. One line a sentence: `outlook | text with [LABEL mention]`. Lines that follow each
other are joined by one space, an empty line between them is a paragraph break. Square brackets have no other use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ausblick.labels import ENTITY_LABELS, LAYERS, OUTLOOK_LABELS
from data.convert.tidy import Gold, finish
from data.corpus import CorpusError, Item
from data.splits import assign_splits

HEADER = re.compile(r"## (\S+) \| ([\w-]+)")
SENTENCE = re.compile(r"(\w+) \| (\S.*)")
MENTION = re.compile(r"\[([A-Z]+) ([^\[\]]+)\]")
BREAK = "\n\n"
SOURCE = "ausblick-news"
SHARES = (("train", 0.65), ("dev", 0.12), ("test", 0.23))


@dataclass
class _Draft:
    """An article while its lines are read."""

    id: str
    style: str
    text: str = ""
    sentences: list[tuple[int, int, str | None]] = field(default_factory=list)
    entities: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, outlook: str, marked: str, paragraph: bool) -> None:
        """Append a sentence."""
        if self.sentences:
            self.text += BREAK if paragraph else " "
        start = len(self.text)
        at = 0
        for mention in MENTION.finditer(marked):
            self.text += marked[at:mention.start()]
            self.entities.append((len(self.text), len(self.text) + len(mention[2]), mention[1]))
            self.text += mention[2]
            at = mention.end()
        self.text += marked[at:]
        self.sentences.append((start, len(self.text), outlook))


def _line_faults(outlook: str, marked: str) -> Iterator[str]:
    if outlook not in OUTLOOK_LABELS:
        yield f"unknown outlook, got {outlook!r}; use one of {', '.join(OUTLOOK_LABELS)}"
    if marked != marked.strip():
        yield f"white space at the end, got {marked[-20:]!r}; remove it"
    for mention in MENTION.finditer(marked):
        if mention[1] not in ENTITY_LABELS:
            yield f"unknown label, got {mention[0]!r}; use one of {', '.join(ENTITY_LABELS)}"
        if mention[2] != mention[2].strip():
            yield f"white space at the edge of a mention, got {mention[0]!r}; put it outside of the brackets"
    rest = MENTION.sub("", marked)
    if "[" in rest or "]" in rest:
        yield f"a bracket that is no mention, got {marked[:60]!r}; write [LABEL words], nothing nested"


def parse(path: Path, split: str = "train") -> tuple[list[Item], list[str]]:
    """The articles of a markup file, all in one split, and its faults (`file:line: what, value; fix`)."""
    drafts: list[_Draft] = []
    faults: list[str] = []
    paragraph = False
    for number, raw in enumerate(path.read_text(encoding="utf8").split("\n"), 1):
        line = raw.removesuffix("\r")
        where = f"{path}:{number}"
        if line.startswith("## "):
            header = HEADER.fullmatch(line)
            if not header:
                faults.append(f"{where}: not a header, got {line[:60]!r}; write `## ID | style`")
            drafts.append(_Draft(header[1], header[2]) if header else _Draft(f"line-{number}", "unknown"))
            paragraph = False
        elif not line.strip():
            paragraph = True
        elif (sentence := SENTENCE.fullmatch(line)) and drafts:
            faults += [f"{where}: {fault}" for fault in _line_faults(sentence[1], sentence[2])]
            drafts[-1].add(sentence[1], sentence[2], paragraph)
            paragraph = False
        else:
            faults.append(f"{where}: neither header nor sentence, got {line[:60]!r}; write `outlook | text`")
    faults += [f"{path}: {d.id}: no sentences; write at least one" for d in drafts if not d.sentences]
    return ([] if faults else [_item(draft, split) for draft in drafts]), faults


def _item(draft: _Draft, split: str) -> Item:
    return finish(Gold(draft.id, SOURCE, split, LAYERS, draft.text, draft.entities, draft.sentences,
                       meta={"style": draft.style}))


def read(paths: Sequence[Path], shares: tuple[tuple[str, float], ...] = SHARES) -> list[Item]:
    """All articles of the files, split by a hash of their ids, near-duplicates together.

    Raises CorpusError with the faults of all files, ids that occur twice included.
    """
    items: list[Item] = []
    faults: list[str] = []
    seen: dict[str, Path] = {}
    for path in paths:
        found, wrong = parse(path)
        faults += wrong
        for item in found:
            if item.article.id in seen:
                faults.append(f"{path}: id {item.article.id} is also in {seen[item.article.id]}; give it another")
            seen[item.article.id] = path
        items += found
    if faults:
        raise CorpusError(faults)
    splits = assign_splits({item.article.id: item.article.text for item in items}, shares)
    return [Item(i.article, i.source, splits[i.article.id], i.covers) for i in items]


def _marked(item: Item, start: int, end: int) -> str:
    parts, at = [], start
    for entity in item.article.entities:
        if start <= entity.start < end:
            parts += [item.article.text[at:entity.start], f"[{entity.label} {entity.text}]"]
            at = entity.end
    return "".join([*parts, item.article.text[at:end]])


def dumps(items: Iterable[Item]) -> str:
    """The markup of items. Raises CorpusError for what the markup cannot say: brackets, line breaks in a sentence,
    other gaps between sentences than one space or an empty line, sentences without outlook."""
    faults: list[str] = []
    parts: list[str] = []
    for item in items:
        article = item.article
        lines = [f"## {article.id} | {article.meta.get('style', 'news')}"]
        at = 0
        for sentence in article.sentences:
            gap, piece = article.text[at:sentence.start], article.text[sentence.start:sentence.end]
            if gap not in (BREAK, " ", "") or (at and not gap):
                faults.append(f"{article.id}: {gap!r} between sentences; the markup has one space or an empty line")
            if re.search(r"[\[\]\r\n]", piece):
                faults.append(f"{article.id}: brackets or a line break in {piece[:60]!r}; keep it as JSON Lines")
            if sentence.outlook is None:
                faults.append(f"{article.id}: no outlook for {piece[:60]!r}; label it first")
            lines += [""] if gap == BREAK else []
            lines.append(f"{sentence.outlook} | {_marked(item, sentence.start, sentence.end)}")
            at = sentence.end
        if article.text[at:]:
            faults.append(f"{article.id}: text after the last sentence, {article.text[at:][:60]!r}; label it too")
        parts.append("\n".join(lines) + "\n")
    if faults:
        raise CorpusError(faults)
    return "\n".join(parts)
