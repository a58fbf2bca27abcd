"""`python -m training compare A B`: the paired difference of two reports, and the articles where they differ."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.reports.build import System, differences, resampled, scopes
from training.reports.cases import Case, ReportError
from training.reports.figures import entity_counts, outlook_counts
from training.reports.more_tables import difference_rows
from training.reports.store import dumps, load_cases, load_report
from training.reports.tables import Table
from training.reports.words import triples


def main(args: argparse.Namespace) -> int:
    """Run `compare`; raises ReportError for reports that cannot be compared."""
    found = compare(args.first, args.second, args.resamples, args.seed)
    print(markdown(found, args.list))
    if args.output:
        args.output.mkdir(parents=True, exist_ok=True)
        (args.output / "compare.json").write_text(dumps(found), encoding="utf8")
        (args.output / "compare.md").write_text(markdown(found, len(found["articles"])), encoding="utf8")
    return 0


def compare(first: Path, second: Path, resamples: int = 2000, seed: int = 7) -> dict[str, Any]:
    """Paired bootstrap of B minus A over the documents that both have.

    {format, first, second, documents, only_first, only_second, differences: {scope: {figure: …}}, articles: […]}.
    Raises ReportError when they have no document in common or its gold differs.
    """
    names = [load_report(folder)["systems"][0]["name"] for folder in (first, second)]
    if names[0] == names[1]:
        names = [f"{name}, {folder.name}" for name, folder in zip(names, (first, second), strict=True)]
    left, right = ({(c.corpus, c.id): c for c in load_cases(folder)} for folder in (first, second))
    common = [key for key in left if key in right]
    if not common:
        raise ReportError(f"{first} and {second} have no document in common; make both from the same --data")
    for key in common:
        same_gold(left[key], right[key])
    a, b = (
        System(name, "bundle", [side[key] for key in common]) for name, side in zip(names, (left, right), strict=True)
    )
    for system in (a, b):
        resampled(system, resamples, seed)
    rows = [differing(left[key], right[key]) for key in common]
    return {
        "format": 1,
        "first": names[0],
        "second": names[1],
        "documents": len(common),
        "only_first": len(left) - len(common),
        "only_second": len(right) - len(common),
        "differences": {name: differences(b, a, name) for name in scopes(a.cases)},
        "articles": sorted((row for row in rows if row), key=lambda row: (row["net"], row["corpus"], row["id"])),
    }


def same_gold(one: Case, other: Case) -> None:
    """Raises ReportError when two cases of a document were not scored against the same gold."""
    if (one.sentences, one.covers, one.gold_outlook, triples(one.gold)) != (
        other.sentences,
        other.covers,
        other.gold_outlook,
        triples(other.gold),
    ):
        raise ReportError(f"{one.corpus}/{one.id}: the two reports have different gold; make both from the same --data")


def differing(one: Case, other: Case) -> dict[str, Any] | None:
    """Where the predictions for a document differ; None when they do not.

    `net`: right answers that the second has more of than the first. `mentions` and `sentences` say for each
    difference which side has it and whether gold agrees.
    """
    gold, a, b = set(triples(one.gold)), set(triples(one.found)), set(triples(other.found))
    text = one.text or other.text
    mentions = [
        {
            "start": s,
            "end": e,
            "label": label,
            "only": "first" if (s, e, label) in a else "second",
            "right": (s, e, label) in gold,
            "text": text[s:e],
        }
        for s, e, label in sorted(a ^ b)
    ]
    rows = zip(one.sentences, one.gold_outlook, one.outlook, other.outlook, strict=False)
    sentences = [
        {"start": span[0], "end": span[1], "gold": g, "first": x, "second": y, "text": text[slice(*span)]}
        for span, g, x, y in rows
        if x != y
    ]
    if not mentions and not sentences:
        return None
    hits = [sum(entity_counts([c])[0, :, 0].tolist()) + int(outlook_counts([c])[0].trace()) for c in (one, other)]
    return {"corpus": one.corpus, "id": one.id, "net": hits[1] - hits[0], "mentions": mentions, "sentences": sentences}


def markdown(found: Mapping[str, Any], limit: int) -> str:
    """The comparison as text, the articles that lost most first."""
    rows = difference_rows(found["differences"])
    alone = f"only in A {found['only_first']}, only in B {found['only_second']}"
    note = f"{found['documents']} documents in both; {alone}."
    table = Table(
        f"{found['second']} (B) minus {found['first']} (A)",
        ["corpus", "figure", "B", "A", "difference (95 %)", "p"],
        rows,
        note + " Paired bootstrap by document; p is two-sided, one test a row.",
        2,
    )
    articles: Sequence[Mapping[str, Any]] = found["articles"]
    lines = [table.markdown(1), f"## Articles that differ: {len(articles)}", ""]
    shown = (
        articles if limit >= len(articles) else [*articles[: (limit + 1) // 2], *articles[len(articles) - limit // 2 :]]
    )
    if len(shown) < len(articles):
        lines += [f"The {len(shown)} that lose and gain most:", ""]
    for article in shown:
        lines.append(f"- **{article['corpus']}/{article['id']}**: {article['net']:+d} right")
        lines += [
            f"  - {'B' if m['only'] == 'second' else 'A'} alone has {m['label']} {m['start']}–{m['end']}"
            + (f" “{m['text']}”" if m["text"] else "")
            + (" (right)" if m["right"] else " (wrong)")
            for m in article["mentions"]
        ]
        lines += [
            f"  - outlook {s['start']}–{s['end']}: gold {s['gold']}, A {s['first']}, B {s['second']}"
            + (f": {s['text']}" if s["text"] else "")
            for s in article["sentences"]
        ]
    return "\n".join(lines) + "\n"
