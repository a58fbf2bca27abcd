"""`ausblick show`: articles in the terminal, in colour where there is colour, readable where there is none."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ausblick.display import (
    SHOWN_OUTLOOKS,
    SIGNS,
    blocks,
    entity_counts,
    entity_value,
    outlook_counts,
    percent_text,
    segments,
)
from ausblick.engines.work import Failed, ReaderLike, annotate, network_note
from ausblick.errors import EXIT_BAD_RECORDS, EXIT_OK, UserError
from ausblick.inputs import BadRecord, Columns, Located, read_inputs
from ausblick.inputs.sources import check_inputs
from ausblick.progress import clean
from ausblick.schema import Article, Sentence

STYLES = {"ORG": "bold blue", "MONEY": "bold yellow", "PERCENT": "bold magenta",
          "positive": "bold cyan", "neutral": "bold", "negative": "bold red", "none": "dim"}
GUTTER = 15
SHOWN_WIDTH = 110


def show(inputs: Sequence[str], load: Callable[[], ReaderLike], ident: str | None, limit: int, colour: str) -> int:
    """Print the articles of `inputs`; what is not annotated yet is annotated first. Returns the exit code.

    Raises UserError when no input is there, or none has the id.
    """
    check_inputs(inputs, None)
    console = make_console(colour)
    shown, bad = 0, 0
    articles = _articles(read_inputs(inputs, Columns()), load, ident)
    for found in articles:
        if isinstance(found, BadRecord):
            bad += 1
            print(f"ausblick: {clean(found.place)}: {clean(found.reason)}", file=sys.stderr)
        elif shown == limit:
            console.print(Text(f"… more articles follow; show them with --limit N (now {limit}) or --id ID", "dim"))
            break
        else:
            console.print(render(found, markers=console.no_color or not console.is_terminal))
            shown += 1
    if not shown and ident is not None:
        raise UserError(f"--id {ident}: no article has this id in {', '.join(inputs)}")
    return EXIT_BAD_RECORDS if bad else EXIT_OK


def make_console(colour: str, file: IO[str] | None = None) -> Console:
    """A console that wraps at a width that can be read."""
    console = Console(file=file, force_terminal={"always": True, "never": False}.get(colour), highlight=False,
                      no_color=True if colour == "never" else None, markup=False, emoji=False)
    if console.width > SHOWN_WIDTH:
        console.width = SHOWN_WIDTH
    return console


def _articles(items: Iterable[Located | BadRecord], load: Callable[[], ReaderLike],
              ident: str | None) -> Iterator[Article | BadRecord]:
    reader: ReaderLike | None = None
    for item in items:
        if isinstance(item, BadRecord):
            yield item
            continue
        if ident is not None and item.record.id != ident:
            continue
        try:
            article = _annotated(item)
        except (KeyError, TypeError, ValueError) as error:
            yield BadRecord(item.file, item.line, f"not an annotated article: {type(error).__name__}: {error}")
            continue
        if article is None:
            if reader is None:
                reader = load()
                if note := network_note(reader):
                    print(f"ausblick: {clean(note)}", file=sys.stderr)
            yield _read(reader, item)
        else:
            yield article


def _read(reader: ReaderLike, item: Located) -> Article | BadRecord:
    (outcome,) = annotate(reader, [item.record]).outcomes
    if isinstance(outcome, Failed):
        return BadRecord(item.file, item.line, outcome.reason)
    return Article.from_json(json.loads(outcome.line))


def _annotated(item: Located) -> Article | None:
    """The article that a line of our own output (or of gold) holds, None for a record without annotation.

    Raises KeyError, TypeError or ValueError for an annotation that does not fit its text.
    """
    row = item.row
    if row is None or not isinstance(row.get("entities"), list) or not isinstance(row.get("sentences"), list):
        return None
    return Article.from_json({**row, "id": item.record.id, "meta": row.get("meta") or {}})


def render(article: Article, markers: bool = False) -> RenderableType:
    """An article for the terminal. With `markers`, mentions stand in brackets with their label, for lack of colour."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=GUTTER, no_wrap=True)
    grid.add_column(overflow="fold")
    for number, (sentence, first, paragraph) in enumerate(blocks(article)):
        if paragraph and number:
            grid.add_row("", "")
        grid.add_row(_gutter(sentence), _sentence(article, sentence, first, markers))
    body: RenderableType = grid if article.text.strip() else Text("(the text is empty)", "dim")
    return Group(_head(article), Padding(body, (1, 0, 1, 0)), *_values(article))


def _head(article: Article) -> Text:
    title = article.meta.get("title")
    head = Text()
    if isinstance(title, str) and title.strip():
        head.append(clean(title) + "\n", "bold")
    head.append(clean(article.id), "dim" if head else "bold")
    counts, kinds = outlook_counts(article), entity_counts(article)
    facts = [(f"{SIGNS[name]} {counts[name]} {name}", STYLES[name]) for name in SHOWN_OUTLOOKS if counts[name]]
    facts += [(f"{count} {label}", STYLES.get(label, "")) for label, count in sorted(kinds.items())]
    for text, style in facts:
        head.append("   " + text, style)
    return head


def _gutter(sentence: Sentence) -> Text:
    """The outlook with its sign and score."""
    label = sentence.outlook
    if label not in SIGNS:
        return Text("")
    score = (sentence.scores or {}).get(label)
    text = f"{SIGNS[label]} {label:<9}" + ("" if score is None else f"{percent_text(score):>4}")
    return Text(text, STYLES[label])


def _sentence(article: Article, sentence: Sentence, first: int, markers: bool) -> Text:
    line = Text()
    for part, entity in segments(article, sentence, first):
        shown = clean(re.sub(r"\s+", " ", part))
        if entity is None:
            line.append(shown)
        elif markers:
            line.append(f"[{shown}|{entity.label}]")
        else:
            line.append(shown, f"{STYLES.get(entity.label, 'bold')} underline")
    return line


def _values(article: Article) -> list[RenderableType]:
    """A table of the amounts with their values."""
    amounts = [entity for entity in article.entities if entity.label != "ORG"]
    if not amounts:
        return []
    table = Table.grid(padding=(0, 2))
    for entity in amounts:
        score = "" if entity.score is None else percent_text(entity.score)
        table.add_row(Text(clean(" ".join(entity.text.split())), STYLES.get(entity.label, "")),
                      Text("→ " + entity_value(entity)), Text(score, "dim"))
    return [Padding(table, (0, 0, 1, GUTTER + 1))]
