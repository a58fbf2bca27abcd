"""The one function that does the work, wherever it runs: records in, finished lines out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ausblick.records import Record
from ausblick.schema import Article


class ReaderLike(Protocol):
    """What the engines need of a reader."""

    def read_many(self, texts: Iterable[str | Record], /) -> Iterator[Article]: ...


Load = Callable[[], ReaderLike]
"""Makes a reader; must be picklable, since every worker makes its own."""


@dataclass(frozen=True, slots=True)
class Done:
    """An annotated article as its line of JSON Lines, without the line break."""

    line: str
    sentences: int
    entities: int
    empty: bool
    """Without any text."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A record that could be read but not annotated."""

    reason: str


@dataclass(slots=True)
class Work:
    """The outcome of each record of a chunk, in order."""

    outcomes: list[Done | Failed] = field(default_factory=list)
    cut: int = 0
    """Sentences that were longer than a window and were read in pieces."""
    note: str = ""
    """What the network has to say about where it runs."""


def annotate(reader: ReaderLike, records: Sequence[Record]) -> Work:
    """Annotate a chunk of records. An article that breaks the reader fails alone: the others are read without it."""
    before = _cut(reader)
    try:
        work = Work([_done(article) for article in reader.read_many(records)])
        if len(work.outcomes) != len(records):
            raise RuntimeError(f"{len(work.outcomes)} articles came back for {len(records)} records")
    except Exception:
        before = _cut(reader)
        work = Work([_alone(reader, record) for record in records])
    work.cut = _cut(reader) - before
    work.note = network_note(reader)
    return work


def network_note(reader: ReaderLike) -> str:
    """What a reader's network has to say about where it runs; empty on a plain CPU."""
    return str(getattr(getattr(reader, "network", None), "note", ""))


def _alone(reader: ReaderLike, record: Record) -> Done | Failed:
    try:
        (article,) = reader.read_many([record])
        return _done(article)
    except Exception as error:
        return Failed(f"article {record.id!r} cannot be annotated: {type(error).__name__}: {error}")


def _done(article: Article) -> Done:
    line = article.dumps()
    line.encode("utf-8")  # a lone surrogate has no place in the output; raises UnicodeEncodeError
    return Done(line, len(article.sentences), len(article.entities), not article.text.strip())


def _cut(reader: ReaderLike) -> int:
    return int(getattr(reader, "cut_sentences", 0))
