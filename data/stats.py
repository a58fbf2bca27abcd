"""One table of all corpora: articles, sentences, tokens, mentions by type, outlook labels; a row a split."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS
from data.corpus import SPLITS, Item

TOKEN = re.compile(r"\w+|[^\w\s]")
COLUMNS = ("corpus", "split", "articles", "sentences", "tokens", *ENTITY_LABELS, "silver", *OUTLOOK_LABELS)


def count(items: Iterable[Item]) -> Counter[str]:
    """The counts of some items by column name; a rule-made mention counts as silver, not under its type."""
    out: Counter[str] = Counter()
    for item in items:
        out["articles"] += 1
        out["sentences"] += len(item.article.sentences)
        out["tokens"] += len(TOKEN.findall(item.article.text))
        out.update("silver" if e.silver else e.label for e in item.article.entities)
        out.update(s.outlook for s in item.article.sentences if s.outlook)
    return out


def rows(corpora: Mapping[str, Sequence[Item]]) -> list[tuple[str, ...]]:
    """The table's rows: what no item of a split covers is `–`, since 0 would say that somebody looked."""
    out = []
    for name, items in corpora.items():
        for split in SPLITS:
            chosen = [item for item in items if item.split == split]
            if not chosen:
                continue
            counts = count(chosen)
            covered = frozenset().union(*(item.covers for item in chosen))
            cells = []
            for column in COLUMNS[2:]:
                layer = "outlook" if column in OUTLOOK_LABELS else column
                known = layer in covered or column in ("articles", "sentences", "tokens", "silver")
                cells.append(f"{counts[column]:,}" if known else "–")
            out.append((name, split, *cells))
    return out


def table(corpora: Mapping[str, Sequence[Item]]) -> str:
    """The table as Markdown with aligned columns, without colours: it goes into files and terminals alike."""
    lines = [COLUMNS, *rows(corpora)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]

    def row(line: Sequence[str]) -> str:
        cells = [cell.ljust(width) if i < 2 else cell.rjust(width)
                 for i, (cell, width) in enumerate(zip(line, widths, strict=True))]
        return "| " + " | ".join(cells) + " |"

    rule = "|" + "|".join("-" * (width + 1) + ("-" if i < 2 else ":") for i, width in enumerate(widths)) + "|"
    return "\n".join([row(COLUMNS), rule, *(row(line) for line in lines[1:])])
