"""Reads articles: sentences, windows, network, decoding, values.

A result depends on its article alone: windows hold one article each and are padded to a length of their own, so the
companions in a batch change nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ausblick.bundle import Bundle, BundleConfig
from ausblick.decode import Floats, learned, log_softmax, viterbi, word_scores
from ausblick.hints import find_hints
from ausblick.labels import OUTLOOK_LABELS, TAGS, bio_to_spans
from ausblick.network import Network, OnnxNetwork, collate
from ausblick.records import Record
from ausblick.schema import Article, Entity, Sentence
from ausblick.sentences import split_sentences
from ausblick.values import Amount, find_amounts, read_value
from ausblick.windows import Piece, Window, encoder_of

BUCKET = 16
"""Windows are padded to a multiple of this many tokens."""
BATCH_TOKENS = 512
"""Tokens that the network reads at once. Larger batches are no faster on a CPU: their activations leave the cache, and
ONNX Runtime's memory grows with the largest batch."""


@dataclass
class Job:
    """An article on its way through the network."""

    record: Record
    sentences: list[tuple[int, int]]
    windows: list[Window]
    amounts: Sequence[Amount] = ()
    """What the grammar finds in the text, where it is wanted."""
    tags: list[tuple[Piece, Floats]] = field(default_factory=list)
    """Each labelled piece with the logits of its words, (words, tags)."""
    outlook: list[list[tuple[int, Floats]]] = field(default_factory=list)
    """For each sentence the logits of its pieces with their lengths in tokens."""


