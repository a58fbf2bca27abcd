"""`python -m training evaluate`: read the test sets with the bundle, score, and write the report's folder."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ausblick.bundle import digest
from data.corpus import CorpusError, Item, read_corpus
from training.reports import cost, unreachable
from training.reports.baselines import RulesReader, majority_outlook
from training.reports.build import System, build
from training.reports.cases import Reads, ReportError, case_to_json, covers_text, make_cases, predict
from training.reports.markdown import render as render_markdown
from training.reports.mistakes import Mistake, mistakes
from training.reports.page import render as render_page
from training.reports.slices import seen_forms
from training.reports.store import dumps

PACKAGES = ("numpy", "onnxruntime", "tokenizers", "seqeval", "matplotlib")


def main(args: argparse.Namespace) -> int:
    """Run `evaluate`; 0 when the report is written, 2 for a bundle or corpus that cannot be used."""
    from ausblick.bundle import BundleError
    from ausblick.reader import Reader

    try:
        reader = Reader.load(args.bundle, args.threads)
        earlier = Reader.load(args.against, args.threads) if args.against else None
        report = evaluate(args, reader, earlier)
    except (BundleError, CorpusError) as error:
        print(error, file=sys.stderr)
        return 2
    for name in report["scores"]:
        print(line(report, name))
    print(f"written: {args.output}")
    return 0


def evaluate(args: argparse.Namespace, reader: Reads, earlier: Reads | None = None) -> dict[str, Any]:
    """Score `reader` on the documents that `args` names and write the report; returns `report.json`."""
    files = {path: read_corpus(path) for path in args.data}
    everything = [item for found in files.values() for item in found]
    items = [item for item in everything if item.split == args.split]
    if not items:
        raise ReportError(f"--data: no document of split {args.split!r} in {', '.join(map(str, args.data))}")
    train = [item for item in everything if item.split == "train"]
    train += [item for path in args.train for item in read_corpus(path) if item.split == "train"]
    seen = seen_forms(train)
    articles = predict(reader, items)
    cut = getattr(reader, "cut_sentences", None)  # before other passes add to it
    name = bundle_name(reader, args.bundle)
    systems = [
        System(name, "bundle", make_cases(items, articles), note="the exported bundle, given the gold sentences")
    ]
    systems += more_systems(args, reader, earlier, items, train)
    report = build(systems, args.resamples, args.seed, seen)
    lost = unreachable.unreachable(reader, systems[0].cases, articles)
    counts, worst = mistakes(systems[0].cases, seen, args.worst)
    report |= {
        "made": provenance(
            args, {p: sum(i.split == args.split for i in found) for p, found in files.items()}, len(seen)
        ),
        "bundle": bundle_facts(reader, args.bundle),
        "unreachable": {
            "gold": sum(len(c.gold) for c in systems[0].cases),
            "causes": {c: sum(row["cause"] == c for row in lost) for c in unreachable.CAUSES},
            "mentions": lost,
        },
        "alignment": {
            "documents": len(items),
            "cut_sentences": cut,
            "resplit": [f"{i.source}/{i.article.id}" for i in items if not covers_text(i.article)],
        },
        "errors": {"counts": counts, "worst": [m.to_json() for m in worst]},
        "cost": None if args.no_cost else measure(args, items),
    }
    if args.texts is not None:
        _, worst = mistakes([case for case in systems[0].cases if case.corpus in args.texts], seen, args.worst)
    write(args.output, report, systems[0], worst, args.texts)
    return report


def more_systems(
    args: argparse.Namespace, reader: Reads, earlier: Reads | None, items: Sequence[Item], train: Sequence[Item]
) -> list[System]:
    """The other rows of the table: own sentences, an earlier bundle, baselines."""
    out: list[System] = []
    if args.own_sentences:
        cases = make_cases(items, predict(reader, items, own_sentences=True))
        others = sum(c.own_sentences for c in cases)
        note = f"split by the reader itself; {others} documents came out split otherwise than gold"
        out.append(System(f"{bundle_name(reader, args.bundle)}, own sentences", "own sentences", cases, note=note))
    if earlier is not None:
        name = bundle_name(earlier, args.against)
        name = name if name != bundle_name(reader, args.bundle) else f"{name}, earlier"
        out.append(System(name, "against", make_cases(items, predict(earlier, items)), note="an earlier bundle"))
    if args.baselines:
        rules = make_cases(items, predict(RulesReader(), items))
        out.append(
            System("rules", "baseline", rules, frozenset({"MONEY", "PERCENT"}), "the values grammar as a tagger")
        )
        out.append(System("lexicon", "baseline", rules, frozenset({"outlook"}), "outlook by word lists with negation"))
        label = majority_outlook(train)
        out.append(
            System(
                "majority",
                "baseline",
                make_cases(items, predict(RulesReader(label), items)),
                frozenset({"outlook"}),
                f"every sentence “{label}”, the most frequent outlook in training",
            )
        )
    return out


def measure(args: argparse.Namespace, items: Sequence[Item]) -> dict[str, Any]:
    """The cost on articles; on single sentences when there is nothing longer."""
    long = [item for item in items if len(item.article.sentences) > 1] or list(items)
    return cost.measure(args.bundle, [{"id": i.article.id, "text": i.article.text} for i in long], args.threads)


def bundle_name(reader: Reads, path: Path) -> str:
    """Name and version of a bundle; the folder's name for a reader without config."""
    config = getattr(reader, "config", None)
    return f"{config.name} {config.version}" if config else path.name


