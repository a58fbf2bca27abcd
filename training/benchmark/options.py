"""The command line of `benchmark`; its modules are imported only when it runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

COMMANDS = ("benchmark", "sizing")
SYSTEMS = ("pipelines", "pipelines-sorted", "torch", "fp32", "shipped", "int8", "1-worker", "2-workers")
NEED_RUN = ("pipelines", "pipelines-sorted", "torch", "fp32", "int8")
"""Systems that are made from the module of the run."""
SIZES = (1_000, 10_000)
GROWTH = (1_000, 10_000, 100_000)


def add_commands(commands: Commands) -> None:
    """Add `benchmark` and `sizing` to the parser of `python -m training`."""
    sizing = commands.add_parser("sizing", help="what a benchmark's figures mean for a run of 10 million articles")
    sizing.add_argument("figures", type=Path, metavar="FILE.json", help="what `benchmark -o` wrote")
    sizing.add_argument(
        "--write",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="replace the text between <!-- sizing:begin --> and <!-- sizing:end -->; default: print it",
    )
    parser = commands.add_parser("benchmark", help="speed, memory and start-up beside other ways to run the network")
    add = parser.add_argument
    add("--bundle", type=Path, required=True, metavar="DIR", help="the exported folder")
    add(
        "--run",
        type=Path,
        metavar="RUN",
        help="the fine-tuning run that the bundle was exported from; without it only the bundle itself is measured",
    )
    add(
        "--articles",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="JSON Lines with `text` (default: data/ausblick-news/*.jsonl)",
    )
    add("-o", "--output", type=Path, metavar="FILE.json", help="also write every figure as JSON")
    add("--repeat-to", type=_positive, default=2000, metavar="N", help="repeat the articles to N (default: 2000)")
    add("--limit", type=_positive, metavar="N", help="a quick run: N articles, no growth unless asked for")
    add("--threads", type=_positive, metavar="N", help="of every system but the workers (default: one a core)")
    add("--systems", nargs="+", choices=SYSTEMS, metavar="NAME", help=f"of {', '.join(SYSTEMS)} (default: all)")
    add("--batches", type=_positive, nargs="+", default=(1, 8, 32, 64), metavar="N", help="sizes the pipelines try")
    add(
        "--growth",
        type=_positive,
        nargs="*",
        metavar="N",
        help=f"sentences of the growth table (default: {' '.join(map(str, SIZES))}; bare: also {GROWTH[-1]})",
    )
    add("--tune", action="store_true", help="also try batch_tokens, chunk, graph optimisation levels and IOBinding")
    add("--starts", type=_positive, default=2, metavar="N", help="starts of each system, best counts (default: 2)")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number of at least 1")
    return int(text)


def growth_sizes(given: list[int] | None, limit: int | None) -> tuple[int, ...]:
    """The sizes of the growth table: those given; all for a bare --growth; none in a quick run."""
    if given is None:
        return () if limit else SIZES
    return tuple(given) or GROWTH


def chosen_systems(given: list[str] | None, run: Path | None) -> tuple[str, ...]:
    """The systems to measure: those named, otherwise all that can be. Raises ConfigError for one that needs a run."""
    if run is not None:
        return tuple(given or SYSTEMS)
    from training.settings import ConfigError

    if missing := [name for name in given or () if name in NEED_RUN]:
        raise ConfigError(f"--systems {missing[0]}: is made from the fine-tuning run; name it with --run")
    return tuple(given or (name for name in SYSTEMS if name not in NEED_RUN))


def dispatch(args: argparse.Namespace) -> int:
    """Run the command; returns the exit code."""
    if args.command == "sizing":
        from training.benchmark import sizing

        return sizing.main(args.figures, args.write)
    from training.benchmark.run import Plan, main

    return main(
        Plan(
            bundle=args.bundle,
            run=args.run,
            articles=tuple(args.articles or sorted(Path("data/ausblick-news").glob("*.jsonl"))),
            output=args.output,
            count=args.limit or args.repeat_to,
            threads=args.threads,
            systems=chosen_systems(args.systems, args.run),
            batches=tuple(args.batches),
            growth=growth_sizes(args.growth, args.limit),
            tune=args.tune,
            starts=args.starts,
        )
    )
