"""Two processes (gloo, CPU) train as one does: the same batches a step, the same loss, one writer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.test_finetune import config
from training.finetune.config import Finetune
from training.finetune.run import finetune, per_process

ROOT = Path(__file__).parent.parent.parent


def losses(run: Path) -> dict[int, float]:
    """The logged training loss by step, from the newest checkpoint."""
    state = max(run.glob("checkpoints/checkpoint-*"), key=lambda p: int(p.name.rpartition("-")[2]))
    history = json.loads((state / "trainer_state.json").read_text(encoding="utf8"))["log_history"]
    return {row["step"]: row["loss"] for row in history if "loss" in row}


def settings(folder: Path) -> Finetune:
    """Without dropout, whose draws differ between processes; two batches a step."""
    optimizer = {"epochs": 2, "batch_tokens": 400, "accumulate": 2, "lr": 1e-3}
    return config(folder, "modernbert", optimizer=optimizer, heads={"dropout": 0.0, "cues": True}, log_steps=1)


def test_two_processes_do_what_one_does(tmp_path: Path) -> None:
    one, two = settings(tmp_path / "one"), settings(tmp_path / "two")
    finetune(one, say=lambda line: None)
    path = tmp_path / "two.yaml"
    path.write_text(two.to_yaml(), encoding="utf8")
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "training"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run([*launch, "finetune", str(path)], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    alone, together = losses(one.run), losses(two.run)
    assert list(alone) == list(together)
    assert len(alone) == 6
    for step in (1, 2, 3):  # the third closes the epoch, filled up with its first batch: near, not the same
        assert together[step] == pytest.approx(alone[step], rel=2e-3 if step < 3 else 0.2)
    lines = [[json.loads(x) for x in (s.run / "dev.jsonl").read_text().splitlines()] for s in (one, two)]
    assert [x["step"] for x in lines[1]] == [x["step"] for x in lines[0]], "as many steps, and one process writes"
    assert (two.run / "model" / "tokenizer.json").is_file()


def test_a_step_is_shared_among_the_processes() -> None:
    assert [per_process(4, world) for world in (1, 2, 4, 8, 3)] == [4, 2, 1, 4, 4]
