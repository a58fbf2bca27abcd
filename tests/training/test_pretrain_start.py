"""Where a run begins: skip-gram vectors, an encoder folder, lines about a field; what it measures itself against."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import AutoModel

from data.text import lines
from tests.tiny import TEXT, tiny_encoder
from tests.training.pretraining import BASE, quiet, settings_for, trainer_for
from training.pretrain.config import Encoder, Pretrain, SkipGram, TextSource
from training.pretrain.head import FILE
from training.pretrain.objective import build_encoder
from training.pretrain.pack import load
from training.pretrain.peak import known_peak, measure
from training.pretrain.run import build, prepare, pretrain
from training.pretrain.skipgram import Lines, start_from_skip_gram
from training.pretrain.snapshot import snapshot
from training.pretrain.vocabulary import SEP
from training.settings import ConfigError

RARE = 60


def two_fields() -> np.ndarray:
    """Lines of either the tokens 10 to 19 or 20 to 29, and one line with a token that occurs once."""
    generator = np.random.default_rng(1)
    rows = [[*generator.integers(10, 20, 12) + 10 * (i % 2), SEP] for i in range(400)]
    return np.array([*rows[0][:-1], RARE, SEP, *np.concatenate(rows)], dtype=np.uint16)


def started(seed: int = 1, epochs: int = 5) -> tuple[torch.Tensor, torch.Tensor, int]:
    """The embeddings before and after, and how many rows were replaced."""
    torch.manual_seed(2)
    torch.set_num_threads(1)  # gensim's vectors depend on the order of its workers when there are several
    encoder = build_encoder(Encoder.model_validate(BASE), 64)
    before = encoder.get_input_embeddings().weight.detach().clone()
    settings = SkipGram(epochs=epochs, window=3, min_count=5, max_tokens=10_000)
    count = start_from_skip_gram(encoder, two_fields(), settings, seed)
    return before, encoder.get_input_embeddings().weight.detach(), count


def test_lines_end_at_sep_and_at_the_limit() -> None:
    ids = np.array([7, 8, SEP, SEP, 9, SEP, 7, 7], dtype=np.uint16)
    assert list(Lines(ids, 100)) == [["7", "8"], ["9"]]
    assert list(Lines(ids, 3)) == [["7", "8"]]


def test_skip_gram_vectors_land_in_the_rows_of_their_tokens() -> None:
    before, after, count = started(epochs=200)  # nearly all of such frequent tokens are passed over
    changed = (before != after).any(1)
    assert changed.nonzero().squeeze(1).tolist() == list(range(10, 30))
    assert count == 20
    unit = torch.nn.functional.normalize(after[10:30], dim=1)
    alike = unit @ unit.T
    same = torch.arange(20)[:, None] // 10 == torch.arange(20)[None] // 10
    off = ~torch.eye(20, dtype=torch.bool)
    assert alike[same & off].mean() > alike[~same].mean() + 0.5


def test_skip_gram_vectors_have_the_size_of_the_random_start() -> None:
    _, after, _ = started()
    scale = build_encoder(Encoder.model_validate(BASE), 64).config.initializer_range
    assert after[10:30].std().item() == pytest.approx(scale, rel=0.05)
    assert after[10:30].mean(0).abs().max().item() < 0.01 * scale


def test_one_worker_gives_the_same_vectors_again() -> None:
    assert torch.equal(started()[1], started()[1])
    assert not torch.equal(started()[1], started(seed=5)[1])


def test_a_run_starts_from_skip_gram_vectors_once(tmp_path: Path) -> None:
    config = settings_for(tmp_path, skip_gram={"epochs": 1, "min_count": 2}, budget="1s")
    said: list[str] = []
    pretrain(config, stop_after=0.1, say=said.append)
    assert sum(line.startswith("skip-gram: vectors of") for line in said) == 1
    pretrain(config, say=said.append)
    assert sum(line.startswith("skip-gram: vectors of") for line in said) == 1  # resumed: the checkpoint has them
    assert (config.run / "encoder" / "model.safetensors").exists()


def test_a_run_goes_on_from_an_encoder_folder(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path / "start", "modernbert")
    config = settings_for(tmp_path, start=folder, budget=1e9, encoder={"hidden_size": 999})
    prepare(config, quiet)
    assert (config.run / "tokenizer.json").read_bytes() == (folder / "tokenizer.json").read_bytes()
    tokenizer = Tokenizer.from_file(str(config.run / "tokenizer.json"))
    model = build(config, tokenizer, load(config.run / "tokens.bin"))
    expected = AutoModel.from_pretrained(folder).state_dict()
    found = model.encoder.state_dict()
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_run_that_goes_on_has_the_loss_head_of_the_one_before(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    first = settings_for(tmp_path / "first", budget=0.3)
    pretrain(first, say=quiet)
    kept = load_file(first.run / "encoder" / FILE)
    said: list[str] = []
    second = settings_for(tmp_path / "second", start=first.run / "encoder", budget=1e9)
    prepare(second, quiet)
    tokenizer = Tokenizer.from_file(str(second.run / "tokenizer.json"))
    weights = build(second, tokenizer, load(second.run / "tokens.bin"), said.append).state_dict()
    assert said == [f"loss head: {first.run / 'encoder' / FILE}"]
    assert all(torch.equal(weights[name], value.float()) for name, value in kept.items())
    assert weights["bias"].abs().sum() > 0
    save_file(kept | {"bias": kept["bias"][:-1].clone()}, first.run / "encoder" / FILE)
    with pytest.raises(ConfigError, match=r"start: .*mlm_head.*: bias: got .* expected .*; remove the file"):
        build(second, tokenizer, load(second.run / "tokens.bin"), quiet)


def test_a_snapshot_of_a_run_that_went_on_is_its_encoder(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path / "start", "modernbert")
    config = settings_for(tmp_path, start=folder, objective="rtd")
    progress = pretrain(config, stop_after=0.1, say=quiet)
    assert snapshot(config.run, tmp_path / "snapshot").step == progress.step
    encoder = AutoModel.from_pretrained(tmp_path / "snapshot", dtype=torch.float32)
    saved = torch.load(config.run / "state.pt", weights_only=True)["model"]
    for name, value in encoder.state_dict().items():
        assert torch.equal(value, saved[f"encoder.{name}"].half().float()), name


def test_a_folder_that_cannot_be_gone_on_from_is_refused(tmp_path: Path) -> None:
    config = settings_for(tmp_path, start=tmp_path / "missing")
    with pytest.raises(ConfigError, match=r"start: .*missing.tokenizer\.json: no such file; name a folder"):
        prepare(config, quiet)
    folder = tiny_encoder(tmp_path / "start", "modernbert")
    tree = json.loads((folder / "tokenizer.json").read_text(encoding="utf8"))
    vocabulary = tree["model"]["vocab"]
    vocabulary["[CLS]"], vocabulary["[SEP]"] = vocabulary["[SEP]"], vocabulary["[CLS]"]
    tree["added_tokens"] = []
    (folder / "tokenizer.json").write_text(json.dumps(tree), encoding="utf8")
    with pytest.raises(ConfigError, match=r"start: .*the first tokens are .*'\[SEP\]', '\[CLS\]'.*, expected"):
        prepare(settings_for(tmp_path, start=folder), quiet)


def test_a_source_gives_the_lines_with_enough_words_of_a_list(tmp_path: Path) -> None:
    words, text = tmp_path / "words.txt", tmp_path / "text.txt"
    words.write_text("Umsatz\nEuro  # money\nGewinn\n", encoding="utf8")
    text.write_text(TEXT, encoding="utf8")
    rows = TEXT.splitlines()

    def found(**changes: object) -> list[str]:
        tree = {"path": text, "min_chars": 20, "words": words}
        return list(lines([TextSource.model_validate(tree | changes).source()]))

    assert found() == [rows[0], rows[1]]  # Umsatz + Euro, Gewinn + Euro: the same word twice would count once
    assert found(min_words=1) == [rows[0], rows[1]]
    assert found(min_words=3) == []
    assert found(words=None) == rows


def test_a_line_goes_to_the_first_source_that_wants_it(tmp_path: Path) -> None:
    words, text = tmp_path / "words.txt", tmp_path / "text.txt"
    words.write_text("Umsatz\nEuro\n", encoding="utf8")
    text.write_text(TEXT, encoding="utf8")
    narrow = TextSource(path=text, min_chars=20, words=words, repeat=3)
    wide = TextSource(path=text, min_chars=20)
    rows = TEXT.splitlines()
    assert list(lines([narrow.source(), wide.source()])) == [rows[0]] * 3 + rows[1:]


def test_a_missing_word_list_and_a_number_below_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        TextSource(path=tmp_path / "text.txt", words=tmp_path / "nowhere.txt").source()
    path = tmp_path / "config.yaml"
    path.write_text("run: r\ntext: [{path: t, min_words: 0}]\n", encoding="utf8")
    with pytest.raises(ConfigError, match=r"text\.0\.min_words: got 0"):
        Pretrain.read(path)


@pytest.mark.parametrize("objective", ["mlm", "rtd"])
def test_compiling_beforehand_changes_no_step(tmp_path: Path, objective: str) -> None:
    config = settings_for(tmp_path, budget=1e9, objective=objective)
    plain = trainer_for(config)
    other = trainer_for(config.model_copy(update={"compile": True}))  # the networks themselves stay as they are
    other.warm_up()
    assert other.progress == plain.progress
    assert [float(other.step()) for _ in range(3)] == [float(plain.step()) for _ in range(3)]


def test_peaks_are_those_of_the_cards_and_measured_elsewhere() -> None:
    assert known_peak("NVIDIA H100 80GB HBM3") == 989e12
    assert known_peak("NVIDIA H100 PCIe") == 756e12
    assert known_peak("NVIDIA H200") == 989e12
    assert known_peak("NVIDIA A100-SXM4-80GB") == 312e12
    assert known_peak("NVIDIA GeForce RTX 3060") is None
    assert measure("cpu", torch.float32, size=64, seconds=0.0) > 0


def test_operations_count_the_blocks_and_what_attention_looks_at(tmp_path: Path) -> None:
    model = trainer_for(settings_for(tmp_path)).model
    matrices = 2 * (32 * 96 + 32 * 32 + 32 * 2 * 48 + 48 * 32)
    norms = 4 * 32  # the first block of ModernBERT has no norm before its attention; the last norm
    assert model.flops(32) == 6 * (matrices + norms) + 12 * 32 * (32 + 16)
