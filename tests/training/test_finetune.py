"""Fine-tuning on a handful of articles: it learns, scores through the reader, exports, resumes, says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from transformers import AutoModel

from ausblick import Reader
from ausblick.cli import main as annotate
from ausblick.schema import Article, Entity, Sentence
from ausblick.sentences import split_sentences
from ausblick.windows import Encoder
from data.corpus import Item
from tests.tiny import TEXT, tiny_encoder, tiny_tokenizer
from training.__main__ import main
from training.export import export
from training.finetune.batches import LengthBatches
from training.finetune.config import Augment, Finetune
from training.finetune.examples import Lost, batch, rows
from training.finetune.run import build, finetune, load_encoder
from training.finetune.steps import encoder_sizes
from training.finetune.trainer import parameter_groups
from training.settings import ConfigError

GOLD = {
    "Nordwerk AG": "ORG",
    "316,9 Millionen Euro": "MONEY",
    "3,4 Prozent": "PERCENT",
    "2,5 Mio. Euro": "MONEY",
    "Müller GmbH": "ORG",
    "vier Prozent": "PERCENT",
    "EZB": "ORG",
    "Bundesbank": "ORG",
    "2,1 Prozent": "PERCENT",
    "CHF 4,2 Mrd.": "MONEY",
    "1,50 Franken": "MONEY",
}
OUTLOOK = ["neutral", "none", "positive", "none", "negative", "neutral", "none"]


def item(
    number: int, split: str = "train", covers: frozenset[str] = frozenset({"ORG", "MONEY", "PERCENT", "outlook"})
) -> Item:
    text = TEXT.replace("Nordwerk", ["Nordwerk", "Müller", "Lindmann"][number % 3])
    sentences = tuple(
        Sentence(s, e, label if "outlook" in covers else None)
        for (s, e), label in zip(split_sentences(text), OUTLOOK, strict=True)
    )
    spans = sorted((text.index(m), text.index(m) + len(m), label) for m, label in GOLD.items() if m in text)
    entities = tuple(Entity(s, e, label, text[s:e]) for s, e, label in spans if label in covers)
    return Item(Article(f"a{number}", text, sentences, entities), "tiny", split, covers)


def config(folder: Path, kind: str = "bert", **changes: object) -> Finetune:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tiny.jsonl"
    items = [item(i) for i in range(12)] + [item(20 + i, "dev") for i in range(3)]
    path.write_text("".join(i.dumps() + "\n" for i in items), encoding="utf8")
    tree: dict[str, object] = {
        "run": folder / "run",
        "encoder": str(tiny_encoder(folder / "encoder", kind)),
        "data": {"train": [{"path": path}], "dev": [{"path": path}]},
        "windows": {"max_tokens": 96},
        "heads": {"cues": True},
        "threads": 1,
        "patience": 50,
        "optimizer": {"lr": 3e-3, "head_lr": 3e-3, "epochs": 12, "batch_tokens": 400, "warmup": 0.0},
    }
    return Finetune.model_validate(tree | changes)


@pytest.mark.parametrize("kind", ["bert", "electra", "modernbert"])
def test_from_labels_to_annotations(tmp_path: Path, kind: str) -> None:
    """A folder in the hub's format goes through finetune, export and annotate; a tiny one learns its texts by heart."""
    settings = config(tmp_path, kind)
    metrics = finetune(settings, say=lambda line: None)
    assert metrics["eval_mean"] > 0.6
    best = max(json.loads(line)["headline"]["mean"] for line in (settings.run / "dev.jsonl").read_text().splitlines())
    assert metrics["eval_mean"] == pytest.approx(best, abs=1e-3), "the best epoch is what is kept"
    bundle = export(settings.run, tmp_path / "bundle", say=lambda line: None)
    assert set(bundle.config.training["data"]) == {"tiny.jsonl"}
    article = Reader.load(tmp_path / "bundle", threads=1).read(TEXT)
    assert {"316,9 Millionen Euro", "2,1 Prozent"} <= {e.text for e in article.entities}
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf8")
    out = tmp_path / "a.jsonl"
    assert annotate(["annotate", str(tmp_path / "a.txt"), "-o", str(out), "--bundle", str(tmp_path / "bundle")]) == 0
    assert len(json.loads(out.read_text(encoding="utf8"))["entities"]) == len(article.entities)


