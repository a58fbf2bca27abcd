"""The comparison of the recipe with the planning set-up: what is compared, and the table. No time is tested."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.training.pretraining import BASE, settings_for
from training.__main__ import main
from training.pretrain import speed
from training.pretrain.run import MALLOC
from training.pretrain.speed import PLAIN, Job, compare, jobs, make_trainer, measure, random_text


def test_the_planning_set_up_is_plain_and_of_the_same_size(tmp_path: Path) -> None:
    todo = jobs(settings_for(tmp_path, compile=True), 1.0)
    assert list(todo) == [PLAIN, "recipe, the same BERT block", "recipe (mlm, modernbert block)"]
    plain = todo[PLAIN]
    assert plain.plain
    assert plain.settings["encoder"]["block"] == "bert"
    assert plain.settings["encoder"]["intermediate_size"] == 4 * 32
    assert (plain.settings["candidates"], plain.settings["compile"], plain.settings["mask"]) == (0, False, 0.2)
    same = todo["recipe, the same BERT block"]
    assert same.settings["encoder"] == plain.settings["encoder"]
    assert (same.settings["candidates"], same.settings["compile"]) == (64, True)
    assert json.loads(json.dumps(plain.settings)) == plain.settings  # it travels to the process as JSON


def test_a_bert_recipe_is_not_measured_twice(tmp_path: Path) -> None:
    config = settings_for(tmp_path, encoder=BASE | {"block": "bert", "intermediate_size": 128})
    assert list(jobs(config, 1.0)) == [PLAIN, "recipe (mlm, bert block)"]


def test_a_plain_trainer_has_neither_bf16_nor_a_fused_optimizer(tmp_path: Path) -> None:
    todo = jobs(settings_for(tmp_path), 0.0)
    plain, recipe = make_trainer(todo[PLAIN]), make_trainer(todo["recipe (mlm, modernbert block)"])
    if plain.device == "cpu":
        assert not plain.bf16
        assert not plain.optimizers[0].param_groups[0]["fused"]
        assert plain.model.encoder.config._attn_implementation == "sdpa"
        assert recipe.model.encoder.config._attn_implementation == "eager"
    found = measure(Job(todo[PLAIN].settings, True, 0.01))
    assert found.keys() == {"wall", "cpu", "flops"}
    assert min(found.values()) > 0


def test_random_ids_are_ordinary_tokens_with_frequent_ones() -> None:
    ids = random_text(1000, 20_000)
    assert ids.dtype == np.uint16
    assert ids.min() >= 5
    assert ids.max() < 1000
    assert (ids == 5).mean() > 20 * (ids == 900).mean()


def test_set_ups_take_turns_and_are_compared_with_the_first(tmp_path: Path) -> None:
    todo = {"a": Job({"n": 1}, True, 0.0), "b": Job({"n": 3}, False, 0.0)}
    turns: list[int] = []

    def run(job: Job) -> dict[str, float]:
        turns.append(job.settings["n"])
        value = 1000.0 * job.settings["n"] + len(turns)
        return {"wall": value, "cpu": value, "flops": 1e6}

    said: list[str] = []
    ratios = compare(todo, 2, said.append, run)
    assert turns == [1, 3, 1, 3]
    assert ratios == {"a": 1.0, "b": 3003 / 1002}
    assert said[-1] == "| b | 3,003 | 3.00 | 3,003 | 3.00 | 3 |"


def test_the_command_reads_the_config_and_its_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(settings_for(tmp_path).to_yaml(), encoding="utf8")
    seen: list[tuple[int, float, int]] = []
    monkeypatch.setattr(
        speed,
        "compare",
        lambda todo, rounds: seen.append((rounds, todo[PLAIN].seconds, todo[PLAIN].settings["batch_tokens"])),
    )
    assert main(["pretrain-speed", str(path), "batch_tokens=512", "--seconds", "3", "--rounds", "1"]) == 0
    assert seen == [(1, 3.0, 512)]
    assert "batches of 512 tokens of length 32; median of 1 rounds" in capsys.readouterr().out
    assert main(["pretrain-speed", str(path), "batch=512"]) == 2
    assert "batch: unknown key" in capsys.readouterr().err


@pytest.mark.parametrize("plain", [True, False])
def test_only_the_recipe_gets_the_allocators_settings(monkeypatch: pytest.MonkeyPatch, plain: bool) -> None:
    seen: list[dict[str, str]] = []

    def run(command: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append(env)
        return subprocess.CompletedProcess(command, 0, 'a warning\n{"wall": 1.0}\n', "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setenv("MALLOC_TOP_PAD_", "7")  # of the caller: not for the plain set-up
    assert speed.measured(Job({}, plain, 0.0)) == {"wall": 1.0}
    assert {key: seen[0][key] for key in MALLOC if key in seen[0]} == ({} if plain else MALLOC)


def test_a_failing_process_is_said_with_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "Traceback\nRuntimeError: no compiler\n")
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: failed)
    with pytest.raises(RuntimeError, match=r"the measured process failed: [\s\S]*no compiler"):
        speed.measured(Job({}, True, 0.0))
