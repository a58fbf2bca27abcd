"""Systems that need no network, for the same table: what a model must beat to be worth its cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ausblick.cue_rules import outlook_of
from ausblick.labels import OUTLOOK_LABELS
from ausblick.records import Record
from ausblick.schema import Article, Entity, Sentence
from ausblick.sentences import split_sentences
from ausblick.values import find_amounts
from data.corpus import Item


class RulesReader:
    """Rules only: the values grammar tags MONEY and PERCENT, the lexicon gives every sentence its outlook."""

    def __init__(self, outlook: str | None = None) -> None:
        self.outlook = outlook
        """Give every sentence this outlook instead of asking the lexicon."""

    def read_many(self, texts: Iterable[str | Record]) -> Iterator[Article]:
        """Annotate records, in order."""
        for number, given in enumerate(texts):
            record = Record(str(number), given) if isinstance(given, str) else given
            spans = record.sentences or split_sentences(record.text)
            sentences = tuple(Sentence(a, b, self.outlook or outlook_of(record.text[a:b])) for a, b in spans)
            entities = tuple(
                Entity(a.start, a.end, a.label, record.text[a.start : a.end], None, a.value)
                for a in find_amounts(record.text)
            )
            yield Article(record.id, record.text, sentences, entities, record.meta)


def majority_outlook(train: Sequence[Item]) -> str:
    """The most frequent outlook of the training items; "none" when they have none."""
    counts = Counter(s.outlook for item in train if "outlook" in item.covers for s in item.article.sentences)
    return max(OUTLOOK_LABELS, key=lambda label: (counts[label], label == "none"))
