"""The tables of a report as plain cells, for Markdown and HTML alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS
from training.reports.build import ALL
from training.reports.matches import OUTCOMES
from training.reports.unreachable import CAUSES as UNREACHABLE

NOTHING = "–"
LISTED = 100
OUTLOOK_HEADS = {
    "macro_f1": "outlook macro-F1",
    "detection_f1": "outlook or none F1",
    "direction_accuracy": "direction",
}


@dataclass(frozen=True)
class Table:
    """Cells as text; the first `names` columns are names, all others numbers."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    names: int = 1
    fold: bool = False
    """Details: folded away in the HTML."""

    def markdown(self, level: int = 3) -> str:
        """The table with its title and note."""
        align = [" --- " if i < self.names else " ---: " for i in range(len(self.head))]
        lines = [
            f"| {' | '.join(self.head)} |",
            f"|{'|'.join(align)}|",
            *(f"| {' | '.join(row)} |" for row in self.rows),
        ]
        return "\n".join([f"{'#' * level} {self.title}", "", *([self.note, ""] if self.note else []), *lines, ""])


def number(value: float | None, bounds: Sequence[float] | None = None, digits: int = 3) -> str:
    """0.912, or 0.912 (0.880–0.937) with its interval."""
    if value is None:
        return NOTHING
    shown = f"{value:.{digits}f}"
    return f"{shown} ({bounds[0]:.{digits}f}–{bounds[1]:.{digits}f})" if bounds else shown


def share(part: float, whole: float) -> str:
    """A share in percent, after its count: 12 (4.8 %)."""
    return f"{part} ({100 * part / whole:.1f} %)" if whole else str(part)


def scope_name(scope: str) -> str:
    """How a scope is called in tables."""
    return "all corpora" if scope == ALL else scope


def headline(report: Mapping[str, Any], intervals: bool = True) -> Table:
    """Every system on every corpus; rows without any figure are left out."""
    rows = []
    for scope, cell in report["scores"].items():
        for name, scores in cell["systems"].items():
            figures = [_figure(scores["entities"].get(label), "f1", intervals) for label in (*ENTITY_LABELS, "micro")]
            figures += [_figure(scores["outlook"], key, intervals) for key in OUTLOOK_HEADS]
            if any(f != NOTHING for f in figures):
                rows.append([f"{scope_name(scope)} ({cell['documents']})", name, *figures])
    note = (
        "Mentions: F1 of exact matches (seqeval, strict IOB2, word level). Outlook: macro-F1 of the four labels; F1 of "
        "“has an outlook”; direction: share right where gold and prediction both have one."
    )
    if intervals:
        note += " In brackets: 95 % bootstrap intervals by document."
    return Table(
        "Scores",
        [
            "corpus (documents)",
            "system",
            *(f"{label} F1" for label in ENTITY_LABELS),
            "micro-F1",
            *OUTLOOK_HEADS.values(),
        ],
        rows,
        note,
        2,
    )


def _figure(scores: Mapping[str, Any] | None, key: str, intervals: bool) -> str:
    if not scores or scores.get(key) is None:
        return NOTHING
    return number(scores[key], scores["interval"].get(key) if intervals else None)


def main_scores(report: Mapping[str, Any], scope: str) -> dict[str, Any]:
    """The scores of the first system."""
    found: dict[str, Any] = report["scores"][scope]["systems"][report["systems"][0]["name"]]
    return found


def systems(report: Mapping[str, Any]) -> Table:
    """What each row of the headline table is."""
    return Table(
        "Systems",
        ["system", "kind", "answers for", "what it is"],
        [[s["name"], s["kind"], ", ".join(s["layers"]), s["note"]] for s in report["systems"]],
        names=4,
        fold=True,
    )


def tagging(report: Mapping[str, Any]) -> Table:
    """Precision, recall and F1 of the first system for each type and corpus."""
    rows = []
    for scope in report["scores"]:
        found = main_scores(report, scope)["entities"]
        for name, row in found.items():
            if len(found) == 3 and name in ("micro", "macro"):  # a single type: they would say the same
                continue
            figures = [number(row[m], row["interval"][m]) for m in ("precision", "recall", "f1")]
            rows.append([scope_name(scope), name, str(row["support"]), *figures])
    return Table(
        "Mentions by type",
        ["corpus", "type", "n (gold)", "precision", "recall", "F1"],
        rows,
        "seqeval, strict IOB2. Macro: mean over the types that the corpus covers.",
        2,
    )


def matches(report: Mapping[str, Any]) -> Table:
    """What became of every mention."""
    rows = []
    for scope, cell in report["matches"].items():
        for label, counts in cell["counts"].items():
            single = label == "all" and sum(c["gold"] + c["found"] > 0 for c in cell["counts"].values()) == 2
            if counts["gold"] + counts["found"] and not single:
                rows.append([scope_name(scope), label, *(str(counts[k]) for k in ("gold", *OUTCOMES, "found"))])
    return Table(
        "What became of every mention",
        ["corpus", "type", "gold", *(o.replace("_", " ") for o in OUTCOMES), "predicted"],
        rows,
        "gold = correct + wrong type + wrong boundary + wrong both + missed. In the row “all” also predicted = "
        "correct + wrong type + wrong boundary + wrong both + spurious; in the row of a type, pairs count under the "
        "gold's type.",
        2,
    )


