"""The figures of a benchmark as text: Markdown tables that also read well in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def render(result: dict[str, Any]) -> str:
    """Everything that is printed."""
    parts = [head(result), systems(result["systems"]), "\n".join(notes(result))]
    if result["growth"]:
        parts += [growth(result["growth"])]
    if result["tune"]:
        parts += [tune(result["tune"])]
    return "\n\n".join(part for part in parts if part)


def head(result: dict[str, Any]) -> str:
    """What was measured, where and with what."""
    machine = result["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    load = machine.get("load_before")
    busy = f", load before the run {load[0]:.1f}" if load else ""
    return (
        f"{result['bundle']} ({result['weights']} weights), "
        f"{result['articles']:,} articles, {result['sentences']:,} sentences, {result['date']}\n"
        f"{machine['processor']}, {machine['cores']} usable core{'s'[: machine['cores'] != 1]}, "
        f"{result['threads']} thread{'s'[: result['threads'] != 1]}{busy}; Python {machine['python']}, {versions}"
    )


def systems(rows: Sequence[dict[str, Any]]) -> str:
    """One line a system."""
    return table(
        ("system", "sentences/s", "ratio", "peak MiB", "start-up s", "threads", "articles that differ"),
        [
            (
                row["what"],
                f"{row['sentences_per_s']:.0f}",
                "–" if row["ratio"] is None else f"{row['ratio']:.2f}",
                f"{row['peak_mib']:.0f}",
                f"{row['start_s']:.2f}",
                str(row["threads"] * row["workers"]),
                str(row.get("articles_differ", "–")),
            )
            for row in rows
        ],
    )


def notes(result: dict[str, Any]) -> list[str]:
    """What the table does not say."""
    rows = {row["name"]: row for row in result["systems"]}
    said = [
        "ratio: to the pipelines in article order. articles that differ: with other labels than the shipped bundle."
    ]
    if "pipelines" in rows:
        tried = ", ".join(f"{size}: {rate:.0f}" for size, rate in rows["pipelines"]["tried"].items())
        said.append(f"pipelines: batch size {rows['pipelines']['batch']} (sentences/s on a sample: {tried})")
    for row in result["systems"]:
        if row.get("alone"):
            said.append(
                f"{row['name']}: {row['alone_differ']} of {row['alone']} articles get other labels alone than in a "
                f"batch; largest difference of an outlook score {row['alone_largest']:.1e}"
            )
    if "1-worker" in rows and "2-workers" in rows:
        gain = rows["2-workers"]["sentences_per_s"] / rows["1-worker"]["sentences_per_s"]
        said.append(f"2 workers: {gain:.2f} times one; both with loading; memory is the sum of all processes")
    sizes = ", ".join(f"{name} {size:.1f} MiB" for name, size in result["onnx_mib"].items())
    failed = [f"failed: {message}" for message in result["failed"]]
    return [f"- {line}" for line in (*said, f"files: {sizes}", *failed)]


def growth(rows: Sequence[dict[str, Any]]) -> str:
    """Time and memory by size."""
    body = [
        (f"{row['sentences']:,}", f"{row['seconds']:.1f}", f"{row['sentences_per_s']:.0f}", f"{row['peak_mib']:.0f}")
        for row in rows
    ]
    more = rows[-1]["peak_mib"] - rows[0]["peak_mib"]
    heads = ("sentences", "seconds", "sentences/s", "peak MiB")
    return (
        f"`ausblick annotate`, one process, by the size of the input (loading included):\n\n{table(heads, body)}\n\n"
        f"- memory at {rows[-1]['sentences']:,} sentences: {more:+.0f} MiB against {rows[0]['sentences']:,}"
    )


def tune(rows: Sequence[dict[str, Any]]) -> str:
    """The shipped bundle with other settings."""
    body = [
        (
            ", ".join(f"{key} {value}" for key, value in row["options"].items()),
            f"{row['sentences_per_s']:.0f}",
            f"{row['peak_mib']:.0f}",
        )
        for row in rows
    ]
    return "Settings of the shipped reader, one changed at a time:\n\n" + table(
        ("setting", "sentences/s", "peak MiB"), body
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns, the first to the left, the others to the right."""
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    rule = [f":{'-' * (widths[0] - 1)}", *(f"{'-' * (width - 1)}:" for width in widths[1:])]

    def line(cells: Sequence[str]) -> str:
        first, *others = cells
        padded = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        return f"| {' | '.join(padded)} |"

    return "\n".join(line(row) for row in (heads, rule, *rows))