@pytest.mark.parametrize(("kind", "name"), [("bert", "BertTokenizer"), ("electra", "ElectraTokenizer")])
def test_a_folder_with_a_word_list_only_is_read_as_the_hub_has_it(tmp_path: Path, kind: str, name: str) -> None:
    """gbert and gelectra come with vocab.txt and no tokenizer.json; words are cut by their own tokenizer."""
    folder, tokenizer = tiny_encoder(tmp_path / "hub", kind), tiny_tokenizer()
    (folder / "tokenizer.json").unlink()
    words = sorted(tokenizer.get_vocab(), key=lambda word: int(tokenizer.get_vocab()[word]))
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": name, "do_lower_case": False}), encoding="utf8"
    )
    _, _, loaded = load_encoder(str(folder))
    assert loaded.encode("Die Nordwerk AG", add_special_tokens=False).tokens == ["Die", "Nordwerk", "AG"]
    assert Encoder(loaded, 64).pieces(TEXT, split_sentences(TEXT))


def test_steps_are_measured_with_random_weights_of_the_same_sizes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = config(tmp_path)
    path = tmp_path / "c.yaml"
    path.write_text(settings.to_yaml(), encoding="utf8")
    assert main(["steps", str(path)]) == 0
    assert "s a step of 384 tokens" in capsys.readouterr().out
    assert main(["steps", str(path), "encoder=nowhere"]) == 2
    large = encoder_sizes("deepset/gelectra-large")
    assert (large.hidden_size, large.num_hidden_layers, large.vocab_size) == (1024, 24, 31102)


def test_the_same_seed_gives_the_same_run(tmp_path: Path) -> None:
    runs = []
    for name in ("a", "b"):
        settings = config(tmp_path / name, optimizer={"epochs": 2, "batch_tokens": 400})
        finetune(settings, say=lambda line: None)
        runs.append([json.loads(line)["headline"] for line in (settings.run / "dev.jsonl").read_text().splitlines()])
        weights = AutoModel.from_pretrained(settings.run / "model").state_dict()
        runs.append({k: float(v.double().sum()) for k, v in weights.items()})
    assert runs[0] == runs[2]
    assert runs[1] == runs[3]


def test_a_stopped_run_resumes(tmp_path: Path) -> None:
    settings = config(tmp_path, optimizer={"epochs": 2, "batch_tokens": 400})
    finetune(settings, say=lambda line: None)
    more = settings.model_copy(update={"optimizer": settings.optimizer.model_copy(update={"epochs": 3})})
    finetune(more, say=lambda line: None)
    epochs = [json.loads(line)["epoch"] for line in (settings.run / "dev.jsonl").read_text().splitlines()]
    assert epochs[:3] == [1.0, 2.0, 2.0]
    assert 3.0 in epochs[3:]
    assert 1.0 not in epochs[1:]


def test_rows_carry_labels_only_where_gold_covers_them() -> None:
    encoder = Encoder(tiny_tokenizer(), 96, hints=True)
    only_org = list(rows([item(0, covers=frozenset({"ORG"}))], encoder, Augment(), 1))
    assert only_org
    for row in only_org:
        assert row["covers"] == [True, False, False]
        assert set(row["outlook_labels"]) == {-100}
        assert max(row["tag_labels"]) <= 2
    tensors = batch(only_org)
    assert tensors["tag_labels"].shape == tensors["input_ids"].shape
    assert tensors["outlook_labels"].shape == tensors["spans"].shape[:2]


