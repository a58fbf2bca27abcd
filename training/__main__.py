"""`python -m training COMMAND …`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from training import silver
from training.benchmark import options as benchmark
from training.reports import options as reports
from training.settings import ConfigError


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 2 a wrong call, config or file."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("pretrain", "make an encoder from text"),
        ("pretrain-speed", "tokens a second of a pretraining config beside a plain set-up"),
        ("finetune", "train tagger and outlook from labels"),
        ("steps", "seconds a step and peak memory of a fine-tuning config, with random weights"),
        ("sweep", "fine-tune over named keys and seeds, with one table at the end"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("config", type=Path, help="a YAML file under configs/")
        command.add_argument(
            "overrides", nargs="*", metavar="key=value", help="settings that replace those of the file"
        )
        if name == "pretrain-speed":
            command.add_argument("--seconds", type=float, default=20.0, help="processor time of each (default: 20)")
            command.add_argument("--rounds", type=int, default=2, help="measurements of each set-up (default: 2)")
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
    silver.add_command(commands)
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
    if args.command == "pretrain-speed":
        from training.pretrain.speed import main as speed

        return speed(args.config, args.overrides, args.seconds, args.rounds)
    if args.command == "snapshot":
        from training.pretrain.snapshot import main as snapshot

        return snapshot(args.run, args.encoder)
    if args.command == "finetune":
        from training.finetune.run import main as finetune

        return finetune(args.config, args.overrides)
    if args.command == "steps":
        from training.finetune.steps import main as steps

        return steps(args.config, args.overrides)
    if args.command == "sweep":
        from training.sweep import main as sweep

        return sweep(args.config, args.overrides)
    if args.command == silver.COMMAND:
        return silver.main(args)
    if args.command in benchmark.COMMANDS:
        return benchmark.dispatch(args)
    if args.command in reports.COMMANDS:
        return reports.dispatch(args)
    from training import export

    return export.main(args.run, args.bundle, args.tolerance if args.int8 else None)


if __name__ == "__main__":
    sys.exit(main())
