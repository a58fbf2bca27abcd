"""The tables on values, calibration, errors, differences and cost, and the order of all tables in a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.reports import tables
from training.reports.mistakes import CAUSES
from training.reports.tables import Table, number, scope_name, share

SHOWN = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)


def values(report: Mapping[str, Any]) -> Table:
    """Amounts read, refused, wrong."""
    rows = []
    for scope, cell in report["values"].items():
        for who, types in cell.items():
            for label, c in types.items():
                faults = ", ".join(f"{name} {n}" for name, n in c["faults"].items()) or tables.NOTHING
                judged = (
                    [share(c["right"], c["with_value"]), share(c["wrong"], c["with_value"])]
                    if c["with_value"]
                    else ["–", "–"]
                )
                rows.append(
                    [
                        scope_name(scope),
                        "grammar on gold mentions" if who == "grammar" else "reader",
                        label,
                        str(c["gold"]),
                        share(c["read"], c["gold"]),
                        share(c["refused"], c["gold"]),
                        str(c["with_value"]),
                        *judged,
                        faults,
                    ]
                )
    return Table(
        "Amounts as numbers",
        ["corpus", "who", "type", "amounts", "read", "refused", "with a gold value", "right", "wrong", "what is wrong"],
        rows,
        "reader: gold amounts whose mention it found exactly. Right and wrong only where gold names a value.",
        3,
    )


def calibration(report: Mapping[str, Any]) -> Table:
    """Expected calibration error."""
    rows = [
        [
            scope_name(scope),
            name,
            str(row["n"]),
            number(row["mean_score"]),
            number(row["share_right"]),
            number(row["ece"]),
            number(row["brier"]),
        ]
        for scope, cell in report["calibration"].items()
        for name, row in cell.items()
    ]
    return Table(
        "Calibration",
        ["corpus", "predictions", "n", "mean score", "share right", "ECE", "Brier"],
        rows,
        "ECE: expected calibration error over ten equally wide bins. Right: an exact match, the right outlook.",
        2,
    )


def thresholds(report: Mapping[str, Any]) -> Table:
    """Coverage against precision, over everything."""
    scope, cell = next(iter(report["thresholds"].items()))
    rows = [
        [
            name,
            number(row["threshold"], digits=2),
            str(row["kept"]),
            number(row["coverage"]),
            number(row["precision"]),
            number(row["recall"]),
        ]
        for name, found in cell.items()
        for row in found
        if row["threshold"] in SHOWN
    ]
    return Table(
        f"Choosing --min-score, {scope_name(scope)}",
        ["predictions", "threshold", "kept", "coverage", "precision", "recall"],
        rows,
        "Coverage: share of the predictions that are kept. `--min-score` applies to mentions; the rows on the "
        "outlook show what a threshold of your own on its scores would do.",
        1,
        fold=True,
    )


def error_counts(report: Mapping[str, Any]) -> Table:
    """How many mistakes of each cause."""
    counts = report["errors"]["counts"]
    return Table(
        "Errors by cause",
        ["cause", "what it is", "n"],
        [[c, text, str(counts[c])] for c, text in CAUSES.items()],
        names=2,
    )


def differences(report: Mapping[str, Any]) -> Table:
    """Against earlier bundles, paired."""
    rows = [[other, *row] for other, cell in report["differences"].items() for row in difference_rows(cell)]
    return Table(
        "Against an earlier bundle",
        ["against", "corpus", "figure", "this", "other", "difference (95 %)", "p"],
        rows,
        "Paired bootstrap by document; p is two-sided, one test a row.",
        3,
    )


def difference_rows(cell: Mapping[str, Any]) -> list[list[str]]:
    """Rows of `build.differences` by scope."""
    rows = []
    for scope, figures in cell.items():
        for name, d in figures.items():
            low, high = d["interval"] or (None, None)
            span = f" ({low:+.3f} to {high:+.3f})" if low is not None and high is not None else ""
            rows.append(
                [
                    scope_name(scope),
                    name.replace("/", " ").replace("_", " "),
                    number(d["first"]),
                    number(d["second"]),
                    f"{d['difference']:+.3f}{span}",
                    number(d["p"]),
                ]
            )
    return rows


def cost(report: Mapping[str, Any]) -> Table:
    """Speed, memory, size."""
    c = report["cost"]
    rows = []
    if c:
        rows = [
            ["sentences per second", f"{c['sentences_per_s']:.0f}"],
            ["milliseconds per article, median", f"{c['ms_per_article_median']:.1f}"],
            ["milliseconds per article, 95th percentile", f"{c['ms_per_article_p95']:.1f}"],
            ["peak memory of the process, MiB", f"{c['peak_mib']:.0f}"],
            ["load time, seconds", f"{c['load_s']:.2f}"],
            ["size of the bundle, MiB", f"{c['bundle_mib']:.1f}"],
        ]
        m = c["machine"]
        note = (
            f"{m['processor']}, {m['cores']} cores, {m['system']}, Python {m['python']}; {c['articles']} articles with "
            f"{c['sentences']} sentences, {c['characters'] / c['articles']:.0f} characters on average."
        )
        return Table("Cost", ["what", "measured"], rows, note)
    return Table("Cost", ["what", "measured"], rows)


def sections(report: Mapping[str, Any]) -> dict[str, list[Table]]:
    """All tables that have rows, by section, in the order of the report."""
    found = {
        "Scores": [tables.headline(report), tables.systems(report), differences(report)],
        "Mentions": [
            tables.tagging(report),
            tables.matches(report),
            tables.schemes(report),
            tables.type_confusion(report),
            tables.slices(report, True),
            tables.slices(report, False),
            tables.unreachable(report),
            tables.unreachable_list(report),
        ],
        "Outlook": [tables.outlook(report), tables.outlook_confusion(report)],
        "Values": [values(report)],
        "Calibration": [calibration(report), thresholds(report)],
        "Cost": [cost(report)],
        "Errors": [error_counts(report)],
    }
    return {name: kept for name, all_tables in found.items() if (kept := [t for t in all_tables if t.rows])}
