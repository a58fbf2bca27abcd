"""`python -m training sweep CONFIG`: fine-tuning runs over named keys and seeds, and one table of them.

Settings are tried as named `variants` (one change at a time against the base, which is what an ablation wants), as a
`grid` of all combinations, or as a random sample of the grid (`trials`), each with every seed. Finished runs are not
repeated, so a sweep that was stopped or extended goes on where it is. Model-based search (Optuna and the like) is left
out: with the few dozen runs that a CPU allows, random search is as good (Bergstra and Bengio 2012).
"""

from __future__ import annotations

import gc
import hashlib
import json
import random
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from pydantic import Field

from training.finetune.config import Finetune
from training.settings import ConfigError, Settings

Train = Callable[[Finetune], Any]


class Sweep(Settings):
    run: Path
    """Folder of the sweep: one folder a trial with one a seed, and table.md."""
    base: Path
    """The fine-tuning config that every trial changes."""
    fixed: dict[str, Any] = Field(default_factory=dict)
    """`section.key: value` for all trials."""
    variants: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Named sets of changes; an empty set is the base. Without any, the base or the grid alone."""
    grid: dict[str, tuple[Any, ...]] = Field(default_factory=dict)
    """`section.key: [values]`; all combinations, for each variant."""
    trials: int | None = Field(None, ge=1)
    """Only a random sample of so many trials, drawn under `seed`."""
    seed: int = 1
    seeds: tuple[int, ...] = Field((1, 2, 3), min_length=1)


@dataclass(frozen=True)
class Trial:
    """One set of changes; a run of it for each seed."""

    name: str
    changes: Mapping[str, Any]

    @property
    def folder(self) -> str:
        """The name as a file name; a long one ends in its hash."""
        plain = re.sub(r"[^\w=.,+-]+", "-", self.name).strip("-.") or "base"
        return plain if len(plain) <= 80 else plain[:70] + "-" + hashlib.sha256(self.name.encode()).hexdigest()[:8]


def trials(sweep: Sweep) -> list[Trial]:
    """The trials of a sweep, in the config's order; a sample of them keeps that order."""
    out = []
    for name, changes in (sweep.variants or {"": {}}).items():
        for values in product(*sweep.grid.values()):
            chosen = dict(zip(sweep.grid, values, strict=True))
            parts = [name, *(f"{key.rpartition('.')[2]}={_short(value)}" for key, value in chosen.items())]
            out.append(Trial(", ".join(part for part in parts if part) or "base", {**sweep.fixed, **changes, **chosen}))
    if sweep.trials is not None and sweep.trials < len(out):
        kept = sorted(random.Random(sweep.seed).sample(range(len(out)), sweep.trials))
        out = [out[i] for i in kept]
    return out


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def plan(sweep: Sweep) -> list[tuple[Trial, int, Finetune]]:
    """All runs with their settings, checked before the first one starts.

    Raises ConfigError for settings that are wrong, trials of one folder, and a finished run of other settings.
    """
    found = trials(sweep)
    if twice := {t.folder for t in found if sum(t.folder == o.folder for o in found) > 1}:
        raise ConfigError(f"variants, grid: two trials would share the folder {sorted(twice)[0]!r}; name them apart")
    out = []
    for trial in found:
        for seed in sweep.seeds:
            run = sweep.run / trial.folder / f"seed-{seed}"
            changes = {**trial.changes, "seed": seed, "run": str(run)}
            settings = Finetune.read(sweep.base, [f"{key}={json.dumps(value)}" for key, value in changes.items()])
            if finished(settings) and (run / "config.yaml").read_text(encoding="utf8") != settings.to_yaml():
                raise ConfigError(f"{run}: finished with other settings; remove the folder, or name another `run`")
            out.append((trial, seed, settings))
    return out


def finished(settings: Finetune) -> bool:
    """Whether a run has come to its end."""
    return (settings.run / "metrics.json").is_file()


def sweep(settings: Sweep, train: Train | None = None, say: Any = print) -> str:
    """Do what is not done yet and return the table, which is also written to `RUN/table.md`."""
    train = train or _finetune
    runs = plan(settings)
    for number, (trial, seed, one) in enumerate(runs, 1):
        done = finished(one)
        say(f"run {number} of {len(runs)}: {trial.name}, seed {seed}" + (": done before" if done else ""))
        if not done:
            train(one)
            shutil.rmtree(one.run / "checkpoints", ignore_errors=True)  # three times the model, for nothing any more
            gc.collect()  # models hang in cycles; the next run needs their memory
            write_table(settings, runs)
    table = write_table(settings, runs)
    say(table)
    return table


def _finetune(settings: Finetune) -> None:
    from training.finetune.run import finetune

    finetune(settings)


def columns(run: Path) -> dict[str, float]:
    """The development scores of a finished run's kept model: `source layer` and `mean`."""
    line = json.loads((run / "dev.jsonl").read_text(encoding="utf8").splitlines()[-1])
    out = {"mean": float(line["headline"]["mean"])}
    for source, rows in line["scores"].items():
        for layer, row in rows.items():
            if row["n"]:
                out[f"{source} {layer}"] = float(row["macro_f1"] if layer == "outlook" else row["f1"])
    return out


def write_table(settings: Sweep, runs: Sequence[tuple[Trial, int, Finetune]]) -> str:
    """The Markdown table over the finished runs, one row a trial: mean ± standard deviation over seeds."""
    rows: dict[str, list[dict[str, float]]] = {}
    for trial, _, one in runs:
        rows.setdefault(trial.name, [])
        if finished(one):
            rows[trial.name].append(columns(one.run))
    table = "\n".join(render(rows)) + "\n"
    settings.run.mkdir(parents=True, exist_ok=True)
    head = f"# {settings.run.name}\n\nDevelopment F1 (outlook: macro-F1): mean ± standard deviation over seeds.\n\n"
    (settings.run / "table.md").write_text(head + table, encoding="utf8")
    return table


def render(rows: Mapping[str, Sequence[Mapping[str, float]]]) -> Iterator[str]:
    """The lines of the table; the best mean of each column is bold."""
    names = list(dict.fromkeys(name for scores in rows.values() for one in scores for name in one))
    means = {(trial, c): mean(one[c] for one in scores) for trial, scores in rows.items() for c in names if scores}
    best = {c: max((value for (_, name), value in means.items() if name == c), default=0.0) for c in names}
    yield "| trial | seeds | " + " | ".join(names) + " |"
    yield "| --- | ---: |" + " ---: |" * len(names)
    for trial, scores in rows.items():
        cells = []
        for c in names:
            if not scores:
                cells.append("–")
                continue
            spread = f" ± {stdev([one[c] for one in scores]):.3f}" if len(scores) > 1 else ""
            value = f"{means[trial, c]:.3f}"
            cells.append((f"**{value}**" if means[trial, c] == best[c] and len(rows) > 1 else value) + spread)
        yield f"| {trial} | {len(scores)} | " + " | ".join(cells) + " |"


def main(config: Path, overrides: list[str]) -> int:
    """Run from the command line."""
    settings = Sweep.read(config, overrides)
    sweep(settings)
    print(f"table: {settings.run / 'table.md'}")
    return 0
