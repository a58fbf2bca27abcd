"""Pretraining on a page of text: masks, packing, schedule, exact resume."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from transformers import AutoModel, AutoTokenizer

from tests.tiny import TEXT, tiny_tokenizer
from tests.training.pretraining import BASE, quiet, settings_for, trainer_for
from training.pretrain.loop import Progress, Stream, rate
from training.pretrain.objective import whole_word_mask
from training.pretrain.pack import load, pack
from training.pretrain.run import is_held_out, prepare, pretrain
from training.pretrain.vocabulary import MASK, SPECIAL, train_vocabulary, words_to_keep


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**31), st.floats(0.05, 0.6))
def test_masks_cover_whole_words_and_spare_special_tokens(seed: int, share: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    starts = torch.rand(100, generator=generator) < 0.6
    ids = torch.randint(0, 100, (3, 40), generator=generator)
    inputs, picked = whole_word_mask(ids, starts, share, 100, generator)
    assert not picked[ids < len(SPECIAL)].any()
    assert torch.equal(inputs[~picked], ids[~picked])
    ordinary = ids >= len(SPECIAL)
    same_word = ~starts[ids[:, 1:]] & ordinary[:, 1:] & ordinary[:, :-1]
    assert torch.equal(picked[:, 1:][same_word], picked[:, :-1][same_word])


def test_the_share_of_masked_tokens_is_what_the_config_says() -> None:
    ids = torch.randint(len(SPECIAL), 100, (200, 200), generator=torch.Generator().manual_seed(1))
    inputs, picked = whole_word_mask(
        ids, torch.ones(100, dtype=torch.bool), 0.25, 100, torch.Generator().manual_seed(2)
    )
    assert picked.float().mean().item() == pytest.approx(0.25, abs=0.01)
    assert (inputs[picked] == MASK).float().mean().item() == pytest.approx(0.8, abs=0.01)


def test_packing_keeps_every_line_closed_by_sep(tmp_path: Path) -> None:
    tokenizer = tiny_tokenizer()
    lines = TEXT.splitlines()
    count = pack(tokenizer, iter(lines), tmp_path / "tokens.bin", batch=2)
    ids = load(tmp_path / "tokens.bin")
    assert len(ids) == count
    parts = np.split(np.array(ids), np.flatnonzero(ids == tokenizer.token_to_id("[SEP]")) + 1)[:-1]
    assert [list(p[:-1]) for p in parts] == [tokenizer.encode(line, add_special_tokens=False).ids for line in lines]


def test_the_vocabulary_keeps_frequent_words_of_the_list_whole(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("Gewinn  # a comment\nLindmann\nSeltenheit\n", encoding="utf8")
    lines = TEXT.splitlines() * 30
    keep = words_to_keep(words, lines, 20)
    assert keep == ["Gewinn", "Lindmann"]
    tokenizer = train_vocabulary(iter(lines), 120, 1, keep)
    assert tokenizer.encode("Gewinn Lindmann", add_special_tokens=False).tokens == ["Gewinn", "Lindmann"]
    assert tokenizer.get_vocab_size() <= 120


def test_a_pass_draws_every_sequence_once() -> None:
    stream, progress = Stream(np.arange(1000, dtype=np.uint16), seed=5), Progress()
    rows = [tuple(row.tolist()) for _ in range(10) for row in stream.next(progress, 10, 10)]
    assert len(set(rows)) == 100
    stream.next(progress, 10, 10)
    assert progress.epoch == 1


def test_the_rate_rises_stays_and_falls_to_zero() -> None:
    values = [rate(f / 100, 0.05) for f in range(101)]
    assert values[0] < 0.1
    assert values[5:60] == [1.0] * 55
    assert values[60:] == sorted(values[60:], reverse=True)
    assert values[100] == 0.0


def test_copies_of_a_line_are_held_out_together_and_never_trained_on(tmp_path: Path) -> None:
    config = settings_for(tmp_path, text=[{"path": tmp_path / "text.txt", "min_chars": 20, "repeat": 3}])
    prepare(config, quiet)
    tokenizer = Tokenizer.from_file(str(config.run / "tokenizer.json"))
    train, held = (tokenizer.decode(list(load(config.run / name))) for name in ("tokens.bin", "held.bin"))
    out = [line for line in (tmp_path / "text.txt").read_text(encoding="utf8").splitlines() if is_held_out(line, 0.05)]
    assert out
    for line in out:
        text = tokenizer.decode(tokenizer.encode(line, add_special_tokens=False).ids)
        assert text in held
        assert text not in train


def test_the_order_of_parameters_stays_that_of_older_checkpoints(tmp_path: Path) -> None:
    """An optimizer's saved state goes by their order alone: another order would be taken without a word."""
    names = [name for name, _ in trainer_for(settings_for(tmp_path)).model.named_parameters()]
    assert names[0] == "bias"
    assert names[-4:] == ["dense.weight", "dense.bias", "norm.weight", "norm.bias"]
    assert all(name.startswith("encoder.") for name in names[1:-4])


@pytest.mark.parametrize("objective", ["mlm", "rtd"])
def test_a_killed_run_that_resumes_takes_the_same_steps(tmp_path: Path, objective: str) -> None:
    """Twelve steps at once against five, a checkpoint, a new process' worth of objects, seven more."""
    config = settings_for(tmp_path, budget=1e9, objective=objective)
    whole = trainer_for(config)
    losses = [float(whole.step()) for _ in range(12)]
    first = trainer_for(config)
    part = [float(first.step()) for _ in range(5)]
    first.save(tmp_path / "state.pt")
    torch.manual_seed(12345)
    second = trainer_for(config)
    second.resume(tmp_path / "state.pt")
    part += [float(second.step()) for _ in range(7)]
    assert part == pytest.approx(losses, rel=1e-5)
    assert second.progress.tokens == whole.progress.tokens


@pytest.mark.parametrize(("block", "optimizer"), [("modernbert", "adamw"), ("bert", "muon")])
def test_a_run_ends_on_time_learns_and_leaves_an_encoder(tmp_path: Path, block: str, optimizer: str) -> None:
    """By processor time: on a busy machine four seconds on the wall are a step or two."""
    config = settings_for(tmp_path, encoder={"block": block, **BASE}, optimizer=optimizer, budget="3s", clock="cpu")
    said: list[str] = []
    progress = pretrain(config, say=said.append)
    assert config.budget <= progress.elapsed < config.budget + 2
    assert progress.losses[-1][1] < np.log(400)
    encoder = AutoModel.from_pretrained(config.run / "encoder")
    tokenizer = AutoTokenizer.from_pretrained(config.run / "encoder")
    assert encoder.config.model_type == block
    assert tokenizer("Die Nordwerk AG").input_ids[0] == tokenizer.cls_token_id


def test_a_run_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    config = settings_for(tmp_path, budget="4s")
    early = pretrain(config, stop_after=1.0, say=quiet)
    assert not (config.run / "encoder").exists()
    said: list[str] = []
    late = pretrain(config, say=said.append)
    assert any(line.startswith(f"resumed state.pt at step {early.step}") for line in said)
    assert late.step > early.step
    assert (config.run / "encoder").exists()
