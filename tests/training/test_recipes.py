"""What a config can ask for: noise, averages, silver corpora, teachers, heads; each by what it does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoConfig

from ausblick import Reader
from ausblick.cues import CUES
from ausblick.labels import OUTLOOK_LABELS, TAG_ID
from ausblick.windows import Encoder
from models.losses import IGNORE, distillation_loss
from models.network import AusblickConfig, AusblickModel
from tests.tiny import TEXT, tiny_encoder, tiny_tokenizer
from tests.training.test_finetune import config, item
from training.export import export
from training.finetune.average import Average
from training.finetune.batches import LengthBatches
from training.finetune.config import Augment, Finetune, Optimizer
from training.finetune.examples import batch, rows
from training.finetune.load import balanced, repeated
from training.finetune.noise import Noise, drawn_mentions
from training.finetune.run import finetune
from training.finetune.teachers import taught
from training.settings import ConfigError

ALL_HEADS = {
    "cues": True, "cue_features": True, "mention_features": True, "previous": True, "outlook_steps": True,
    "outlook_class_weights": "balanced", "focal_gamma": 1.0, "label_smoothing": 0.05, "tag_smoothing": 0.02,
}  # fmt: skip


def test_every_head_option_together_with_noise_and_average(tmp_path: Path) -> None:
    """Trains, keeps the averaged weights, exports, and the bundle says what it needs."""
    optimizer = {"lr": 3e-3, "head_lr": 3e-3, "epochs": 1.5, "batch_tokens": 400, "ema": 0.9}
    noise = {"word_dropout": 0.1, "mention_mask": 0.2, "cue_dropout": 0.2}
    settings = config(tmp_path, "modernbert", heads=ALL_HEADS, optimizer=optimizer | noise, select="outlook")
    metrics = finetune(settings, say=lambda line: None)
    lines = [json.loads(line) for line in (settings.run / "dev.jsonl").read_text().splitlines()]
    assert lines[0]["epoch"] == 1.0
    assert 1.5 <= lines[1]["epoch"] < 2.0
    assert metrics["eval_outlook"] == pytest.approx(max(line["headline"]["outlook"] for line in lines), abs=1e-3)
    bundle = export(settings.run, tmp_path / "bundle", say=lambda line: None)
    assert bundle.config.cues == CUES
    assert Reader.load(tmp_path / "bundle", threads=1).read(TEXT).sentences


def test_a_crf_learns_from_teachers_and_decodes_with_its_transitions(tmp_path: Path) -> None:
    short = {"lr": 3e-3, "head_lr": 3e-3, "epochs": 1, "batch_tokens": 400}
    teacher = config(tmp_path / "teacher", optimizer=short)
    finetune(teacher, say=lambda line: None)
    student = config(
        tmp_path / "student",
        heads={"crf": True, "cues": True, "names": False},
        windows={"max_tokens": 96, "context": 0, "max_sentences": 1},
        optimizer=short,
        teachers=[teacher.run / "model"] * 2,
    )
    finetune(student, say=lambda line: None)
    bundle = export(student.run, tmp_path / "bundle", say=lambda line: None)
    assert bundle.config.transitions is not None
    assert len(bundle.config.transitions["step"]) == len(TAG_ID)
    reader = Reader.load(tmp_path / "bundle", threads=1)
    assert reader.transitions.step.any()
    assert (reader.encoder.names, reader.encoder.max_sentences, reader.encoder.context) == (False, 1, 0)


def test_a_teacher_teaches_only_what_it_learnt(tmp_path: Path) -> None:
    short = {"lr": 3e-3, "head_lr": 3e-3, "epochs": 1, "batch_tokens": 400}
    paths = {}
    for name, heads in (("both", {}), ("outlook", {"tag_weight": 0.0})):
        teacher = config(tmp_path / name, heads=heads, optimizer=short)
        finetune(teacher, say=lambda line: None)
        paths[name] = teacher.run / "model"
    tokenizer = Tokenizer.from_file(str(paths["both"] / "tokenizer.json"))
    table = list(rows([item(i) for i in range(3)], Encoder(tokenizer, 96, 1, True, True), Augment(), 1))
    lengths = [len(row["ids"]) for row in table]
    alone = taught(table, lengths, [paths["outlook"]], tokenizer, 200)
    assert set(alone.taught) == {"teacher_outlook"}
    mixed = taught(table, lengths, [paths["outlook"], paths["both"]], tokenizer, 200)
    first = taught(table, lengths, [paths["both"]], tokenizer, 200)
    for i, row in enumerate(table):
        np.testing.assert_allclose(mixed.taught["teacher_tags"][i], first.taught["teacher_tags"][i], atol=1e-6)
        both = (alone.taught["teacher_outlook"][i] + first.taught["teacher_outlook"][i]) / 2
        np.testing.assert_allclose(mixed.taught["teacher_outlook"][i], both, atol=1e-6)
        assert both.shape == (len(row["spans"]), len(OUTLOOK_LABELS))


def test_a_loss_without_a_teacher_is_the_golds(tmp_path: Path) -> None:
    """The head that nobody teaches learns from the gold with its full weight, the other by the share of each."""
    given = feed()
    encoder = AutoConfig.from_pretrained(tiny_encoder(tmp_path))
    model = AusblickModel(AusblickConfig(encoder.to_dict(), hints=True, cues=True, distil_weight=0.25)).eval()
    goal = torch.log_softmax(torch.randn(*given["outlook_labels"].shape, len(OUTLOOK_LABELS)), -1)
    out = model(**given)
    t = model.config.distil_temperature
    tagging = model.tagging_loss(out.tags, given["tag_labels"], given["covers"], given["spans"], None)
    sentences = model.outlook_loss(out.outlook, given["outlook_labels"], None)
    taught_loss = distillation_loss(out.outlook, goal, given["spans"][..., 1] > 0, t)
    expected = tagging + 0.75 * sentences + 0.25 * taught_loss
    assert model(**given, teacher_outlook=goal).loss.item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_teacher_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"teachers: .*nowhere: no config\.json"):
        finetune(config(tmp_path, teachers=["nowhere"]), say=lambda line: None)


def feed() -> dict[str, torch.Tensor]:
    return batch(list(rows([item(0)], Encoder(tiny_tokenizer(), 96, 1, True, True), Augment(), 1)))


def test_words_are_hidden_but_no_separator() -> None:
    torch.manual_seed(0)
    plain, tokenizer = feed(), tiny_tokenizer()
    noise = Noise.of(tokenizer, Optimizer(word_dropout=0.5))
    ids = noise(plain)["input_ids"]
    changed = ids != plain["input_ids"]
    words = plain["attention_mask"].sum() - (plain["input_ids"] == tokenizer.token_to_id("[SEP]")).sum()
    assert 0.3 < changed.sum() / words < 0.7
    assert set(ids[changed].tolist()) == {tokenizer.token_to_id("[MASK]")}
    assert not changed[torch.isin(plain["input_ids"], torch.tensor(noise.special))].any()
    assert Noise.of(tokenizer, Optimizer())(plain)["input_ids"] is plain["input_ids"]


def test_a_hidden_name_is_hidden_as_a_whole() -> None:
    b, i = TAG_ID["B-ORG"], TAG_ID["I-ORG"]
    labels = torch.tensor([[IGNORE, 0, b, IGNORE, i, 0, b, 0, TAG_ID["B-MONEY"]]])
    assert drawn_mentions(labels, 1.0)[0].tolist() == [False, False, True, True, True, False, True, False, False]
    assert not drawn_mentions(labels, 0.0).any()
    torch.manual_seed(0)
    draws = {tuple(drawn_mentions(labels, 0.5)[0, [2, 3, 4]].tolist()) for _ in range(20)}
    assert draws == {(True,) * 3, (False,) * 3}


def test_kinds_of_cues_are_dropped_for_whole_windows() -> None:
    plain = feed()
    noise = Noise.of(tiny_tokenizer(), Optimizer(cue_dropout=1.0))
    assert plain["cues"].any()
    assert not noise(plain)["cues"].any()


def test_repeats_may_be_fractions() -> None:
    items = [item(i) for i in range(10)]
    assert len(repeated(items, 2.5, "1")) == 25
    sample = repeated(items, 0.3, "1")
    assert len(sample) == 3
    assert sample == repeated(items, 0.3, "1") != repeated(items, 0.3, "2")


def test_balanced_weights_are_inverse_to_the_counts() -> None:
    table = [{"outlook_labels": [0, 0, 0, 0, 1, 1, 2, 3, IGNORE]}]
    assert balanced(table) == [0.5, 1.0, 2.0, 2.0]
    with pytest.raises(ConfigError, match="no training sentence is negative"):
        balanced([{"outlook_labels": [0, 1, 2]}])


def test_the_average_follows_and_gives_back(tmp_path: Path) -> None:
    model = torch.nn.Linear(1, 1, bias=False)
    model.weight.data.fill_(0.0)
    average = Average(0.5)
    state = type("State", (), {"global_step": 100})()
    average.on_train_begin(None, state, None, model)
    model.weight.data.fill_(1.0)
    average.on_step_end(None, state, None, model)
    with average.in_place(model):
        assert model.weight.item() == 0.5
    assert model.weight.item() == 1.0


def test_processes_share_the_batches_of_one() -> None:
    lengths = [5 + (i * 37) % 90 for i in range(120)]
    one = list(LengthBatches(lengths, 300, 3))
    shares = [LengthBatches(lengths, 300, 3, rank, 2) for rank in range(2)]
    assert len(shares[0]) == len(shares[1]) == -(-len(one) // 2)
    mixed = [b for pair in zip(*shares, strict=True) for b in pair]
    assert mixed[: len(one)] == one, "a step of both is two batches of the one"


@pytest.mark.parametrize(
    ("heads", "says"),
    [
        ({"cue_features": True}, "cue_features needs cues"),
        ({"crf": True, "tag_smoothing": 0.1}, "tag_smoothing has no meaning for a CRF"),
        ({"tag_weight": 0, "outlook_weight": 0}, "nothing would be learnt"),
    ],
)
def test_head_options_that_contradict_are_refused(tmp_path: Path, heads: dict[str, object], says: str) -> None:
    path = tmp_path / "c.yaml"
    tree = {"run": "x", "encoder": "y", "data": {"train": [{"path": "a"}], "dev": [{"path": "a"}]}, "heads": heads}
    path.write_text(json.dumps(tree), encoding="utf8")
    with pytest.raises(ConfigError, match=says):
        Finetune.read(path)
