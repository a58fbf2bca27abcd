"""The command lines of `evaluate`, `compare` and `tables`; each imports its module only when it runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

COMMANDS = ("evaluate", "compare", "tables")


def add_commands(commands: Commands) -> None:
    """Add the three commands to the parser of `python -m training`."""
    _add_evaluate(commands.add_parser("evaluate", help="score a bundle and write a report"))
    compare = commands.add_parser("compare", help="the paired difference of two reports")
    compare.add_argument("first", type=Path, metavar="A", help="a report's folder")
    compare.add_argument("second", type=Path, metavar="B", help="another report's folder")
    compare.add_argument(
        "--list", type=int, default=20, metavar="N", help="articles to print; -o writes all (default: 20)"
    )
    compare.add_argument("--resamples", type=int, default=2000, metavar="N", help="bootstrap resamples (default: 2000)")
    compare.add_argument("--seed", type=int, default=7, help="of the bootstrap (default: 7)")
    compare.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="also write compare.json and compare.md")
    tables = commands.add_parser("tables", help="put a report's tables into README and model card")
    tables.add_argument("report", type=Path, metavar="REPORT", help="report.json or its folder")
    tables.add_argument(
        "--write",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="replace the text between <!-- scores:begin --> and <!-- scores:end -->; default: print it",
    )


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--bundle", type=Path, required=True, help="the exported folder that is scored")
    add("--data", type=Path, nargs="+", required=True, metavar="FILE", help="corpora (JSON Lines)")
    add("-o", "--output", type=Path, required=True, metavar="REPORT", help="folder to write")
    add("--split", default="test", choices=("train", "dev", "test"), help="default: test")
    add("--baselines", action="store_true", help="rules, majority outlook and lexicon in the same table")
    add(
        "--own-sentences",
        action="store_true",
        help="also score the reader with its own sentence breaks, as a user meets it",
    )
    add(
        "--against", type=Path, metavar="BUNDLE", help="an earlier bundle in the same table, with the paired difference"
    )
    add(
        "--train",
        type=Path,
        nargs="*",
        default=[],
        metavar="FILE",
        help="more corpora whose train split tells seen mentions; that of --data is always used",
    )
    add("--texts", nargs="*", metavar="CORPUS", help="show text of these corpora only, in a report to be passed on")
    add("--worst", type=int, default=25, metavar="N", help="errors to show of each cause (default: 25)")
    add("--resamples", type=int, default=1000, metavar="N", help="bootstrap resamples (default: 1000)")
    add("--seed", type=int, default=7, help="of the bootstrap (default: 7)")
    add("--threads", type=int, help="threads of the network (default: all usable cores)")
    add("--no-cost", action="store_true", help="skip the measurement of speed and memory")


def dispatch(args: argparse.Namespace) -> int:
    """Run the command; returns the exit code: 0 done, 2 for a bundle, corpus or report that cannot be used."""
    from training.reports.cases import ReportError

    try:
        if args.command == "evaluate":
            from training.reports import run

            return run.main(args)
        if args.command == "compare":
            from training.reports import compare

            return compare.main(args)
        from training.reports import markdown

        return markdown.main(args)
    except ReportError as error:
        print(error, file=sys.stderr)
        return 2