def bundle_facts(reader: Reads, path: Path) -> dict[str, Any] | None:
    """What `report.json` says about the bundle."""
    config = getattr(reader, "config", None)
    if config is None:
        return None
    return {
        "name": config.name,
        "version": config.version,
        "grammar": config.grammar,
        "max_tokens": config.max_tokens,
        "temperature": dict(config.temperature),
        "model_sha256": digest(path / "model.onnx"),
        "training": dict(config.training),
    }


def provenance(args: argparse.Namespace, files: Mapping[Path, int], forms: int) -> dict[str, Any]:
    """When, from what (files with their numbers of documents, without their folders) and with what it was made."""
    try:
        git = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=True)
        revision: str | None = git.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        revision = None
    data = [
        {"file": "/".join(path.parts[-2:]), "sha256": digest(path), "documents": documents}
        for path, documents in files.items()
    ]
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "git": revision,
        "split": args.split,
        "seed": args.seed,
        "resamples": args.resamples,
        "versions": {name: version(name) for name in PACKAGES},
        "data": data,
        "training_forms": forms,
        "texts": args.texts,
    }


def write(
    folder: Path, report: dict[str, Any], system: System, worst: Sequence[Mistake], texts: Sequence[str] | None
) -> None:
    """Write the four files of a report."""
    folder.mkdir(parents=True, exist_ok=True)
    save(folder / "report.json", report)
    (folder / "report.md").write_text(render_markdown(report), encoding="utf8")
    (folder / "report.html").write_text(render_page(report, worst), encoding="utf8")
    with (folder / "documents.jsonl").open("w", encoding="utf8", newline="\n") as out:
        for case in system.cases:
            row = case_to_json(case, texts is None or case.corpus in texts)
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def save(path: Path, report: dict[str, Any]) -> None:
    """Write a report as JSON, numbers to six digits, short lists on one line."""
    path.write_text(dumps(report), encoding="utf8")


def line(report: dict[str, Any], scope: str) -> str:
    """One scope's headline in a terminal."""
    cell = next(iter(report["scores"][scope]["systems"].values()))
    parts = [f"{name} F1 {row['f1']:.3f}" for name, row in cell["entities"].items()]
    if cell["outlook"]:
        parts.append(f"outlook macro-F1 {cell['outlook']['macro_f1'] or 0:.3f}")
    return f"{scope} ({report['scores'][scope]['documents']} documents): {', '.join(parts) or 'nothing covered'}"
