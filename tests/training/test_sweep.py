"""Sweeps: which runs there are, that none is done twice, and what the table says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.finetune.config import Finetune
from training.settings import ConfigError
from training.sweep import Sweep, sweep, trials


class Trainer:
    """Stands for fine-tuning: writes what a finished run leaves, with a score that its settings decide."""

    def __init__(self, stop_after: int = 99) -> None:
        self.runs: list[str] = []
        self.stop_after = stop_after

    def __call__(self, settings: Finetune) -> None:
        if len(self.runs) == self.stop_after:
            raise KeyboardInterrupt
        self.runs.append(f"{settings.run.parent.name}/{settings.run.name}")
        settings.run.mkdir(parents=True)
        score = 0.5 + settings.heads.cues * 0.2 + settings.seed / 100
        scores = {"adhoc": {"outlook": {"macro_f1": score, "n": 9}, "ORG": {"f1": 0.7, "n": 3}}}
        line = {"headline": {"mean": score}, "scores": scores}
        (settings.run / "dev.jsonl").write_text(json.dumps(line) + "\n", encoding="utf8")
        (settings.run / "config.yaml").write_text(settings.to_yaml(), encoding="utf8")
        (settings.run / "metrics.json").write_text("{}", encoding="utf8")


@pytest.fixture
def settings(tmp_path: Path) -> Sweep:
    base = tmp_path / "base.yaml"
    base.write_text("run: x\nencoder: y\ndata: {train: [{path: a}], dev: [{path: a}]}\n", encoding="utf8")
    tree = {"run": tmp_path / "s", "base": base, "seeds": [1, 3], "fixed": {"optimizer.epochs": 2}}
    return Sweep.model_validate(tree | {"variants": {"base": {}, "cues": {"heads.cues": True}}})


def test_a_stopped_sweep_goes_on_and_its_table_has_means_and_spreads(settings: Sweep) -> None:
    stopped, going_on, again = Trainer(stop_after=3), Trainer(), Trainer()
    with pytest.raises(KeyboardInterrupt):
        sweep(settings, stopped, say=lambda line: None)
    table = sweep(settings, going_on, say=lambda line: None)
    assert sweep(settings, again, say=lambda line: None) == table
    assert stopped.runs == ["base/seed-1", "base/seed-3", "cues/seed-1"]
    assert (going_on.runs, again.runs) == (["cues/seed-3"], [])
    assert "| base | 2 | 0.520 ± 0.014 | 0.520 ± 0.014 | **0.700** ± 0.000 |" in table
    assert "| cues | 2 | **0.720** ± 0.014 | **0.720** ± 0.014 | **0.700** ± 0.000 |" in table
    assert table in (settings.run / "table.md").read_text(encoding="utf8")
    assert table.splitlines()[0] == "| trial | seeds | mean | adhoc outlook | adhoc ORG |"


def test_a_grid_is_all_combinations_and_a_sample_of_it_is_some(settings: Sweep) -> None:
    grid = {"optimizer.lr": ("3e-4", 5e-4), "heads.crf": (True, False)}
    every = trials(settings.model_copy(update={"grid": grid}))
    assert len(every) == 8
    assert every[4].name == "cues, lr=3e-4, crf=true"
    assert every[4].changes == {"optimizer.epochs": 2, "heads.cues": True, "optimizer.lr": "3e-4", "heads.crf": True}
    some = trials(settings.model_copy(update={"grid": grid, "trials": 3}))
    assert len(some) == 3
    assert [t for t in every if t in some] == some


def test_what_is_wrong_is_said_before_the_first_run(settings: Sweep) -> None:
    trainer = Trainer()
    broken = settings.model_copy(update={"variants": {"base": {}, "odd": {"heads.pooling": "max"}}})
    with pytest.raises(ConfigError, match=r"heads\.pooling: got 'max'"):
        sweep(broken, trainer, say=lambda line: None)
    assert trainer.runs == []
    same = settings.model_copy(update={"variants": {"a/b": {}, "a-b": {}}})
    with pytest.raises(ConfigError, match="share the folder 'a-b'"):
        sweep(same, trainer, say=lambda line: None)


def test_a_finished_run_of_other_settings_is_not_taken_for_done(settings: Sweep) -> None:
    sweep(settings, Trainer(), say=lambda line: None)
    with pytest.raises(ConfigError, match="finished with other settings"):
        sweep(settings.model_copy(update={"fixed": {"optimizer.epochs": 9}}), Trainer(), say=lambda line: None)
