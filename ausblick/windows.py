"""From an article to the network's windows: whole consecutive sentences of one article, up to `max_tokens`.

A window is `[CLS] sentence [SEP] sentence [SEP] …`. It opens with up to `context` sentences of the window before it,
which are read but not labelled again, so that the first sentence of a window still knows what "sie" refers to.
Training and inference use this module alike.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ausblick.bundle import BundleConfig
from ausblick.cues import CUES, Cue, find_cues
from ausblick.hints import HINT_ID, Hint

Span = tuple[int, int]


class Piece(NamedTuple):
    """A run of tokens of one sentence: the sentence, or a part of one that is longer than a window."""

    sentence: int
    ids: list[int]
    words: list[int]
    """Index of each word's first token in `ids`."""
    spans: list[Span]
    """Character offsets of each word in the article."""
    hints: list[int]
    """Hint id of each token."""
    cues: list[int]
    """Set of cues of each token, as bits."""


@dataclass
class Window:
    """What the network reads at once. Positions are token positions in `ids`."""

    ids: list[int]
    hints: list[int]
    cues: list[int]
    pieces: list[Piece] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    """Position of each piece's first token; the piece ends before its [SEP]."""
    context: int = 0
    """How many pieces at the front are only context."""

    @property
    def token_spans(self) -> list[Span]:
        """(start, end) of each piece in token positions, its [SEP] included."""
        return [(start, start + len(piece.ids) + 1) for start, piece in zip(self.starts, self.pieces, strict=True)]


class Encoder:
    """Turns texts into windows with a `tokenizers.Tokenizer` that knows [CLS] and [SEP].

    `max_sentences` is the most pieces that a window labels, 0 for as many as fit; `names`: listed names among the cues.
    Raises ValueError when the tokenizer lacks them or `max_tokens` leaves no room for text.
    """

    def __init__(
        self,
        tokenizer: Any,
        max_tokens: int,
        context: int = 1,
        hints: bool = False,
        cues: bool = False,
        *,
        names: bool = True,
        max_sentences: int = 0,
    ) -> None:
        self.tokenizer, self.max_tokens, self.context = tokenizer, max_tokens, context
        self.hints, self.cues, self.names, self.max_sentences = hints, cues, names, max_sentences
        cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
        if cls is None or sep is None:
            raise ValueError("tokenizer has no [CLS] or [SEP]: a BERT-family WordPiece tokenizer is needed")
        if max_tokens < 8:
            raise ValueError(f"max_tokens: got {max_tokens}, expected at least 8")
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self.cls, self.sep = int(cls), int(sep)

    def pieces(self, text: str, sentences: Sequence[Span], hints: Sequence[Hint] = ()) -> list[Piece]:
        """The pieces of an article, in order; more than one for a sentence that is too long for a window."""
        encoded = self.tokenizer.encode_batch([text[start:end] for start, end in sentences], add_special_tokens=False)
        room = self.max_tokens - 2
        near = _by_sentence(sentences, hints)
        out: list[Piece] = []
        for number, ((base, _), encoding) in enumerate(zip(sentences, encoded, strict=True)):
            piece = _piece(number, base, encoding)
            if near[number]:
                piece = piece._replace(hints=_token_hints(piece, near[number]))
            if self.cues and (cues := find_cues(text[slice(*sentences[number])], self.names)):
                piece = piece._replace(cues=_token_cues(piece, base, cues))
            out.extend([piece] if len(piece.ids) <= room else _cut(piece, room))
        return out

    def windows(self, pieces: Sequence[Piece]) -> Iterator[Window]:
        """Pack pieces into windows; every piece is labelled in exactly one of them."""
        at = 0
        while at < len(pieces):
            begin, size = at, 1 + len(pieces[at].ids) + 1
            while at - begin < self.context and begin > 0:
                more = len(pieces[begin - 1].ids) + 1
                if more > self.max_tokens // 3 or size + more > self.max_tokens:  # dear context is left out
                    break
                begin, size = begin - 1, size + more
            end, most = at + 1, min(len(pieces), at + (self.max_sentences or len(pieces)))
            while end < most and size + len(pieces[end].ids) + 1 <= self.max_tokens:
                size += len(pieces[end].ids) + 1
                end += 1
            yield self._window(pieces[begin:end], at - begin)
            at = end

    def _window(self, pieces: Sequence[Piece], context: int) -> Window:
        window = Window([self.cls], [0], [0], context=context)
        for piece in pieces:
            window.starts.append(len(window.ids))
            window.pieces.append(piece)
            window.ids += [*piece.ids, self.sep]
            window.hints += [*piece.hints, 0]
            window.cues += [*piece.cues, 0]
        return window