class Reader:
    """Annotates German business news. Make one with `Reader.load()`; it may be reused for any number of texts."""

    def __init__(self, network: Network, tokenizer: Any, config: BundleConfig, min_score: float = 0.0) -> None:
        self.network, self.config, self.min_score = network, config, min_score
        self.encoder = encoder_of(tokenizer, config)
        self.transitions = learned(config.transitions, config.temperature["entities"])
        self.cut_sentences = 0
        """Sentences so far that were longer than a window and were read in pieces."""

    @classmethod
    def load(cls, path: Path | str | None = None, threads: int | None = None, min_score: float = 0.0) -> Reader:
        """Load a bundle folder; without a path the one that ships with the package.

        threads: threads of the network; by default one for each core that the process may use.
        min_score: mentions with a lower calibrated score are left out.
        Raises BundleError when the folder breaks the contract.
        """
        from tokenizers import Tokenizer

        bundle = Bundle.load(path)
        tokenizer = Tokenizer.from_file(str(bundle.tokenizer))
        return cls(OnnxNetwork(bundle.model, threads), tokenizer, bundle.config, min_score)

    def read(self, text: str | Record) -> Article:
        """Annotate one article. Raises ValueError for sentence offsets that do not fit its text."""
        return next(self.read_many([text]))

    def read_many(
        self, texts: Iterable[str | Record], batch_tokens: int = BATCH_TOKENS, chunk: int = 64
    ) -> Iterator[Article]:
        """Annotate articles, lazily and in order.

        At most `chunk` articles are held at a time; the network reads up to `batch_tokens` tokens at once. A bare
        text gets its position as id. Raises ValueError for sentence offsets that do not fit their text.
        """
        numbered = (Record(str(i), t) if isinstance(t, str) else t for i, t in enumerate(texts))
        while records := list(islice(numbered, chunk)):
            jobs = [self._prepare(record) for record in records]
            self._run(jobs, batch_tokens)
            for job in jobs:
                yield self._finish(job)

    def logits(self, record: Record) -> Job:
        """The uncalibrated scores of one article, for calibration and inspection."""
        job = self._prepare(record)
        self._run([job], BATCH_TOKENS)
        return job

    def _prepare(self, record: Record) -> Job:
        text = record.text
        sentences = check_sentences(record) if record.sentences is not None else split_sentences(text)
        amounts = find_amounts(text) if self.encoder.hints or self.config.grammar != "off" else ()
        hints = find_hints(text, amounts) if self.encoder.hints else ()
        pieces = self.encoder.pieces(text, sentences, hints)
        numbers = [piece.sentence for piece in pieces]
        self.cut_sentences += len({n for n, following in pairwise(numbers) if n == following})
        job = Job(record, list(sentences), list(self.encoder.windows(pieces)), amounts)
        job.outlook = [[] for _ in sentences]
        return job

    def _run(self, jobs: Sequence[Job], batch_tokens: int) -> None:
        """Put the windows of all jobs through the network, windows of the same padded length together."""
        buckets: dict[int, list[tuple[Job, Window]]] = {}
        for job in jobs:
            for window in job.windows:
                buckets.setdefault(-(-len(window.ids) // BUCKET) * BUCKET, []).append((job, window))
        for length, members in sorted(buckets.items()):
            size = max(1, batch_tokens // length)
            for i in range(0, len(members), size):
                batch = members[i : i + size]
                tags, outlook = self.network(collate([w for _, w in batch], length))
                for row, (job, window) in enumerate(batch):
                    _keep(job, window, tags[row], outlook[row])

    def _finish(self, job: Job) -> Article:
        record = job.record
        sentences = tuple(self._sentence(span, logits) for span, logits in zip(job.sentences, job.outlook, strict=True))
        job.tags.sort(key=lambda item: item[0].spans[0] if item[0].spans else (0, 0))
        entities = [entity for entity in self._entities(job) if (entity.score or 0.0) >= self.min_score]
        if self.config.grammar == "first":
            entities = without_rivals(entities, whole_amounts(job.amounts, job.sentences))
        if self.config.grammar != "off":
            entities = add_amounts(record.text, entities, job.amounts, job.sentences)
        return Article(record.id, record.text, sentences, tuple(entities), record.meta)

    def _sentence(self, span: tuple[int, int], parts: Sequence[tuple[int, Floats]]) -> Sentence:
        """The outlook of a sentence; that of a cut one is the mean of its pieces, weighted by their lengths."""
        if not parts:  # only characters that the tokenizer does not know as text
            scores = dict.fromkeys(OUTLOOK_LABELS, 0.0) | {"none": 1.0}
            return Sentence(*span, "none", scores)
        weights = np.array([max(1, length) for length, _ in parts], dtype=np.float64)
        logits = np.average(np.stack([part for _, part in parts]), axis=0, weights=weights)
        probabilities = np.exp(log_softmax(logits.astype(np.float32), self.config.temperature["outlook"]))
        scores = {label: float(p) for label, p in zip(OUTLOOK_LABELS, probabilities, strict=True)}
        return Sentence(*span, OUTLOOK_LABELS[int(probabilities.argmax())], scores)

    def _entities(self, job: Job) -> Iterator[Entity]:
        text = job.record.text
        rows = [log_softmax(logits, self.config.temperature["entities"]) for _, logits in job.tags]
        decoded, sure = viterbi(rows, self.transitions), word_scores(rows, self.transitions)
        for (piece, _), scores, best in zip(job.tags, sure, decoded, strict=True):
            chosen = scores[np.arange(len(best)), best]
            positions = [(i, i + 1) for i in range(len(best))]
            for first, last, label in bio_to_spans([TAGS[i] for i in best], positions):
                start, end = piece.spans[first][0], piece.spans[last - 1][1]
                score = float(np.exp(chosen[first:last].mean()))
                value = None if label == "ORG" else read_value(text, start, end, label)
                yield Entity(start, end, label, text[start:end], score, value)


def _keep(job: Job, window: Window, tags: Floats, outlook: Floats) -> None:
    """File the scores of a window's own pieces; its context was labelled in the window before."""
    for k in range(window.context, len(window.pieces)):
        piece, start = window.pieces[k], window.starts[k]
        if piece.words:
            job.tags.append((piece, tags[[start + w for w in piece.words]]))
            job.outlook[piece.sentence].append((len(piece.ids), outlook[k]))


def check_sentences(record: Record) -> list[tuple[int, int]]:
    """The record's own sentences; raises ValueError when they are out of order, overlap or leave text uncovered."""
    at = 0
    for start, end in (*(record.sentences or ()), (len(record.text), len(record.text))):
        if not at <= start <= end <= len(record.text):
            raise ValueError(
                f"article {record.id}: sentence {start}–{end}: sentences must be in order, without overlap, "
                f"and end by {len(record.text)}"
            )
        if gap := record.text[at:start].strip():
            raise ValueError(
                f"article {record.id}: characters {at}–{start} ({gap[:40]!r}) are in no sentence; add one for them, "
                "or leave `sentences` out"
            )
        at = end
    return list(record.sentences or ())


def add_amounts(
    text: str, entities: Sequence[Entity], amounts: Sequence[Amount], sentences: Sequence[tuple[int, int]]
) -> list[Entity]:
    """The network's mentions and those of the grammar's that touch none of them, in order; the latter score 1.

    `entities` and `sentences` are in order and do not overlap. An amount that crosses sentences is left out.
    """
    taken = [(e.start, e.end) for e in entities]
    added = [
        Entity(a.start, a.end, a.label, text[a.start : a.end], 1.0, a.value)
        for a in whole_amounts(amounts, sentences)
        if _last_before(taken, a.end)[1] <= a.start
    ]
    return sorted([*entities, *added], key=lambda e: e.start)


def whole_amounts(amounts: Sequence[Amount], sentences: Sequence[tuple[int, int]]) -> list[Amount]:
    """The amounts that lie in one sentence."""
    return [a for a in amounts if _last_before(sentences, a.start + 1)[1] >= a.end]


def without_rivals(entities: Sequence[Entity], amounts: Sequence[Amount]) -> list[Entity]:
    """The network's mentions without those that the grammar knows better.

    Left out is what touches one of the grammar's `amounts` and is not that very mention, and an amount elsewhere that
    cannot be read as a number. So MONEY and PERCENT are at least the grammar's own.
    """
    spans = [(a.start, a.end) for a in amounts]
    same = {(a.start, a.end, a.label) for a in amounts}
    return [
        e
        for e in entities
        if (e.start, e.end, e.label) in same
        or (_last_before(spans, e.end)[1] <= e.start and (e.label == "ORG" or e.value is not None))
    ]


def _last_before(spans: Sequence[tuple[int, int]], position: int) -> tuple[int, int]:
    """The last of ordered spans that starts before `position`; (0, 0) where none does."""
    at = bisect_right(spans, position - 1, key=lambda span: span[0])
    return spans[at - 1] if at else (0, 0)