def schemes(report: Mapping[str, Any]) -> Table:
    """nervaluate's schemes."""
    keys = ("correct", "incorrect", "partial", "missed", "spurious")
    rows = [
        [
            scope_name(scope),
            name,
            *(str(row[k]) for k in keys),
            *(number(row[m]) for m in ("precision", "recall", "f1")),
        ]
        for scope, cell in report["matches"].items()
        for name, row in cell["schemes"].items()
    ]
    return Table(
        "The same in nervaluate's schemes",
        ["corpus", "scheme", *keys, "precision", "recall", "F1"],
        rows,
        "strict: span and type; exact: span alone; partial: any overlap, half credit for another boundary; "
        "type: any overlap of the same type.",
        2,
        fold=True,
    )


def type_confusion(report: Mapping[str, Any]) -> Table:
    """Gold type by predicted type over everything."""
    scope, cell = next(iter(report["matches"].items()))
    names = (*ENTITY_LABELS, "no mention")
    rows = [[f"gold {name}", *map(str, row)] for name, row in zip(names, cell["confusion"], strict=True)]
    return Table(
        f"Types confused, {scope_name(scope)}",
        ["", *(f"predicted {n}" for n in names)],
        rows,
        "Pairs that overlap.",
        fold=True,
    )


def slices(report: Mapping[str, Any], everything: bool) -> Table:
    """Scores on parts of the data: over all corpora, or for each corpus."""
    rows = []
    for i, (scope, parts) in enumerate(report["slices"].items()):
        if (i == 0) is everything:
            for row in parts:
                found = [number(row[t]["f1"]) if t in row else NOTHING for t in ENTITY_LABELS]
                micro = row["micro"]
                rows.append(
                    [
                        scope_name(scope),
                        row["by"],
                        row["name"],
                        str(row["documents"]),
                        str(micro["support"]),
                        *found,
                        *(number(micro[m]) for m in ("precision", "recall", "f1")),
                    ]
                )
    head = [
        "corpus",
        "by",
        "part",
        "documents",
        "n (gold)",
        *(f"{t} F1" for t in ENTITY_LABELS),
        "precision",
        "recall",
        "micro-F1",
    ]
    title = "By length, by training, by words" + ("" if everything else ", each corpus")
    return Table(
        title,
        head,
        rows,
        "A mention is seen when its form occurs as a mention in the training split, case aside.",
        3,
        fold=not everything,
    )


def unreachable(report: Mapping[str, Any]) -> Table:
    """Gold that could not be found."""
    found = report["unreachable"]
    rows = [[text, share(found["causes"].get(cause, 0), found["gold"])] for cause, text in UNREACHABLE.items()]
    return Table(
        "Gold out of reach",
        ["cause", "mentions"],
        rows,
        f"Of {found['gold']} gold mentions; they count as missed above and are listed in report.json.",
    )


def unreachable_list(report: Mapping[str, Any]) -> Table:
    """Each of the first mentions that could not be found."""
    found = report["unreachable"]["mentions"]
    rows = [[m["corpus"], m["id"], f"{m['start']}–{m['end']}", m["label"], m["cause"]] for m in found[:LISTED]]
    note = f"The first {LISTED} of {len(found)}; all are in report.json." if len(found) > LISTED else ""
    return Table(
        "Gold out of reach, one by one", ["corpus", "article", "characters", "type", "cause"], rows, note, 5, fold=True
    )


def outlook(report: Mapping[str, Any]) -> Table:
    """The labels of the outlook."""
    rows = []
    for scope in report["scores"]:
        if found := main_scores(report, scope)["outlook"]:
            for label in OUTLOOK_LABELS:
                row, bounds = found["labels"][label], found["interval"]
                figures = [number(row[m], bounds.get(f"{label}/{m}")) for m in ("precision", "recall", "f1")]
                rows.append([scope_name(scope), label, str(row["support"]), *figures])
    return Table("Outlook by label", ["corpus", "label", "n (gold)", "precision", "recall", "F1"], rows, names=2)


def outlook_confusion(report: Mapping[str, Any]) -> Table:
    """Gold outlook by predicted outlook."""
    rows = []
    for scope in report["scores"]:
        if found := main_scores(report, scope)["outlook"]:
            rows += [
                [scope_name(scope), f"gold {label}", *map(str, row)]
                for label, row in zip(OUTLOOK_LABELS, found["confusion"], strict=True)
            ]
    return Table(
        "Outlook: gold by prediction", ["corpus", "", *(f"predicted {n}" for n in OUTLOOK_LABELS)], rows, names=2
    )
