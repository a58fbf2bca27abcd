"""One benchmark: prepare, measure each system in processes of its own, compare, print, write."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from ausblick.bundle import Bundle, BundleError
from ausblick.network import usable_cores
from training.benchmark.child import Job, measure
from training.benchmark.prepare import read_texts, write_articles, write_networks, write_sized
from training.benchmark.tables import render
from training.machine import machine
from training.settings import ConfigError

Item = TypeVar("Item")
TRIAL = 512
"""Sentences on which the pipelines try their batch sizes."""
TUNE_TOKENS = (512, 1024, 2048, 4096, 8192)
TUNE_CHUNKS = (32, 64, 128, 256)
TUNE_LEVELS = ("DISABLE_ALL", "ENABLE_BASIC", "ENABLE_EXTENDED", "ENABLE_ALL")
WHAT = {
    "pipelines": "transformers pipelines, sentence by sentence",
    "pipelines-sorted": "the same, sentences sorted by length",
    "torch": "reader over plain torch",
    "fp32": "reader over fused ONNX fp32",
    "shipped": "reader as shipped",
    "int8": "reader over fused ONNX static int8",
    "1-worker": "ausblick annotate, 1 worker, 1 thread",
    "2-workers": "ausblick annotate, 2 workers, 1 thread each",
}


@dataclass(frozen=True)
class Plan:
    """What is to be measured."""

    bundle: Path
    run: Path | None
    """None: only the bundle is measured."""
    articles: tuple[Path, ...]
    output: Path | None = None
    count: int = 2000
    threads: int | None = None
    systems: tuple[str, ...] = tuple(WHAT)
    batches: tuple[int, ...] = (1, 8, 32, 64)
    growth: tuple[int, ...] = ()
    tune: bool = False
    starts: int = 2


@dataclass
class Bench:
    """A running benchmark: where its files are and what was found so far."""

    plan: Plan
    folder: Path
    threads: int
    sentences: int
    say: Callable[[str], None]
    batch: dict[str, Any] = field(default_factory=dict)
    """What the pipelines' trial found."""
    failed: list[str] = field(default_factory=list)
    """Messages of measured processes that failed; the others' figures are kept."""

    def each(self, items: Iterable[Item], measured: Callable[[Item], dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows of all items but those whose process failed."""
        rows = []
        for item in items:
            try:
                rows.append(measured(item))
            except RuntimeError as error:
                self.failed.append(str(error))
                self.say(str(error))
        return rows

    def job(self, system: str, threads: int | None = None, only_start: bool = False, **options: Any) -> Job:
        bundle, run = str(self.plan.bundle.resolve()), str(self.plan.run.resolve()) if self.plan.run else ""
        return Job(
            system, bundle, run, str(self.folder), threads or self.threads, options, only_start=only_start
        )

    def row(self, name: str) -> dict[str, Any]:
        """Measure one system: further starts first, which also warm the cache; then the articles."""
        self.say(f"{name}: {WHAT[name]}")
        system, threads, options = self.of(name)
        row: dict[str, Any] = {"name": name, "what": WHAT[name], "threads": threads, "workers": 1, **options}
        starts = (
            1 if system == "command" else self.plan.starts - 1
        )  # the command's measured run has no start of its own
        found = [measure(self.job(system, threads, True, **options))["start_s"] for _ in range(starts)]
        row |= measure(self.job(system, threads, **options))
        if system != "command":
            found.append(row["start_s"])
        row |= {"start_s": min(found), "starts": found, "sentences_per_s": row["sentences"] / row["seconds"]}
        if row["sentences"] != self.sentences:
            raise RuntimeError(f"{name} read {row['sentences']} sentences of {self.sentences}")
        return row

    def of(self, name: str) -> tuple[str, int, dict[str, Any]]:
        """The system behind a row, its threads and its options."""
        if name.endswith(("-worker", "-workers")):
            return "command", 1, {"workers": int(name.partition("-")[0])}
        if not name.startswith("pipelines"):
            return name, self.threads, {}
        if not self.batch:
            trial: dict[str, Any] = {"try": list(self.plan.batches), "sample": min(TRIAL, self.sentences)}
            tried = measure(self.job("pipelines", **trial))["tried"]
            self.batch = {"batch": int(max(tried, key=tried.__getitem__)), "tried": tried}
        return "pipelines", self.threads, {**self.batch, "sorted": name == "pipelines-sorted"}

    def grown(self, texts: list[str], size: int) -> dict[str, Any]:
        """Time and memory of `ausblick annotate` in one process for an input of `size` sentences."""
        self.say(f"growth: {size:,} sentences")
        source = self.folder / "sized.jsonl"
        articles, sentences = write_sized(texts, size, source)
        found = measure(self.job("command", workers=1, source=source.name))
        return {
            "articles": articles,
            "sentences": sentences,
            "seconds": found["seconds"],
            "sentences_per_s": sentences / found["seconds"],
            "peak_mib": found["peak_mib"],
        }

    def tuned(self, options: dict[str, Any]) -> dict[str, Any]:
        """The shipped bundle with another setting."""
        self.say(f"tune: {options}")
        found = measure(self.job("shipped", **options))
        rate = found["sentences"] / found["seconds"]
        return {"options": options, "sentences_per_s": rate, "peak_mib": found["peak_mib"]}


def tune_settings() -> list[dict[str, Any]]:
    """What --tune tries, one setting changed at a time."""
    return [
        *({"batch_tokens": n} for n in TUNE_TOKENS),
        *({"chunk": n} for n in TUNE_CHUNKS),
        *({"level": level} for level in TUNE_LEVELS),
        *({"binding": bound} for bound in (False, True)),
    ]


def benchmark(plan: Plan, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure everything of the plan; returns what `render` prints and `-o` writes.

    Raises ConfigError or BundleError for what cannot be used. A measured process that fails is listed in `failed`.
    """
    bundle = Bundle.load(plan.bundle)
    threads = plan.threads or usable_cores()
    texts = read_texts(plan.articles, plan.count)
    with tempfile.TemporaryDirectory(prefix="ausblick-benchmark-") as name:
        folder = Path(name)
        if plan.run is not None:
            say("preparing the same weights in every form")
            write_networks(plan.run, bundle, folder, texts)
        sentences = write_articles(texts, folder)
        bench = Bench(plan, folder, threads, sentences, say)
        load = os.getloadavg() if hasattr(os, "getloadavg") else None
        rows = bench.each(plan.systems, bench.row)
        growth = bench.each(plan.growth, lambda size: bench.grown(texts, size))
        tune = bench.each(tune_settings() if plan.tune else [], bench.tuned)
        sizes = {path.name: path.stat().st_size / 2**20 for path in (bundle.model, *folder.glob("*.onnx"))}
    compare(rows)
    return {
        "bundle": f"{bundle.config.name} {bundle.config.version}",
        "weights": bundle.config.weights,
        "machine": machine() | {"load_before": load},
        "versions": {name: version(name) for name in ("torch", "transformers", "onnxruntime", "tokenizers")},
        "threads": threads,
        "articles": len(texts),
        "sentences": sentences,
        "date": time.strftime("%Y-%m-%d"),
        "onnx_mib": sizes,
        "systems": rows,
        "growth": growth,
        "tune": tune,
        "failed": bench.failed,
    }


def compare(rows: list[dict[str, Any]]) -> None:
    """Add to each row its ratio to the pipelines and the articles whose labels differ from the shipped bundle's."""
    by_name = {row["name"]: row for row in rows}
    base, ours = by_name.get("pipelines"), by_name.get("shipped")
    expected = ours.get("digests", []) if ours else []
    for row in rows:
        row["ratio"] = row["sentences_per_s"] / base["sentences_per_s"] if base else None
        if ours and "digests" in row:
            row["articles_differ"] = sum(a != b for a, b in zip(row["digests"], expected, strict=True))
    for row in rows:
        row.pop("digests", None)


def main(plan: Plan) -> int:
    """Run from the command line; returns the exit code, 1 when a measured process failed."""
    try:
        result = benchmark(plan, lambda text: print(text, file=sys.stderr, flush=True))
    except BundleError as error:
        raise ConfigError(str(error)) from error
    if plan.output:
        plan.output.parent.mkdir(parents=True, exist_ok=True)
        plan.output.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf8")
    print(render(result))
    return 1 if result["failed"] else 0