def encoder_of(tokenizer: Any, config: BundleConfig) -> Encoder:
    """The windows that a bundle's network was trained on. Raises ValueError as `Encoder` does."""
    return Encoder(
        tokenizer,
        config.max_tokens,
        config.context,
        bool(config.hints),
        bool(config.cues),
        names=config.cues == CUES,
        max_sentences=config.max_sentences,
    )


def _piece(number: int, base: int, encoding: Any) -> Piece:
    words: list[int] = []
    spans: list[Span] = []
    previous = None
    for i, (word, (start, end)) in enumerate(zip(encoding.word_ids, encoding.offsets, strict=True)):
        if word != previous or word is None:
            words.append(i)
            spans.append((base + start, base + end))
            previous = word
        else:
            spans[-1] = (spans[-1][0], base + end)
    nothing = [0] * len(encoding.ids)
    return Piece(number, list(encoding.ids), words, spans, nothing, nothing)


def _by_sentence(sentences: Sequence[Span], hints: Sequence[Hint]) -> list[list[Hint]]:
    """The hints that touch each sentence, in the order given: a long article has too many of both for all pairs."""
    out: list[list[Hint]] = [[] for _ in sentences]
    starts = [start for start, _ in sentences]
    for hint in hints:
        number = max(0, bisect_right(starts, hint.start) - 1)
        while number < len(starts) and starts[number] < hint.end:
            out[number].append(hint)
            number += 1
    return out


def _token_hints(piece: Piece, hints: Sequence[Hint]) -> list[int]:
    """The hint of each token: that of its word; where two hints claim a word the first in the list wins."""
    out = [0] * len(piece.ids)
    edges = [*piece.words, len(piece.ids)]
    for hint in reversed(hints):
        first = True
        for k, (start, end) in enumerate(piece.spans):
            if start < hint.end and end > hint.start:
                out[edges[k] : edges[k + 1]] = [HINT_ID[("B-" if first else "I-") + hint.kind]] * (
                    edges[k + 1] - edges[k]
                )
                first = False
    return out


def _token_cues(piece: Piece, base: int, cues: Sequence[Cue]) -> list[int]:
    """The cues of each token: all those that touch its word. `base`: where the sentence starts in the article."""
    out = [0] * len(piece.ids)
    edges = [*piece.words, len(piece.ids)]
    ends = [end - base for _, end in piece.spans]
    for cue in cues:
        k = bisect_right(ends, cue.start)
        while k < len(ends) and piece.spans[k][0] - base < cue.end:
            for i in range(edges[k], edges[k + 1]):
                out[i] |= cue.bits
            k += 1
    return out


def _cut(piece: Piece, room: int) -> list[Piece]:
    """Cut at the last word that fits; inside a word only when that word alone does not fit."""
    out: list[Piece] = []
    begin = 0
    while begin < len(piece.ids):
        end = min(begin + room, len(piece.ids))
        if end < len(piece.ids):
            end = max((w for w in piece.words if begin < w <= end), default=end)
        chosen = [k for k, w in enumerate(piece.words) if begin <= w < end]
        out.append(
            Piece(
                piece.sentence,
                piece.ids[begin:end],
                [piece.words[k] - begin for k in chosen],
                [piece.spans[k] for k in chosen],
                piece.hints[begin:end],
                piece.cues[begin:end],
            )
        )
        begin = end
    return out
