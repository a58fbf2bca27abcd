"""One measured process: `python -m training.benchmark.child` reads a job on stdin, prints one JSON object.

This module and `training.machine` import only the standard library, so that start-up is the measured system's own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from training.machine import peak_mib

SHORT = "Die Nordwerk AG erwartet für 2027 einen Umsatz von 3,2 Millionen Euro. Der Gewinn sank um 4 Prozent."
"""The first article of each process: loading ends when it is read."""


@dataclass(frozen=True)
class Job:
    """What one process measures."""

    system: str
    bundle: str
    run: str
    folder: str
    """With the prepared articles and networks."""
    threads: int
    options: dict[str, Any] = field(default_factory=dict)
    started: float = 0.0
    """Time of day when the process was started."""
    only_start: bool = False


def measure(job: Job) -> dict[str, Any]:
    """Run a job in a fresh process; raises RuntimeError with the end of its messages when it fails."""
    count = str(job.threads)
    variables = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
    environment = os.environ | dict.fromkeys(variables, count) | {"HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, "-m", "training.benchmark.child"],
        input=json.dumps(asdict(job) | {"started": time.time()}),
        capture_output=True,
        text=True,
        encoding="utf8",
        check=False,
        env=environment,
        cwd=Path(__file__).parents[2],
    )
    if done.returncode:
        raise RuntimeError(f"{job.system} failed with exit code {done.returncode}: {done.stderr.strip()[-600:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def lines(path: Path) -> Iterator[Any]:
    """The values of a JSON Lines file."""
    with path.open(encoding="utf8") as file:
        yield from map(json.loads, file)


def run(job: Job) -> dict[str, Any]:
    """Load the system, read the first article, then measure it."""
    from training.benchmark.systems import SYSTEMS

    system = SYSTEMS[job.system](job)
    system.start(SHORT)
    result: dict[str, Any] = {"start_s": time.time() - job.started}
    if not job.only_start:
        result |= system.measure()
    return {"peak_mib": peak_mib()} | result


def main(raw: Mapping[str, Any]) -> None:
    """Run the job and print what was found as the last line."""
    print(json.dumps(run(Job(**raw))))


if __name__ == "__main__":
    main(json.load(sys.stdin))