def test_mentions_inside_a_token_are_counted_as_lost() -> None:
    text = "Die Nordwerk AG wächst."
    broken = Item(
        Article("x", text, (Sentence(0, len(text)),), (Entity(4, 8, "ORG", "Nord"),)),
        "tiny",
        "train",
        frozenset({"ORG"}),
    )
    lost = Lost()
    list(rows([broken], Encoder(tiny_tokenizer(), 96), Augment(), 1, lost=lost))
    assert (lost.mentions, lost.unreachable) == (1, 1)
    assert "'Nord'" in lost.examples[0]


def test_augmented_copies_are_added_and_deterministic() -> None:
    encoder = Encoder(tiny_tokenizer(), 96)
    plain = list(rows([item(0)], encoder, Augment(), 1))
    once, again = (list(rows([item(0)], encoder, Augment(copies=2, names=1, amounts=1), 1)) for _ in range(2))
    assert len(once) >= 3 * len(plain) - 2
    assert once == again
    assert once[: len(plain)] == plain


def test_batches_hold_every_row_once_under_the_budget() -> None:
    lengths = [5 + (i * 37) % 90 for i in range(200)]
    sampler = LengthBatches(lengths, 300, seed=3)
    orders = []
    for epoch in range(2):
        sampler.set_epoch(epoch)
        batches = list(sampler)
        orders.append(batches)
        assert len(batches) == len(sampler)
        assert sorted(i for b in batches for i in b) == list(range(200))
        assert all(len(b) * max(lengths[i] for i in b) <= 300 for b in batches)
    assert orders[0] != orders[1]


def test_learning_rates_fall_with_depth_and_vectors_do_not_decay(tmp_path: Path) -> None:
    settings = config(tmp_path, optimizer={"lr": 1e-3, "head_lr": 5e-3, "layer_decay": 0.5})
    model, _ = build(settings)
    groups = parameter_groups(model, settings)
    rate = {id(p): g["lr"] for g in groups for p in g["params"]}
    decay = {id(p): g["weight_decay"] for g in groups for p in g["params"]}
    named = dict(model.named_parameters())
    assert len(rate) == len(named)
    assert rate[id(named["tagger.weight"])] == 5e-3
    top, bottom = (rate[id(named[f"encoder.encoder.layer.{i}.output.dense.weight"])] for i in (1, 0))
    assert (top, bottom, rate[id(named["encoder.embeddings.word_embeddings.weight"])]) == (1e-3, 5e-4, 2.5e-4)
    assert decay[id(named["tagger.bias"])] == 0.0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"encoder": "no/such-encoder-folder"}, "encoder: 'no/such-encoder-folder' cannot be loaded"),
        ({"windows": {"max_tokens": 512}}, "windows.max_tokens: got 512, the encoder reads at most 128 tokens"),
        (
            {"data": {"train": [{"path": "nowhere.jsonl"}], "dev": [{"path": "nowhere.jsonl"}]}},
            "nowhere.jsonl: no such file",
        ),
    ],
)
def test_what_cannot_be_trained_is_said(tmp_path: Path, change: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        finetune(config(tmp_path, **change), say=lambda line: None)


def test_all_faults_of_a_config_are_named_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("run: x\nencodr: y\nheads: {pooling: max}\ndata: {train: [], dev: [{path: a}]}\n", encoding="utf8")
    assert main(["finetune", str(path)]) == 2
    said = capsys.readouterr().err
    for part in ("encodr: unknown key", "encoder: missing", "heads.pooling: got 'max'", "data.train: got []"):
        assert part in said
    assert said.count("bad.yaml") == 4


def test_overrides_reach_their_section(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("run: x\nencoder: y\ndata: {train: [{path: a}], dev: [{path: a}]}\n", encoding="utf8")
    assert Finetune.read(path, ["optimizer.lr=3e-4", "seed=7"]).optimizer.lr == 3e-4
    with pytest.raises(ConfigError, match="expected key=value"):
        Finetune.read(path, ["optimizer.lr"])
    with pytest.raises(ConfigError, match=r"optimizer\.lr: got -1"):
        Finetune.read(path, ["optimizer.lr=-1"])


def test_exporting_an_unfinished_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(tmp_path), str(tmp_path / "b")]) == 2
    assert "no model/config.json" in capsys.readouterr().err
