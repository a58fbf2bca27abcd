"""The command line: `ausblick annotate`, `ausblick show`, `ausblick --version`."""

from __future__ import annotations

import argparse
import hashlib
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ausblick import __version__
from ausblick.bundle import SUMS, Bundle, BundleError, default_path
from ausblick.engines.work import ReaderLike
from ausblick.errors import EXIT_BAD_RECORDS, EXIT_CLOSED_PIPE, EXIT_INTERRUPTED, EXIT_OK, UserError, missing_extra
from ausblick.inputs import FORMATS, Columns
from ausblick.inputs.checks import MAX_CHARS
from ausblick.progress import clean, make_reporter
from ausblick.run import STDOUT, Job, run

LoadReader = Callable[..., ReaderLike]
"""`load(path, threads=None, min_score=0.0)`, as `Reader.load`."""

EXAMPLES = """\
examples:
  ausblick annotate news/ -o out.html                 a folder of .txt files as a page to look at
  ausblick annotate wire.jsonl.gz -o out.jsonl        one article a line: {"id": "…", "text": "…"}
  ausblick annotate archive/*.parquet -o out.parquet --flat --workers 4 --resume
  cat article.txt | ausblick annotate - -o -          text in, JSON Lines out

exit codes: 0 done; 1 done, but some records were bad; 2 wrong use or a damaged bundle; 3 stopped before the end
(full disk); 130 Ctrl-C; 141 closed pipe; 143 terminated
"""


@dataclass(frozen=True)
class Loading:
    """Makes readers, here or in a worker; turns what is wrong with a bundle into a message."""

    load: LoadReader
    bundle: str | None
    threads: int | None
    min_score: float

    def __call__(self) -> ReaderLike:
        try:
            return self.load(self.bundle, threads=self.threads, min_score=self.min_score)
        except (BundleError, OSError) as error:
            raise UserError(str(error)) from error


def load_reader(path: str | None, threads: int | None = None, min_score: float = 0.0) -> ReaderLike:
    """`Reader.load`, importing the reader only when one is needed."""
    from ausblick.reader import Reader

    # What the network logs about where it runs is said by the run, once for all workers.
    logging.getLogger("ausblick.network").addHandler(logging.NullHandler())
    return Reader.load(path, threads=threads, min_score=min_score)


def main(argv: Sequence[str] | None = None, load: LoadReader = load_reader) -> int:
    """Run the command line; returns the exit code.

    load: makes the reader; must be importable by name when --workers is used.
    """
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.command(arguments, load)
        sys.stdout.flush()
        return code
    except UserError as error:
        print(f"ausblick: {clean(str(error))}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        print("ausblick: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stdout = None  # nothing may be flushed into the closed pipe at exit
        return EXIT_CLOSED_PIPE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ausblick", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Reads German business news: organisations, amounts as numbers, and an outlook for every sentence.")
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and the bundle, and exit")
    commands = parser.add_subparsers(title="commands", required=True, metavar="{annotate,show}")
    _add_annotate(commands)
    _add_show(commands)
    return parser


