"""`python -m training COMMAND …`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from training.benchmark import options as benchmark
from training.reports import options as reports
from training.settings import ConfigError


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 2 a wrong call, config or file."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("pretrain", "make an encoder from text"), ("finetune", "train tagger and outlook from labels")):
        command = commands.add_parser(name, help=text)
        command.add_argument("config", type=Path, help="a YAML file under configs/")
        command.add_argument(
            "overrides", nargs="*", metavar="key=value", help="settings that replace those of the file"
        )
    export = commands.add_parser("export", help="write a run as a bundle")
    export.add_argument("run", type=Path)
    export.add_argument("bundle", type=Path)
    export.add_argument("--int8", action="store_true", help="the encoder's products in int8: twice the speed")
    export.add_argument(
        "--tolerance",
        type=float,
        default=0.3,
        metavar="POINTS",
        help="--int8 is refused where a development figure loses more (default: 0.3)",
    )
    snapshot = commands.add_parser("snapshot", help="write a checkpoint of a pretraining run as an encoder")
    snapshot.add_argument("run", type=Path)
    snapshot.add_argument("encoder", type=Path)
    benchmark.add_commands(commands)
    reports.add_commands(commands)
    args = parser.parse_args(argv)
    try:
        return dispatch(args)
    except (ConfigError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2


def dispatch(args: argparse.Namespace) -> int:
    """Import the command's module only now: each brings libraries of its own."""
    if args.command == "pretrain":
        from training.pretrain.run import main as pretrain

        return pretrain(args.config, args.overrides)
    if args.command == "snapshot":
        from training.pretrain.snapshot import main as snapshot

        return snapshot(args.run, args.encoder)
    if args.command == "finetune":
        from training.finetune.run import main as finetune

        return finetune(args.config, args.overrides)
    if args.command in benchmark.COMMANDS:
        return benchmark.dispatch(args)
    if args.command in reports.COMMANDS:
        return reports.dispatch(args)
    from training import export

    return export.main(args.run, args.bundle, args.tolerance if args.int8 else None)


if __name__ == "__main__":
    sys.exit(main())
