"""int8 in an export: made where development scores allow it, refused with all figures where they do not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ausblick.bundle import BundleConfig, read_config
from ausblick.hints import HINTS
from data.corpus import Item, read_corpus
from tests.tiny import TEXT
from training import int8
from training.settings import ConfigError

CONFIG = BundleConfig("tiny", "0", 64, hints=HINTS)


@pytest.fixture
def folder(tiny_bundle: Path, tmp_path: Path) -> Path:
    """A bundle in the making, with the fused fp32 graph beside it."""
    shutil.copytree(tiny_bundle, tmp_path / "bundle")
    shutil.copy(tiny_bundle.parent / "fp32.onnx", tmp_path / "fused.onnx")
    return tmp_path / "bundle"


def items(count: int = 6) -> list[Item]:
    return read_corpus(Path("data/ausblick-news/dev.jsonl"))[:count]


def test_the_form_is_recorded_and_read(folder: Path) -> None:
    before = (folder / "model.onnx").stat().st_size
    said: list[str] = []
    tolerance = 100.0  # the random network's scores mean nothing
    fused = folder.parent / "fused.onnx"
    config = int8.replace_by_int8(fused, folder, CONFIG, items(), items(2), tolerance, said.append)
    assert config.weights == "int8"
    assert config.training["int8"]["tolerance"] == 100.0
    assert "ausblick-news/ORG" in config.training["int8"]["development_fp32_int8"]
    assert "14 products" in said[0]
    assert (folder / "model.onnx").stat().st_size < before
    (folder / "config.json").write_text(config.dumps(), encoding="utf8")
    assert read_config(folder / "config.json").weights == "int8"
    reader = int8.open_reader(folder / "model.onnx", folder / "tokenizer.json", CONFIG)
    texts = [TEXT[:n] for n in (10, 100, 300, len(TEXT))]
    together = [article.dumps() for article in reader.read_many([*texts, *texts])]
    alone = [next(reader.read_many([text])).entities for text in texts]
    assert [json.loads(line)["entities"] for line in together[:4]] == [
        json.loads(line)["entities"] for line in together[4:]
    ]
    assert [len(json.loads(line)["entities"]) for line in together[:4]] == [len(found) for found in alone]


def test_a_loss_is_refused_and_nothing_is_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(int8, "compare", lambda *_: {"a/ORG": (70.0, 69.71), "b/ORG": (70.0, 69.6)})
    before = (folder / "model.onnx").read_bytes()
    with pytest.raises(ConfigError, match=r"--int8: b/ORG: more than 0.3 points worse(.|\n)*a/ORG: 70.00 → 69.71"):
        int8.replace_by_int8(folder.parent / "fused.onnx", folder, CONFIG, items(), items(2), 0.3, print)
    assert (folder / "model.onnx").read_bytes() == before


def test_an_unknown_form_is_refused(folder: Path) -> None:
    raw = json.loads(CONFIG.dumps()) | {"weights": "int3"}
    (folder / "config.json").write_text(json.dumps(raw), encoding="utf8")
    with pytest.raises(ValueError, match=r"weights: got 'int3', expected 'fp16' or 'int8'"):
        read_config(folder / "config.json")
