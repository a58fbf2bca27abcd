"""`python -m training pseudo-label`: a model's labels of unlabelled text, as a silver corpus to train on.

Only what the model is sure of is kept (self-training, Scudder 1965): an item is a run of consecutive sentences whose
mentions and outlook all have at least the score asked for, cut out of its text, since a corpus covers an item whole.
Items in which nothing is found teach little and are left out. Mentions are marked silver; `meta.silver` names the
model. Name the corpus in a config with `silver: true` and a `weight` below 1.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ausblick.labels import LAYERS
from ausblick.schema import Article, Entity, Sentence
from training.settings import ConfigError

COMMAND = "pseudo-label"


@dataclass(frozen=True)
class Wanted:
    """What a sentence must have to be kept."""

    layers: tuple[str, ...] = LAYERS
    min_score: float = 0.9
    """Of each mention of the layers."""
    min_outlook: float = 0.8
    """Of the sentence's outlook, where that is among the layers."""
    keep_empty: bool = False
    """Keep items without a mention and an outlook as well."""

    def sure(self, sentence: Sentence, mentions: Sequence[Entity]) -> bool:
        """Whether the model is sure of everything in a sentence."""
        if "outlook" in self.layers:
            scores = sentence.scores or {}
            if scores.get(sentence.outlook or "none", 0.0) < self.min_outlook:
                return False
        return all((e.score or 0.0) >= self.min_score for e in mentions if e.label in self.layers)


def silver_items(articles: Iterable[Article], wanted: Wanted, model: str) -> Iterator[dict[str, Any]]:
    """Corpus lines of the sure runs of sentences of annotated articles."""
    for article in articles:
        run: list[Sentence] = []
        number = 0
        for sentence in (*article.sentences, None):
            if sentence is not None and wanted.sure(sentence, _within(article, sentence.start, sentence.end)):
                run.append(sentence)
                continue
            if run and (line := _line(article, run, wanted, model, number)) is not None:
                number += 1
                yield line
            run = []


def _within(article: Article, start: int, end: int) -> list[Entity]:
    return [e for e in article.entities if start <= e.start and e.end <= end]


def _line(
    article: Article, run: Sequence[Sentence], wanted: Wanted, model: str, number: int
) -> dict[str, Any] | None:
    begin, end = run[0].start, run[-1].end
    mentions = [e for e in _within(article, begin, end) if e.label in wanted.layers]
    outlook = "outlook" in wanted.layers
    if not (wanted.keep_empty or mentions or (outlook and any(s.outlook != "none" for s in run))):
        return None
    return {
        "id": f"{article.id}:{number}",
        "source": "silver",
        "split": "train",
        "covers": [layer for layer in LAYERS if layer in wanted.layers],
        "text": article.text[begin:end],
        "sentences": [
            {"start": s.start - begin, "end": s.end - begin} | ({"outlook": s.outlook} if outlook else {}) for s in run
        ],
        "entities": [
            {"start": e.start - begin, "end": e.end - begin, "label": e.label, "text": e.text, "silver": True}
            for e in mentions
        ],
        "meta": {"silver": model},
    }


def label(
    reader: Any, texts: Iterable[str], target: Path, wanted: Wanted, model: str, say: Any = print
) -> Counter[str]:
    """Annotate texts, write the silver corpus, and return (and say) the counts of what was kept."""
    from ausblick.records import Record
    from data.corpus import Item, write_corpus

    counts: Counter[str] = Counter()

    def articles() -> Iterator[Article]:
        for article in reader.read_many(Record(f"silver-{i}", text) for i, text in enumerate(texts)):
            counts["sentences read"] += len(article.sentences)
            yield article

    def items() -> Iterator[Item]:
        for line in silver_items(articles(), wanted, model):
            counts["sentences kept"] += len(line["sentences"])
            counts.update(e["label"] for e in line["entities"])
            counts.update(f"outlook {s['outlook']}" for s in line["sentences"] if "outlook" in s)
            yield Item.from_json(line)

    counts["items"] = write_corpus(target, items())
    say(f"{target}: " + ", ".join(f"{n:,} {name}" for name, n in sorted(counts.items())))
    return counts


def add_command(commands: Any) -> None:
    """Describe the command's arguments."""
    command = commands.add_parser(COMMAND, help="label text with a model: a silver corpus for self-training")
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("--bundle", type=Path, help="an exported bundle; its scores are calibrated")
    which.add_argument("--run", type=Path, help="a finished run; its scores are not calibrated")
    what = "texts, one a line (.xz, .gz), or corpora, of which only the train split is read"
    command.add_argument("--text", type=Path, nargs="+", required=True, metavar="FILE", help=what)
    command.add_argument("-o", "--output", type=Path, required=True, metavar="CORPUS.jsonl")
    command.add_argument("--words", type=Path, help="a word list: only lines with two of its words are read")
    command.add_argument("--layers", default=",".join(LAYERS), help="what to label, with commas (default: %(default)s)")
    command.add_argument("--min-score", type=float, default=0.9, help="of each mention (default: %(default)s)")
    command.add_argument("--min-outlook", type=float, default=0.8, help="of each outlook (default: %(default)s)")
    command.add_argument("--keep-empty", action="store_true", help="keep items in which nothing is found, too")
    command.add_argument("--limit", type=int, help="read only so many lines")


def main(args: argparse.Namespace) -> int:
    """Run from the command line. Raises ConfigError for layers that there are not."""
    from itertools import islice

    from data.text import Source, lines, read_words

    layers = tuple(args.layers.split(","))
    if unknown := sorted(set(layers) - set(LAYERS)):
        raise ConfigError(f"--layers: got {unknown[0]!r}, expected some of {','.join(LAYERS)}")
    words = frozenset(read_words(args.words)) if args.words else frozenset()
    texts = lines([Source(path, ("train",), words=words) for path in args.text])
    reader, model = load_reader(args.bundle, args.run)
    wanted = Wanted(layers, args.min_score, args.min_outlook, args.keep_empty)
    label(reader, islice(texts, args.limit), args.output, wanted, model)
    print(f"next: train on it with `- {{path: {args.output}, silver: true, weight: 0.5}}` under data.train")
    return 0


def load_reader(bundle: Path | None, run: Path | None) -> tuple[Any, str]:
    """A reader over a bundle or a finished run, and its name. Raises ConfigError for an unfinished run."""
    from ausblick import Reader

    if run is None:
        return Reader.load(bundle), str(bundle)
    if not (run / "model" / "config.json").is_file():
        raise ConfigError(f"{run}: no model/config.json; finish `python -m training finetune CONFIG` first")
    from tokenizers import Tokenizer

    from models.network import AusblickModel
    from training.finetune.config import Finetune
    from training.finetune.torch_network import torch_reader

    windows = Finetune.read(run / "config.yaml").windows
    tokenizer = Tokenizer.from_file(str(run / "model" / "tokenizer.json"))
    model = AusblickModel.from_pretrained(run / "model").eval()
    return torch_reader(model, tokenizer, windows), str(run)
