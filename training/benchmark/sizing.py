"""`python -m training sizing FILE.json`: what a run of 10 million articles takes, from a benchmark's figures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.benchmark.tables import table
from training.settings import ConfigError

BEGIN, END = "<!-- sizing:begin -->", "<!-- sizing:end -->"
ARTICLES = 10_000_000
NIGHT = 20_000
"""Articles of one night."""
MACHINES = (1, 4, 16, 64)
PRICE = 0.05
"""Of one core for one hour, in any currency: a round assumption, said in the table; multiply for another."""


def load(path: Path) -> dict[str, Any]:
    """The figures that `benchmark -o` wrote. Raises ConfigError for any other file."""
    try:
        found = json.loads(path.read_text(encoding="utf8"))
        row(found)
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path}: expected what `python -m training benchmark -o` writes") from error
    return dict(found)


def row(figures: Mapping[str, Any]) -> Mapping[str, Any]:
    """The whole command with the most workers. Raises ConfigError when the benchmark left it out."""
    found = [r for r in figures["systems"] if r["name"].endswith(("-worker", "-workers"))]
    if not found:
        raise ConfigError("the benchmark has no row 1-worker or 2-workers; run it without --systems")
    best: Mapping[str, Any] = max(found, key=lambda r: int(r["workers"]))
    return best


def block(figures: Mapping[str, Any]) -> str:
    """What stands between the markers: the table, and what it was computed from."""
    best, machine = row(figures), figures["machine"]
    cores = int(best["threads"]) * int(best["workers"])
    rate = best["sentences_per_s"] * figures["articles"] / figures["sentences"]  # articles a second, `cores` cores
    hours = ARTICLES / rate / 3600
    rows = [(f"{n}", f"{n * cores}", f"{hours / n:,.1f}") for n in MACHINES]
    price = hours * cores * PRICE * 1e6 / ARTICLES
    length = figures["sentences"] / figures["articles"]
    return "\n".join(
        [
            table((f"machines of {cores} cores", "cores", "hours for 10 million articles"), rows),
            "",
            f"r = {rate:.0f} articles a second on {cores} cores ({machine['processor']}; {best['workers']} workers, "
            f"loading included, {best['peak_mib']:.0f} MiB in all), measured on {figures['date']} with "
            f"{figures['bundle']} ({figures['weights']} weights) on {figures['articles']:,} articles of "
            f"{length:.1f} sentences on average. Per million: {hours * cores * 1e6 / ARTICLES:.1f} core hours, or "
            f"{price:.2f} at {PRICE} an hour for a core. A night's {NIGHT:,} articles: {NIGHT / rate / 60:.1f} minutes "
            f"on one such machine.",
        ]
    )


def replaced(text: str, new: str, name: str) -> str:
    """`text` with `new` between its markers. Raises ConfigError when they are not there exactly once, in order."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in after or END in before + after:
        raise ConfigError(f"{name}: needs one line {BEGIN} and after it one line {END}")
    return f"{before}{BEGIN}\n{new}\n{END}{after}"


def main(path: Path, files: Sequence[Path]) -> int:
    """Print the block, or write it into files; returns the exit code."""
    new = block(load(path))
    if not files:
        print(new)
    texts = {file: replaced(file.read_text(encoding="utf8"), new, str(file)) for file in files}
    for file, text in texts.items():
        file.write_text(text, encoding="utf8", newline="\n")
        print(f"written: {file}")
    return 0
