"""`report.md`, and the generated tables of README and model card."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.reports import tables
from training.reports.cases import ReportError
from training.reports.more_tables import cost, sections
from training.reports.store import load_report
from training.reports.tables import Table

BEGIN, END = "<!-- scores:begin -->", "<!-- scores:end -->"


def title(report: Mapping[str, Any]) -> str:
    """The report's heading."""
    return f"Evaluation of {report['systems'][0]['name']}"


def facts(report: Mapping[str, Any]) -> list[str]:
    """How the report was made, as short sentences."""
    made, alignment = report["made"], report["alignment"]
    data = ", ".join(
        f"{d['file']} ({d['documents']}, SHA-256 {d['sha256'][:12]})" for d in made["data"] if d["documents"]
    )
    out = [
        f"Made {made['date']}"
        + (f" at revision {made['git']}" if made["git"] else "")
        + f" from the {made['split']} split of: {data}.",
        f"{made['resamples']} bootstrap resamples, seed {made['seed']}; "
        + ", ".join(f"{name} {v}" for name, v in made["versions"].items())
        + ".",
    ]
    split = len(alignment["resplit"])
    out.append(
        f"The reader was given the gold sentences of {alignment['documents'] - split} of "
        f"{alignment['documents']} documents; "
        f"{split} had gold sentences that leave text uncovered: the reader split those itself, and each gold sentence "
        "was scored with the reader's sentence that shares most text with it."
    )
    if alignment.get("cut_sentences"):
        out.append(f"{alignment['cut_sentences']} sentences were longer than a window and were read in pieces.")
    return out


def render(report: Mapping[str, Any]) -> str:
    """`report.md`."""
    lines = [f"# {title(report)}", "", *(f"- {fact}" for fact in facts(report)), ""]
    for name, found in sections(report).items():
        lines += [f"## {name}", "", *(table.markdown() for table in found)]
    return "\n".join(lines)


def scores_block(report: Mapping[str, Any]) -> str:
    """What stands between the markers: the headline table, the cost, and how both were made."""
    made = report["made"]
    data = ", ".join(d["file"].partition(".")[0] for d in made["data"] if d["documents"])
    head, prices = tables.headline(report), cost(report)
    parts = [
        _bare(head),
        *([_bare(prices)] if prices.rows else []),
        f"Generated from `report.json` of {made['date']} ({made['split']} split of {data}); do not edit by hand.",
    ]
    return "\n\n".join(parts)


def _bare(table: Table) -> str:
    return "\n".join(table.markdown().split("\n")[2:]).strip()


def replaced(text: str, block: str, name: str) -> str:
    """`text` with `block` between its markers; raises ReportError when they are not there exactly once, in order."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in after or END in before + after:
        raise ReportError(
            f"{name}: needs one line {BEGIN} and after it one line {END}; add them where the tables belong"
        )
    return f"{before}{BEGIN}\n{block}\n{END}{after}"


def stale(report: Mapping[str, Any], path: Path) -> bool:
    """Whether the tables of a file differ from what the report generates."""
    text = path.read_text(encoding="utf8")
    return replaced(text, scores_block(report), str(path)) != text


def write_tables(report: Mapping[str, Any], paths: Sequence[Path]) -> list[Path]:
    """Put the tables into every file; returns those that changed. No file is written when any lacks its markers.

    A model card is one of the files that its bundle has checksums for: its line in SHA256SUMS is brought up to date.
    """
    old = {path: path.read_text(encoding="utf8") for path in paths}
    new = {path: replaced(text, scores_block(report), str(path)) for path, text in old.items()}
    changed = [path for path in paths if new[path] != old[path]]
    for path in changed:
        path.write_text(new[path], encoding="utf8", newline="\n")
        _update_checksum(path)
    return changed


def _update_checksum(path: Path) -> None:
    from ausblick.bundle import SUMS, digest

    sums = path.parent / SUMS
    if sums.is_file():
        rows = [row.split(maxsplit=1) for row in sums.read_text(encoding="utf8").splitlines() if row]
        rows = [[digest(path) if name == path.name else value, name] for value, name in rows]
        sums.write_text("".join(f"{value}  {name}\n" for value, name in rows), encoding="utf8")


def main(args: argparse.Namespace) -> int:
    """`python -m training tables`: print the tables, or write them into files."""
    report = load_report(args.report)
    if not args.write:
        print(scores_block(report))
    for path in write_tables(report, args.write):
        print(f"written: {path}")
    return 0
