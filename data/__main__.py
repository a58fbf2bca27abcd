"""`python -m data …`: fetch, validate, convert, count, check for leaks. Exit codes: 0 fine, 1 faults found, 2 usage."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ausblick.labels import LAYERS
from data.corpus import SPLITS, CorpusError, Item, read_corpus, scan, write_corpus

HERE = Path(__file__).parent
AUTHORED = HERE / "ausblick-news"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; faults go to stderr, one a line, without a traceback."""
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except BrokenPipeError:
        return 0
    except FileNotFoundError as error:
        print(f"{error.filename}: no such file or folder", file=sys.stderr)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
    return 1


def _say(line: str) -> None:
    print(line, file=sys.stderr)


# ---- commands

def _fetch(arguments: argparse.Namespace) -> int:
    from data import fetch

    names = fetch.CORPORA if arguments.name == "all" else (arguments.name,)
    folder: Path | None = arguments.source
    if folder and not folder.is_dir():
        raise ValueError(f"{folder}: no such folder; --from takes the folder that holds the files")
    failed = 0
    for name in names:
        try:
            if name == "text":
                fetch.text(folder, arguments.output or HERE / "text", _say)
            else:
                fetch.corpus(name, folder, arguments.output or HERE / "corpora", _say)
        except (fetch.FetchError, OSError, ValueError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = 1
    return failed


def _validate(arguments: argparse.Namespace) -> int:
    failed = 0
    for path in arguments.files:
        items, faults = scan(path)
        for fault in faults:
            print(fault, file=sys.stderr)
        failed |= bool(faults)
        print(f"{path}: {len(items)} valid, {len(faults)} faults")
    return failed


def _corpora(arguments: argparse.Namespace) -> dict[str, list[Item]]:
    """The files given, or all fetched and authored ones, by their source."""
    files = arguments.files or [*sorted((HERE / "corpora").glob("*.jsonl")), *sorted(AUTHORED.glob("*.jsonl"))]
    if not files:
        raise ValueError("no corpora; run `python -m data fetch all`, or name files")
    out: dict[str, list[Item]] = {}
    for path in files:
        for item in read_corpus(path):
            out.setdefault(item.source, []).append(item)
    return out


def _stats(arguments: argparse.Namespace) -> int:
    from data import stats

    print(stats.table(_corpora(arguments)))
    return 0


def _leaks(arguments: argparse.Namespace) -> int:
    from data import leaks

    corpora = _corpora(arguments)
    found = [leak for items in corpora.values() for leak in leaks.within(items)]
    for name in (name for name in corpora if name == arguments.authored):
        found += leaks.between(corpora[name], {key: items for key, items in corpora.items() if key != name})
    for leak in found:
        print(leak)
    print(f"{len(found)} near-duplicates across splits and corpora, {sum(map(len, corpora.values()))} articles read")
    return int(bool(found))


def _from_markup(arguments: argparse.Namespace) -> int:
    from data import markup

    if arguments.split:
        items = markup.read(arguments.files, ((arguments.split, 1.0),))
        path = arguments.output if arguments.output.suffix else arguments.output / f"{arguments.split}.jsonl"
        print(f"{path}: {write_corpus(path, items)} articles, {sum(len(i.article.sentences) for i in items)} sentences")
        return 0
    items = markup.read(arguments.files)
    for split in SPLITS:
        chosen = sorted((item for item in items if item.split == split), key=lambda item: item.article.id)
        path = arguments.output / f"{split}.jsonl"
        print(f"{path}: {write_corpus(path, chosen)} articles, "
              f"{sum(len(item.article.sentences) for item in chosen)} sentences")
    return 0


def _items(files: Sequence[Path]) -> list[Item]:
    return [item for path in files for item in read_corpus(path)]


def _write(text: str, output: Path | None) -> int:
    if output:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf8", newline="")
    else:
        sys.stdout.write(text)
    return 0


def _to_markup(arguments: argparse.Namespace) -> int:
    from data import markup

    return _write(markup.dumps(_items(arguments.files)), arguments.output)


def _to_standoff(arguments: argparse.Namespace) -> int:
    from data import standoff

    print(f"{arguments.output}: {standoff.write(arguments.output, _items(arguments.files))} documents")
    return 0


def _to_label_studio(arguments: argparse.Namespace) -> int:
    from data import exchange, label_studio

    if arguments.config:
        return _write(label_studio.CONFIG, arguments.output)
    if not arguments.files:
        raise CorpusError(["no files; name corpora or results, or ask for the interface with --config"])
    read = [exchange.read_any(path) for path in arguments.files]
    predicted = any(result for _, result in read) if arguments.kind is None else arguments.kind == "predictions"
    items = [item for found, _ in read for item in found]
    return _write(label_studio.dumps(items, predicted, arguments.offsets), arguments.output)


def _from_label_studio(arguments: argparse.Namespace) -> int:
    from data import label_studio

    items = [i for path in arguments.files for i in label_studio.load(path, arguments.covers, arguments.predictions)]
    print(f"{arguments.output}: {write_corpus(arguments.output, items)} items")
    return 0


def _to_conll(arguments: argparse.Namespace) -> int:
    from data import conll, exchange

    items = [item for path in arguments.files for item in exchange.read_any(path)[0]]
    return _write(conll.dumps(items), arguments.output)


def _from_conll(arguments: argparse.Namespace) -> int:
    from data import conll

    items = [item for path in arguments.files
             for item in conll.load(path, arguments.split, arguments.covers or LAYERS[:3], arguments.source)]
    print(f"{arguments.output}: {write_corpus(arguments.output, items)} items")
    return 0


# ---- arguments

def _layers(value: str) -> list[str]:
    layers = value.split(",")
    if wrong := [layer for layer in layers if layer not in LAYERS]:
        raise argparse.ArgumentTypeError(f"got {', '.join(wrong)}; expected some of {','.join(LAYERS)}")
    return layers


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str, files: str = "+",
                output: str | None = None) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(run=run)
        if files:
            one.add_argument("files", nargs=files, type=Path, metavar="FILE")
        if output is not None:
            one.add_argument("-o", "--output", type=Path, required=output == "required",
                             help="where to write" + ("" if output == "required" else output))
        return one

    fetch = command("fetch", _fetch, "get a corpus and convert it", files="", output=" (data/corpora, data/text)")
    fetch.add_argument("name", choices=("adhoc", "smartdata", "germeval14", "cofun", "pud", "text", "all"))
    fetch.add_argument("--from", dest="source", type=Path, metavar="FOLDER", help="take local files, download nothing")
    command("validate", _validate, "check corpus files, all faults at once")
    command("stats", _stats, "one table of all corpora (or of the files given)", files="*")
    leaks = command("leaks", _leaks, "near-duplicates across splits and corpora; exit 1 when there are any", files="*")
    leaks.add_argument("--authored", default="ausblick-news", metavar="SOURCE",
                       help="the source that may not meet any other corpus (default: %(default)s)")
    from_markup = command("from-markup", _from_markup, "build train, dev, test from articles written in the markup")
    from_markup.add_argument("-o", "--output", type=Path, default=AUTHORED, help="folder (default: data/ausblick-news)")
    from_markup.add_argument("--split", choices=SPLITS, help="put all articles into this split; -o may then be a file")
    command("to-markup", _to_markup, "corpus files as markup, to read and mend", output=" (standard output)")
    command("to-standoff", _to_standoff, "labels without text", output="required")
    out = command("to-label-studio", _to_label_studio, "labels or predictions as Label Studio tasks", files="*",
                  output=" (standard output)")
    out.add_argument("--as", dest="kind", choices=("annotations", "predictions"),
                     help="default: predictions for results of `ausblick`, annotations for corpora")
    out.add_argument("--offsets", choices=("points", "utf16"), default="points",
                     help="utf16 for old Label Studios, which count as JavaScript does (default: %(default)s)")
    out.add_argument("--config", action="store_true", help="print the labelling interface instead")
    back = command("from-label-studio", _from_label_studio, "a Label Studio JSON export as a corpus", output="required")
    back.add_argument("--covers", type=_layers, metavar="LAYERS", help="the layers that were labelled in full")
    back.add_argument("--predictions", action="store_true", help="take what was sent out where nobody has labelled")
    command("to-conll", _to_conll, "corpus files or results as CoNLL (IOB2 with offsets)", output=" (standard output)")
    conll = command("from-conll", _from_conll, "CoNLL files, with or without offsets, as a corpus", output="required")
    conll.add_argument("--split", choices=SPLITS, default="train",
                       help="for files without offsets (default: %(default)s)")
    conll.add_argument("--covers", type=_layers, metavar="LAYERS",
                       help="for files without offsets (default: ORG,MONEY,PERCENT)")
    conll.add_argument("--source", default="own", help="for files without offsets (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
