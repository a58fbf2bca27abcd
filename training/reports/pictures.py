"""The pictures of a report, as SVG: narrow enough for a phone, told apart without colour, dark on white for print.

Colours are those of Okabe & Ito (2008), which remain distinct with the common kinds of colour blindness; every series
also has its own marker and line style or hatch. Letters are drawn as paths, so that no font is needed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ausblick.labels import ENTITY_LABELS
from training.reports.tables import main_scores, scope_name

BLUE, RED, GREEN, PINK, BLACK, YELLOW = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00"
STYLES = (
    (BLUE, "o", "-"),
    (RED, "s", "--"),
    (GREEN, "^", "-."),
    (PINK, "D", ":"),
    (BLACK, "v", "-"),
    (YELLOW, "P", "--"),
)
WIDTH = 4.2
"""Inches: about 400 CSS pixels, so that the 9-point letters stay readable on a phone."""
RC: dict[Any, Any] = {
    "svg.hashsalt": "ausblick",
    "svg.fonttype": "path",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "lines.markersize": 5,
}


class Picture(NamedTuple):
    """An SVG with the words for those who cannot see it."""

    section: str
    caption: str
    alt: str
    svg: str


def draw(paint: Callable[[Axes], None], height: float) -> str:
    """Paint one pair of axes and return the SVG."""
    with mpl.rc_context(RC):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        paint(figure.add_subplot())
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


Dots = dict[str, list[tuple[str, float, Sequence[float] | None]]]
"""For each group of rows: series, value, interval."""


def forest(groups: Dots, label: str) -> str:
    """Values with their intervals, one row for each value, groups apart from one another."""
    series = list(dict.fromkeys(name for rows in groups.values() for name, *_ in rows))

    def paint(axes: Axes) -> None:
        y, ticks, used = 0.0, [], set()
        for rows in groups.values():
            ticks.append(y + (len(rows) - 1) / 2)
            for name, value, bounds in rows:
                color, marker, _ = STYLES[series.index(name) % len(STYLES)]
                axes.plot(bounds or [value, value], [y, y], color=color, linewidth=1.4)
                shown = None if name in used else name
                axes.plot([value], [y], color=color, marker=marker, linestyle="none", label=shown)
                used.add(name)
                y += 1
            axes.axhline(y, color="#dddddd", linewidth=0.6)
            y += 1
        axes.set_yticks(ticks, list(groups))
        axes.set_ylim(y - 1, -1)
        axes.set_xlim(0, 1.02)
        axes.set_xlabel(label)
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0)
        axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2)

    rows = sum(len(rows) + 1 for rows in groups.values())
    return draw(paint, 0.75 + 0.17 * -(-len(series) // 2) + 0.16 * rows)


def in_words(groups: Dots) -> str:
    """The values of a forest plot for those who cannot see it."""
    return "; ".join(f"{group}: " + ", ".join(f"{n} {v:.2f}" for n, v, _ in rows) for group, rows in groups.items())


def headline(report: Mapping[str, Any]) -> Picture | None:
    """F1 of the first system by corpus, with intervals."""
    groups: Dots = {}
    for scope in report["scores"]:
        found = figures(main_scores(report, scope))
        if found:
            groups[scope_name(scope)] = found
    if not groups:
        return None
    caption = f"{report['systems'][0]['name']}: F1 by corpus with 95 % bootstrap intervals."
    return Picture("Scores", caption, in_words(groups), forest(groups, "F1"))


def figures(scores: Mapping[str, Any]) -> list[tuple[str, float, Sequence[float] | None]]:
    """The F1 of each type and the macro-F1 of the outlook, where there are any, with intervals."""
    found = [
        (t, scores["entities"][t]["f1"], scores["entities"][t]["interval"]["f1"])
        for t in ENTITY_LABELS
        if t in scores["entities"]
    ]
    outlook = scores["outlook"]
    if outlook and outlook["macro_f1"] is not None:
        found.append(("outlook (macro)", outlook["macro_f1"], outlook["interval"].get("macro_f1")))
    return found


def systems(report: Mapping[str, Any]) -> Picture | None:
    """All systems on all corpora, one group for each figure."""
    cells = next(iter(report["scores"].values()))["systems"]
    if len(cells) < 2:
        return None
    groups: Dots = {}
    for name, scores in cells.items():
        for figure, value, bounds in figures(scores):
            groups.setdefault(figure, []).append((name, value, bounds))
    scope = scope_name(next(iter(report["scores"])))
    return Picture(
        "Scores", f"All systems, {scope}, with 95 % bootstrap intervals.", in_words(groups), forest(groups, "F1")
    )


def outcomes(report: Mapping[str, Any]) -> Picture | None:
    """What became of the gold mentions."""
    counts = next(iter(report["matches"].values()))["counts"]
    types = [label for label in ENTITY_LABELS if counts[label]["gold"]]
    if not types:
        return None
    parts = (
        ("correct", ("correct",), BLUE, ""),
        ("wrong boundary", ("wrong_boundary",), "#56B4E9", "///"),
        ("wrong type", ("wrong_type", "wrong_both"), YELLOW, "xx"),
        ("missed", ("missed",), "#ffffff", ".."),
    )

    def paint(axes: Axes) -> None:
        left = [0.0] * len(types)
        for name, keys, color, hatch in parts:
            shares = [sum(counts[t][k] for k in keys) / counts[t]["gold"] for t in types]
            axes.barh(
                range(len(types)),
                shares,
                left=left,
                color=color,
                hatch=hatch,
                edgecolor="#333333",
                linewidth=0.5,
                label=name,
            )
            left = [a + b for a, b in zip(left, shares, strict=True)]
        axes.set_yticks(range(len(types)), [f"{t}\n(n={counts[t]['gold']})" for t in types])
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.set_xlabel("share of the gold mentions")
        axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=2)

    alt = "; ".join(
        f"{t}: " + ", ".join(f"{name} {sum(counts[t][k] for k in keys)}" for name, keys, *_ in parts) for t in types
    )
    return Picture(
        "Mentions", "What became of the gold mentions, all corpora.", alt, draw(paint, 1.3 + 0.55 * len(types))
    )


def parts(report: Mapping[str, Any]) -> Picture | None:
    """Micro-F1 on parts of the data."""
    rows = [r for r in next(iter(report["slices"].values())) if r["micro"]["support"]]
    if not rows:
        return None
    groups = list(dict.fromkeys(r["by"] for r in rows))

    def paint(axes: Axes) -> None:
        for i, r in enumerate(rows):
            color, marker, _ = STYLES[groups.index(r["by"])]
            axes.plot([0, r["micro"]["f1"]], [i, i], color=color, linewidth=1.2)
            axes.plot([r["micro"]["f1"]], [i], color=color, marker=marker)
            axes.text(r["micro"]["f1"] + 0.03, i, f"{r['micro']['f1']:.2f}", va="center", fontsize=8)
        axes.set_yticks(range(len(rows)), [f"{r['name']} (n={r['micro']['support']})" for r in rows])
        axes.invert_yaxis()
        axes.set_xlim(0, 1.15)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        axes.set_xlabel("micro-F1")

    alt = ", ".join(f"{r['name']} {r['micro']['f1']:.2f}" for r in rows)
    return Picture(
        "Mentions",
        "Micro-F1 by document length, number of words, and whether the form was seen in training.",
        alt,
        draw(paint, 0.7 + 0.28 * len(rows)),
    )


def pictures(report: Mapping[str, Any]) -> list[Picture]:
    """The pictures on scores and mentions for which the report has figures."""
    painters = (headline, systems, outcomes, parts)
    return [found for painter in painters if (found := painter(report))]
