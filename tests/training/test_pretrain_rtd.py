"""Replaced-token detection: what is drawn, what is learnt, what a run leaves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score
from transformers import AutoModel

from tests.training.pretraining import BASE, settings_for, trainer_for
from training.pretrain.config import Encoder, ReplacedTokens
from training.pretrain.objective import build_encoder, whole_word_mask
from training.pretrain.rtd import ReplacedTokenDetection, area, draw, generator_shape, shape_of
from training.pretrain.run import pretrain
from training.settings import ConfigError


def model_for(block: str = "modernbert", candidates: int = 32) -> ReplacedTokenDetection:
    torch.manual_seed(3)
    encoder = build_encoder(Encoder.model_validate({"block": block, **BASE}), 128)
    return ReplacedTokenDetection(encoder, ReplacedTokens(generator=0.5), candidates)


def masked_batch() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(4)
    ids = torch.randint(5, 128, (4, 32), generator=generator)
    return *whole_word_mask(ids, torch.ones(128, dtype=torch.bool), 0.25, 128, generator), ids


def test_tokens_are_drawn_as_often_as_they_are_probable() -> None:
    shares = torch.tensor([0.5, 0.0, 0.3, 0.2])
    drawn = draw(shares.log().expand(20_000, 4), torch.Generator().manual_seed(5))
    assert torch.bincount(drawn, minlength=4) / 20_000 == pytest.approx(shares, abs=0.02)
    assert not (drawn == 1).any()


def test_the_area_is_that_of_an_independent_count() -> None:
    generator = np.random.default_rng(6)
    scores, labels = generator.integers(0, 9, 300), generator.integers(0, 2, 300)
    found = area(torch.tensor(scores[labels == 1]).float(), torch.tensor(scores[labels == 0]).float())
    assert found == pytest.approx(roc_auc_score(labels, scores))
    assert area(torch.ones(3), torch.zeros(0)) == 0.5


def test_the_generator_is_narrower_with_heads_of_the_same_size() -> None:
    mini = Encoder(hidden_size=256, layers=4, heads=4, intermediate_size=704)
    shape = generator_shape(mini, 1 / 3)
    assert (shape.hidden_size, shape.heads, shape.layers, shape.intermediate_size) == (64, 1, 4, 176)
    assert shape_of(build_encoder(mini, 64)) == mini


def test_only_masked_positions_are_filled() -> None:
    model, (inputs, picked, ids) = model_for(), masked_batch()
    _, filled = model.generate(inputs, picked, ids, sampled=True)
    assert torch.equal(filled[~picked], ids[~picked])
    assert (filled[picked] != ids[picked]).float().mean() > 0.8  # a random generator is nearly always wrong


@pytest.mark.parametrize("block", ["bert", "modernbert"])
@pytest.mark.parametrize("candidates", [0, 32])
def test_every_trainable_parameter_gets_a_gradient(block: str, candidates: int) -> None:
    model, (inputs, picked, ids) = model_for(block, candidates), masked_batch()
    model(inputs, picked, ids, sampled=True).backward()
    dead = [n for n, p in model.named_parameters() if p.requires_grad and (p.grad is None or not p.grad.any())]
    assert dead == []


def test_the_discriminators_loss_does_not_reach_the_generator() -> None:
    model, (inputs, picked, ids) = model_for(), masked_batch()
    _, filled = model.generate(inputs, picked, ids, sampled=True)
    model.scores(filled).sum().backward()
    assert all(p.grad is None for p in model.generator.parameters())


def test_replaced_tokens_are_found_after_some_steps(tmp_path: Path) -> None:
    trainer = trainer_for(settings_for(tmp_path, objective="rtd", budget=40.0, lr=3e-3))
    before = trainer.held_out_figures()
    for _ in range(120):
        trainer.progress.elapsed += 0.15  # the schedule's clock; warm-up, then the full rate
        trainer.step()
    after = trainer.held_out_figures()
    assert list(after) == ["held-out", "generator", "found", "AUC"]
    assert after["held-out"] < before["held-out"]
    assert after["generator"] < before["generator"] - 1
    assert after["AUC"] > max(0.6, before["AUC"])
    assert trainer.held_out_figures() == after


def test_a_run_leaves_an_encoder_and_its_figures(tmp_path: Path) -> None:
    config = settings_for(tmp_path, objective="rtd", budget="2s", encoder={"block": "bert", **BASE})
    said: list[str] = []
    progress = pretrain(config, say=said.append)
    assert any("generator" in line and "AUC" in line and "% of peak" in line for line in said)
    report = json.loads((config.run / "encoder" / "pretraining.json").read_text(encoding="utf8"))
    assert report["objective"] == "rtd"
    assert report["held_out"] == progress.held_out
    assert report["held_out_loss"] == progress.held_out["held-out"]
    encoder = AutoModel.from_pretrained(config.run / "encoder", add_pooling_layer=False)
    assert encoder.config.hidden_size == 32


def test_a_checkpoint_of_another_objective_is_refused(tmp_path: Path) -> None:
    config = settings_for(tmp_path, budget=1e9)
    trainer_for(config).save(tmp_path / "state.pt")
    other = trainer_for(settings_for(tmp_path, budget=1e9, objective="rtd"))
    with pytest.raises(ConfigError, match=r"objective: got 'rtd', but .*state\.pt was made under 'mlm'"):
        other.resume(tmp_path / "state.pt")
