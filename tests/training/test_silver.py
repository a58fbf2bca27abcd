"""Silver corpora: only sure sentences, right offsets, readable as a corpus and trained on as silver."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ausblick.schema import Article, Entity, Sentence
from ausblick.windows import Encoder
from data.corpus import read_corpus
from tests.tiny import TEXT, tiny_tokenizer
from training.__main__ import main
from training.finetune.config import Augment, Finetune
from training.finetune.examples import Lost, rows
from training.finetune.load import training_rows
from training.settings import ConfigError
from training.silver import Wanted, label, silver_items

TEXTS = "Nordwerk wächst. Müller zahlt 5 Euro. Es regnet. Lindmann rechnet mit mehr."


def article() -> Article:
    ends = [TEXTS.index(part) + len(part) for part in ("wächst.", "Euro.", "regnet.", "mehr.")]
    starts = [0, *(end + 1 for end in ends[:-1])]
    sure = {"none": 0.95, "positive": 0.05, "neutral": 0.0, "negative": 0.0}
    outlook = [sure, sure, sure, {"none": 0.1, "positive": 0.6, "neutral": 0.3, "negative": 0.0}]
    sentences = [
        Sentence(s, e, max(scores, key=lambda k: scores[k]), scores)
        for s, e, scores in zip(starts, ends, outlook, strict=True)
    ]
    found = [("Nordwerk", "ORG", 0.5), ("Müller", "ORG", 0.97), ("5 Euro", "MONEY", 1.0), ("Lindmann", "ORG", 0.99)]
    entities = [Entity(TEXTS.index(t), TEXTS.index(t) + len(t), kind, t, score) for t, kind, score in found]
    return Article("a", TEXTS, tuple(sentences), tuple(entities))


def test_only_runs_of_sure_sentences_are_kept() -> None:
    (line,) = silver_items([article()], Wanted(), "m")
    assert line["text"] == "Müller zahlt 5 Euro. Es regnet."
    assert [line["text"][e["start"] : e["end"]] for e in line["entities"]] == ["Müller", "5 Euro"]
    assert all(e["silver"] for e in line["entities"])
    assert [s["outlook"] for s in line["sentences"]] == ["none", "none"]


def test_layers_say_what_must_be_sure_and_what_is_covered() -> None:
    first, second = silver_items([article()], Wanted(("ORG",), 0.9), "m"), Wanted(("outlook",), 0.9, 0.5)
    (line,) = first
    assert line["text"] == "Müller zahlt 5 Euro. Es regnet. Lindmann rechnet mit mehr."
    assert {e["label"] for e in line["entities"]} == {"ORG"}
    assert "outlook" not in line["sentences"][0]
    (whole,) = silver_items([article()], second, "m")
    assert whole["text"] == TEXTS
    assert whole["entities"] == []


def test_items_with_nothing_found_are_left_out_unless_wanted() -> None:
    text = "Es regnet heute sehr."
    scores = {"none": 1.0, "positive": 0.0, "neutral": 0.0, "negative": 0.0}
    dull = Article("b", text, (Sentence(0, len(text), "none", scores),), ())
    assert list(silver_items([dull], Wanted(), "m")) == []
    assert len(list(silver_items([dull], Wanted(keep_empty=True), "m"))) == 1


class Fake:
    """A reader that says the same of everything."""

    def read_many(self, texts: object) -> object:
        yield article()


def test_a_silver_corpus_is_trained_on_as_silver(tmp_path: Path) -> None:
    counts = label(Fake(), ["x"], tmp_path / "silver.jsonl", Wanted(), "m", say=lambda line: None)
    assert (counts["items"], counts["ORG"], counts["sentences kept"], counts["sentences read"]) == (1, 1, 2, 4)
    items = read_corpus(tmp_path / "silver.jsonl")
    encoder = Encoder(tiny_tokenizer(), 96)
    (row,) = rows(items, encoder, Augment(), 1, silver=True, weight=0.5)
    assert row["weight"] == 0.5
    assert max(row["tag_labels"]) > 0
    (without,) = rows(items, encoder, Augment(), 1)
    assert max(without["tag_labels"]) == 0
    corpus = {"path": tmp_path / "silver.jsonl"}
    settings = Finetune.model_validate({"run": "r", "encoder": "e", "data": {"train": [corpus], "dev": [corpus]}})
    with pytest.raises(ConfigError, match="add `silver: true`"):
        list(training_rows(settings, encoder, Lost()))


def test_the_command_reads_train_splits_only(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"text": TEXT, "split": "train"}, {"text": TEXT.replace("AG", "SE") * 2, "split": "test"}]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf8")
    out = tmp_path / "silver.jsonl"
    call = ["pseudo-label", "--bundle", str(tiny_bundle), "--text", str(tmp_path / "c.jsonl"), "-o", str(out)]
    assert main([*call, "--min-score", "0", "--min-outlook", "0", "--keep-empty"]) == 0
    (item,) = read_corpus(out)
    assert "AG" in item.article.text
    assert item.article.meta["silver"] == str(tiny_bundle)
    assert "silver: true, weight: 0.5" in capsys.readouterr().out
    assert main([*call, "--layers", "ORG,mood"]) == 2
