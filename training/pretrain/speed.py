"""`python -m training pretrain-speed CONFIG`: what the recipe's settings gain over a plain set-up, in one run.

Planning measured 3,200 tokens a second for a post-norm BERT of 4 x 256 with plain settings. A ratio to another day's
figure says little on a busy machine, so the plain set-up is measured beside the config's, in turns, each in a process
of its own, over ids drawn at random: a step's time does not depend on what the text says.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch

from ausblick.network import usable_cores
from training.machine import machine
from training.pretrain.config import Encoder, Pretrain
from training.pretrain.loop import Trainer, uses_bf16
from training.pretrain.objective import build_encoder
from training.pretrain.pack import Ids
from training.pretrain.rtd import make_objective
from training.pretrain.run import MALLOC, frequencies
from training.pretrain.vocabulary import SPECIAL

WARM = 2
"""Steps before the clock starts: the first ones compile, and fill the allocator's pools."""
PATIENCE = 10
"""How many times `seconds` a measurement may take on the wall, where other work has the cores."""
PLAIN = "planning set-up (BERT block)"


@dataclass(frozen=True)
class Job:
    """One measured process."""

    settings: dict[str, Any]
    """A `Pretrain` config as JSON values."""
    plain: bool
    """fp32, attention as torch chooses it, unfused AdamW, glibc's own allocator settings."""
    seconds: float
    """Processor time of the measured steps."""


def plain_settings(settings: Pretrain) -> Pretrain:
    """The planning set-up in the config's width, depth and batch: full softmax, 20 % of the words, nothing compiled."""
    e = settings.encoder
    encoder = Encoder(
        block="bert",
        hidden_size=e.hidden_size,
        layers=e.layers,
        heads=e.heads,
        intermediate_size=4 * e.hidden_size,
        positions=e.positions,
    )
    changes = {"encoder": encoder, "candidates": 0, "mask": 0.2, "compile": False, "objective": "mlm"}
    return settings.model_copy(update=changes | {"optimizer": "adamw", "accumulate": 1})


def jobs(settings: Pretrain, seconds: float) -> dict[str, Job]:
    """What is measured: the planning set-up, its network under the recipe's settings, and the recipe."""
    plain = plain_settings(settings)
    same = settings.model_copy(update={"encoder": plain.encoder, "objective": "mlm"})
    found = {PLAIN: Job(plain.model_dump(mode="json"), True, seconds)}
    if settings.encoder != plain.encoder or settings.objective != "mlm":
        found["recipe, the same BERT block"] = Job(same.model_dump(mode="json"), False, seconds)
    name = f"recipe ({settings.objective}, {settings.encoder.block} block)"
    return found | {name: Job(settings.model_dump(mode="json"), False, seconds)}


def random_text(size: int, tokens: int, seed: int = 1) -> Ids:
    """Ids that are as unequal in frequency as words (Zipf's law), so that the sampled softmax has its usual size."""
    shares = 1 / (np.arange(size - len(SPECIAL)) + 3.0)
    draws = np.random.default_rng(seed).choice(len(shares), tokens, p=shares / shares.sum())
    return np.asarray(draws + len(SPECIAL)).astype(np.uint16)


def make_trainer(job: Job) -> Trainer:
    """A trainer as the job says, on the GPU where there is one."""
    settings = Pretrain.model_validate(job.settings)
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads or usable_cores())
    device = "cuda" if torch.cuda.is_available() else "cpu"
    size = settings.vocabulary.size
    ids = random_text(size, max(64 * settings.batch_tokens, settings.length))
    encoder = build_encoder(settings.encoder, size, "sdpa" if job.plain or device == "cuda" else "eager")
    candidates = 0 if device == "cuda" else settings.candidates
    counts = frequencies(ids, encoder.config.vocab_size)
    model = make_objective(settings.objective, settings.rtd, encoder, candidates, counts)
    if settings.compile:
        model.compile()
    starts = torch.rand(size, generator=torch.Generator().manual_seed(2)) < 0.75  # of a German vocabulary's pieces
    trainer = Trainer(settings, model, ids, ids[: settings.length], starts, device, lambda line: None)
    if job.plain:
        trainer.bf16 = device == "cuda"
        for optimizer in trainer.optimizers:
            for group in optimizer.param_groups:
                group["fused"] = device == "cuda"
    return trainer


def measure(job: Job) -> dict[str, float]:
    """Tokens a second by the wall and by the processor's time, and the operations of a token, in this process."""
    trainer = make_trainer(job)
    for _ in range(WARM):
        float(trainer.step())
    begun, wall, cpu = trainer.progress.tokens, time.monotonic(), time.process_time()
    on_wall = on_cpu = 0.0
    while on_cpu < job.seconds and on_wall < PATIENCE * job.seconds:
        float(trainer.step())  # waits for a GPU
        on_wall, on_cpu = time.monotonic() - wall, time.process_time() - cpu
    tokens = trainer.progress.tokens - begun
    return {"wall": tokens / on_wall, "cpu": tokens / on_cpu, "flops": trainer.model.flops(trainer.settings.length)}


def measured(job: Job) -> dict[str, float]:
    """`measure` in a process of its own. Raises RuntimeError with the end of its messages when it fails."""
    environment = {key: value for key, value in os.environ.items() if key not in MALLOC}
    done = subprocess.run(
        [sys.executable, "-m", "training.pretrain.speed"],
        input=json.dumps(asdict(job)),
        capture_output=True,
        text=True,
        encoding="utf8",
        check=False,
        env=environment | ({} if job.plain else MALLOC),
        cwd=Path(__file__).parents[2],
    )
    if done.returncode:
        raise RuntimeError(f"the measured process failed: {done.stderr.strip()[-600:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(
    todo: dict[str, Job],
    rounds: int,
    say: Callable[[str], None] = print,
    run: Callable[[Job], dict[str, float]] = measured,
) -> dict[str, float]:
    """Measure all jobs in turns, print a table, return each one's ratio to the first by the processor's time."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in todo}
    for number in range(rounds):
        for name, job in todo.items():
            found[name].append(run(job))
            last = found[name][-1]
            say(f"round {number + 1}, {name}: {last['wall']:,.0f} tok/s, {last['cpu']:,.0f} by processor time")
    middle = {name: {key: median(r[key] for r in rows) for key in rows[0]} for name, rows in found.items()}
    first = middle[next(iter(todo))]
    say("| set-up | tok/s | ratio | tok/s by processor time | ratio | GFLOP/s |\n|---|---|---|---|---|---|")
    for name, m in middle.items():
        say(
            f"| {name} | {m['wall']:,.0f} | {m['wall'] / first['wall']:.2f} | {m['cpu']:,.0f} "
            f"| {m['cpu'] / first['cpu']:.2f} | {m['cpu'] * m['flops'] / 1e9:,.0f} |"
        )
    return {name: m["cpu"] / first["cpu"] for name, m in middle.items()}


def main(config: Path, overrides: list[str], seconds: float = 20.0, rounds: int = 2) -> int:
    """Run from the command line."""
    settings = Pretrain.read(config, overrides)
    about, threads = machine(), settings.threads or usable_cores()
    gpu = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    bf16 = "bf16" if uses_bf16("cuda" if gpu else "cpu") else "fp32"
    print(
        f"{about['processor']}{gpu}, {about['cores']} cores, {threads} threads, recipe in {bf16}, "
        f"batches of {settings.batch_tokens:,} tokens of length {settings.length}; median of {rounds} rounds"
    )
    compare(jobs(settings, seconds), rounds)
    return 0


if __name__ == "__main__":
    print(json.dumps(measure(Job(**json.load(sys.stdin)))))
