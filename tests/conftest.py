"""Fixtures that several parts share."""

from __future__ import annotations

import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # read when the hub's library is imported: tests never wait for a network

import pytest
from transformers import AutoModel, set_seed

from ausblick.bundle import BundleConfig, write_sums
from ausblick.hints import HINTS
from ausblick.reader import Reader


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with a tiny random network, exported for real. Its heads are scaled up so that it tags something."""
    from models.network import AusblickConfig, AusblickModel, encoder_options
    from tests.tiny import tiny_encoder, tiny_tokenizer
    from training.export import export_fused, halve

    folder = tmp_path_factory.mktemp("tiny") / "bundle"
    folder.mkdir()
    path = tiny_encoder(folder.parent / "encoder", "modernbert")
    encoder = AutoModel.from_pretrained(path, attn_implementation="eager", **encoder_options("modernbert"))
    set_seed(1)
    model = AusblickModel(AusblickConfig(encoder=encoder.config.to_dict(), hints=True), encoder).eval()
    model.tagger.weight.data *= 20
    for layer in model.outlook.layers:
        if hasattr(layer, "weight"):
            layer.weight.data *= 20
    export_fused(model, folder.parent / "fp32.onnx")
    halve(folder.parent / "fp32.onnx", folder / "model.onnx")
    tiny_tokenizer().save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(BundleConfig("tiny", "0", 64, hints=HINTS).dumps(), encoding="utf8")
    (folder / "README.md").write_text("# tiny\n", encoding="utf8")
    write_sums(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_reader(tiny_bundle: Path) -> Reader:
    return Reader.load(tiny_bundle, threads=1)