class _Version(argparse.Action):
    """Name the version and the bundle; only looked up when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        print(f"ausblick {__version__} ({describe_bundle()})")
        parser.exit()


def describe_bundle(path: str | None = None) -> str:
    """The bundle in words, for --version."""
    try:
        config = Bundle.load(path).config
    except BundleError as error:
        return f"no usable bundle: {error}"
    return f"bundle {config.name} {config.version}"


def _add_annotate(commands: Any) -> None:
    parser = commands.add_parser(
        "annotate", help="annotate articles", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Annotate articles from files, folders, patterns or stdin (-); formats: "
                    f"{', '.join(FORMATS)}, each but .parquet also with .gz or .zst.")
    parser.set_defaults(command=_annotate)
    parser.add_argument("inputs", nargs="+", metavar="INPUT",
                        help="a file, a folder, a pattern in quotes, or - for stdin")
    parser.add_argument("-o", "--output", required=True, metavar="OUT",
                        help="what to write, by its suffix: .jsonl[.gz|.zst], .html, .parquet; - is JSONL on stdout")
    _add_bundle(parser)
    parser.add_argument("--min-score", type=_share, default=0.0, metavar="X",
                        help="leave out mentions with a lower score (0 to 1)")
    parser.add_argument("--workers", type=_positive, metavar="N",
                        help="worker processes (default: 1; with ray one for each CPU of the cluster but one)")
    parser.add_argument("--engine", choices=("local", "ray"), default="local",
                        help="ray: on the Ray cluster at RAY_ADDRESS (default: here), into a folder or URL OUT of "
                             "Parquet files")
    parser.add_argument("--resume", action="store_true",
                        help="go on with an interrupted run of the same output; with none to go on with, start one")
    parser.add_argument("--strict", action="store_true", help="stop at the first bad record")
    parser.add_argument("--flat", action="store_true",
                        help="two Parquet tables, OUT.mentions.parquet and OUT.sentences.parquet, one row each")
    parser.add_argument("--format", choices=sorted(set(FORMATS.values())),
                        help="the input format, whatever the suffix says")
    parser.add_argument("--text-column", default="text", metavar="NAME",
                        help="key or column of the text (default: text)")
    parser.add_argument("--id-column", default="id", metavar="NAME", help="key or column of the id (default: id)")
    parser.add_argument("--max-chars", type=_positive, default=MAX_CHARS, metavar="N",
                        help=f"longer texts are bad records (default: {MAX_CHARS:,})")
    parser.add_argument("--log-json", action="store_true", help="say everything on stderr as JSON, one object a line")


def _add_show(commands: Any) -> None:
    parser = commands.add_parser("show", help="show articles in the terminal",
                                 description="Show annotated articles (.jsonl from `annotate`) or annotate any other "
                                             "input and show it.")
    parser.set_defaults(command=_show)
    parser.add_argument("inputs", nargs="+", metavar="FILE", help="a file, a folder, or - for stdin")
    _add_bundle(parser)
    parser.add_argument("--id", metavar="ID", help="only the article with this id")
    parser.add_argument("--limit", type=_positive, default=10, metavar="N", help="at most N articles (default: 10)")
    parser.add_argument("--colour", "--color", choices=("auto", "always", "never"), default="auto",
                        help="colours (default: auto, when stdout is a terminal and NO_COLOR is not set)")


def _add_bundle(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", metavar="DIR", help="the bundle folder (default: the one that comes with ausblick)")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number of at least 1")
    return int(text)


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a number from 0 to 1")
    return value


def _annotate(arguments: argparse.Namespace, load: LoadReader) -> int:
    if arguments.engine == "ray":
        return _annotate_on_ray(arguments, load)
    if arguments.output == STDOUT and arguments.resume:
        raise UserError("--resume needs an output file: what stdout has taken cannot be known; name one with -o")
    if arguments.flat and not arguments.output.lower().endswith(".parquet"):
        raise UserError(f"--flat: got -o {arguments.output}, expected a name that ends in .parquet")
    workers = arguments.workers or 1
    loading = Loading(load, arguments.bundle, threads_each(workers), arguments.min_score)
    job = Job(tuple(arguments.inputs), arguments.output, workers, arguments.resume, arguments.strict,
              arguments.format, arguments.flat, _columns(arguments),
              {"version": __version__, "bundle": _identity(arguments.bundle), "--min-score": arguments.min_score})
    counts = run(job, loading, make_reporter(arguments.log_json))
    return EXIT_BAD_RECORDS if counts.bad else EXIT_OK


def _columns(arguments: argparse.Namespace) -> Columns:
    return Columns(arguments.text_column, arguments.id_column, arguments.max_chars)


def _annotate_on_ray(arguments: argparse.Namespace, load: LoadReader) -> int:
    for option in ("resume", "strict", "flat"):
        if getattr(arguments, option):
            raise UserError(f"--{option} is not there with --engine ray; see docs/archive.md")
    if STDOUT in (arguments.output, *arguments.inputs):
        raise UserError("--engine ray reads files and writes a folder or URL; it has no stdin and stdout")
    try:
        from ausblick.engines.ray import run_ray
    except ImportError as error:
        raise missing_extra(error.name or "ray", "ray", "--engine ray") from error
    reporter = make_reporter(arguments.log_json)
    counts = run_ray(tuple(arguments.inputs), arguments.output, _columns(arguments), arguments.format,
                     Loading(load, arguments.bundle, 1, arguments.min_score), arguments.workers)
    if counts.note:
        reporter.note(counts.note)
    for record in counts.missing:
        reporter.bad(record)
    bad = counts.bad + len(counts.missing)
    reporter.end(f"{arguments.output}: {counts.articles:,} articles; {bad:,} bad records (rows with an `error`)",
                 output=arguments.output, articles=counts.articles, bad=bad)
    return EXIT_BAD_RECORDS if bad else EXIT_OK


def threads_each(workers: int) -> int | None:
    """Threads of the network in each worker: the cores that the process may use, shared out; None with one worker."""
    if workers == 1:
        return None
    from ausblick.network import usable_cores

    return max(1, usable_cores() // workers)


def _identity(bundle: str | None) -> str:
    """A short checksum of a bundle, so that a run is not resumed with another one."""
    sums = (Path(bundle) if bundle else default_path()) / SUMS
    return hashlib.sha256(sums.read_bytes()).hexdigest()[:16] if sums.is_file() else "none"


def _show(arguments: argparse.Namespace, load: LoadReader) -> int:
    from ausblick.terminal import show

    loading = Loading(load, arguments.bundle, None, 0.0)
    return show(arguments.inputs, loading, arguments.id, arguments.limit, arguments.colour)
