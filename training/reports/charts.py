"""The pictures on outlook and scores: confusion, precision-recall, reliability, coverage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes

from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS
from training.reports.pictures import STYLES, Picture, draw
from training.reports.tables import main_scores

MARKED = {0.7: False, 0.9: True}
"""Thresholds with a mark of their own; True for a solid one."""


def confusion(report: Mapping[str, Any]) -> Picture | None:
    """Outlook: gold by prediction."""
    found = main_scores(report, next(iter(report["scores"])))["outlook"]
    if not found:
        return None
    table = found["confusion"]

    def paint(axes: Axes) -> None:
        shares = [[n / (sum(row) or 1) for n in row] for row in table]
        axes.imshow(shares, cmap="cividis", vmin=0, vmax=1, aspect="auto")
        for y, row in enumerate(table):
            for x, n in enumerate(row):
                axes.text(
                    x,
                    y,
                    f"{n}\n{100 * shares[y][x]:.0f} %",
                    ha="center",
                    va="center",
                    fontsize=8,
                    color="white" if shares[y][x] < 0.5 else "black",
                )
        axes.set_xticks(range(4), OUTLOOK_LABELS)
        axes.set_yticks(range(4), OUTLOOK_LABELS)
        axes.set_xlabel("prediction")
        axes.set_ylabel("gold")
        axes.grid(False)

    alt = "; ".join(
        f"gold {a}: " + ", ".join(f"{b} {n}" for b, n in zip(OUTLOOK_LABELS, row, strict=True))
        for a, row in zip(OUTLOOK_LABELS, table, strict=True)
    )
    return Picture(
        "Outlook", "Outlook, gold against prediction: sentences, and their share of the row.", alt, draw(paint, 3.2)
    )


def precision_recall(report: Mapping[str, Any]) -> Picture | None:
    """Precision against recall of each outlook."""
    curves = report["curves"]
    if not curves:
        return None

    def paint(axes: Axes) -> None:
        for (color, marker, line), (name, curve) in zip(STYLES, curves.items(), strict=False):
            axes.plot(
                [p[2] for p in curve["points"]],
                [p[1] for p in curve["points"]],
                color=color,
                linestyle=line,
                marker=marker,
                markevery=8,
                markersize=4,
                label=f"{name} (AP {curve['average_precision']:.2f})",
            )
        axes.set(xlim=(0, 1.02), ylim=(0, 1.03), xlabel="recall", ylabel="precision")
        axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=2)

    alt = ", ".join(f"{name}: average precision {c['average_precision']:.2f}" for name, c in curves.items())
    return Picture(
        "Outlook", "Precision-recall curves of the outlook, each label against all others.", alt, draw(paint, 3.3)
    )


def reliability(report: Mapping[str, Any]) -> Picture | None:
    """Share right by score."""
    cell = next(iter(report["calibration"].values()))
    names = [n for n in ("entities", "outlook", "outlook other than none") if n in cell]
    if not names:
        return None

    def paint(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color="#888888", linewidth=1)
        for (color, marker, line), name in zip(STYLES, names, strict=False):
            bins = [b for b in cell[name]["bins"] if b["n"] >= 5]
            axes.plot(
                [b["mean_score"] for b in bins],
                [b["share_right"] for b in bins],
                color=color,
                marker=marker,
                linestyle=line,
                label=f"{name} (ECE {cell[name]['ece']:.3f})",
            )
        axes.set(xlim=(0, 1.02), ylim=(0, 1.03), xlabel="score", ylabel="share right")
        axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=1)

    alt = ", ".join(f"{n}: expected calibration error {cell[n]['ece']:.3f}" for n in names)
    return Picture(
        "Calibration",
        "Reliability: share of right answers by score (bins with at least 5); the grey line is perfect.",
        alt,
        draw(paint, 3.5),
    )


def coverage(report: Mapping[str, Any]) -> Picture | None:
    """Precision against coverage as the threshold moves."""
    cell = next(iter(report["thresholds"].values()))
    names = [n for n in (*ENTITY_LABELS, "outlook other than none") if n in cell]
    if not names:
        return None

    def paint(axes: Axes) -> None:
        for (color, marker, line), name in zip(STYLES, names, strict=False):
            rows = cell[name]
            axes.plot(
                [r["coverage"] for r in rows], [r["precision"] for r in rows], color=color, linestyle=line, label=name
            )
            for threshold, fill in MARKED.items():
                for r in [r for r in rows if r["threshold"] == threshold]:
                    look: dict[str, Any] = {
                        "marker": marker,
                        "markerfacecolor": color if fill else "white",
                        "markeredgecolor": color,
                    }
                    axes.plot([r["coverage"]], [r["precision"]], linestyle="none", **look)
        low = min(r["precision"] for n in names for r in cell[n])
        axes.set(
            xlim=(0, 1.02),
            ylim=(max(0, low - 0.08), 1.01),
            xlabel="coverage (share of predictions kept)",
            ylabel="precision",
        )
        axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=2)

    alt = "; ".join(
        f"{n}: "
        + ", ".join(
            f"at {r['threshold']} coverage {r['coverage']:.2f} precision {r['precision']:.2f}"
            for r in cell[n]
            if r["threshold"] in MARKED
        )
        for n in names
    )
    return Picture(
        "Calibration",
        "Precision against coverage as --min-score moves; a hollow mark is a threshold of 0.7, a solid one of 0.9.",
        alt,
        draw(paint, 3.4),
    )


def charts(report: Mapping[str, Any]) -> list[Picture]:
    """Those for which the report has figures."""
    painters = (confusion, precision_recall, reliability, coverage)
    return [found for painter in painters if (found := painter(report))]
