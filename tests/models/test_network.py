"""The network: both heads learn, nothing is lost on disk, batches change nothing, ONNX equals torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from transformers import AutoModel, set_seed

from ausblick.cues import CUES
from ausblick.labels import ENTITY_LABELS, TAG_ID, TAGS
from ausblick.network import OnnxNetwork
from models.losses import IGNORE, tagging_loss
from models.network import AusblickConfig, AusblickModel, encoder_options
from tests.tiny import tiny_encoder
from training.export import export_onnx, halve

KINDS = ("bert", "electra", "modernbert")


def make(folder: Path, kind: str = "bert", **options: object) -> AusblickModel:
    path = tiny_encoder(folder / kind, kind)
    encoder = AutoModel.from_pretrained(path, attn_implementation="eager", **encoder_options(kind))
    set_seed(3)
    return AusblickModel(AusblickConfig(encoder=encoder.config.to_dict(), **options), encoder)


def feed(batch: int = 2, tokens: int = 30, seed: int = 0) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(5, 100, (batch, tokens), generator=generator)
    half = tokens // 2
    return {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "hints": torch.randint(0, 7, ids.shape, generator=generator),
        "cues": torch.randint(0, 1 << len(CUES), ids.shape, generator=generator),
        "spans": torch.tensor([[[1, half], [half, tokens]]] * batch),
    }


def labels(batch: int = 2, tokens: int = 30) -> dict[str, Tensor]:
    tags = torch.full((batch, tokens), IGNORE)
    tags[:, 1:20] = torch.arange(19) % len(TAGS)
    return {
        "tag_labels": tags,
        "outlook_labels": torch.tensor([[1, 3]] * batch),
        "covers": torch.ones(batch, 3, dtype=torch.bool),
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pooling", ["mean", "attention"])
def test_gradients_reach_the_encoder_and_both_heads(tmp_path: Path, kind: str, pooling: str) -> None:
    model = make(tmp_path, kind, hints=True, cues=True, pooling=pooling)
    model(**feed(), **labels()).loss.backward()
    silent = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    # Token types are never other than 0; a key bias cannot change a softmax (its gradient is 0 but for rounding).
    assert [name for name in silent if "token_type" not in name and "key.bias" not in name] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_model_is_the_same_when_loaded_under_another_seed(tmp_path: Path, kind: str) -> None:
    model = make(tmp_path, kind, hints=True, cues=True).eval()
    model.save_pretrained(tmp_path / "saved")
    set_seed(99)
    loaded = AusblickModel.from_pretrained(tmp_path / "saved", attn_implementation="eager").eval()
    with torch.no_grad():
        a, b = model(**feed()), loaded(**feed())
    assert torch.equal(a.tags, b.tags)
    assert torch.equal(a.outlook, b.outlook)


@pytest.mark.parametrize("kind", KINDS)
def test_a_padded_batch_equals_single_windows(tmp_path: Path, kind: str) -> None:
    model = make(tmp_path, kind, hints=True, cues=True).eval()
    one, two = feed(1, 14, 1), feed(1, 30, 2)
    padded = {
        k: torch.cat([torch.nn.functional.pad(one[k], (0, 16)) if v.ndim == 2 else one[k], v]) for k, v in two.items()
    }
    with torch.no_grad():
        both, single = model(**padded), model(**one)
    assert torch.allclose(both.tags[0, :14], single.tags[0], atol=1e-5)
    assert torch.allclose(both.outlook[0], single.outlook[0], atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_onnx_equals_torch(tmp_path: Path, kind: str) -> None:
    model = make(tmp_path, kind, hints=True, cues=True).eval()
    export_onnx(model, tmp_path / "model.onnx")
    network = OnnxNetwork(tmp_path / "model.onnx", 1)
    for batch, tokens in ((1, 16), (3, 48)):
        inputs = feed(batch, tokens, tokens)
        inputs["attention_mask"][-1, tokens // 2 :] = 0
        tags, outlook = network({k: v.numpy() for k, v in inputs.items()})
        with torch.no_grad():
            expected = model(**inputs)
        known = inputs["attention_mask"].numpy() > 0
        assert np.abs(tags - expected.tags.numpy())[known].max() < 1e-4
        assert np.abs(outlook - expected.outlook.numpy()).max() < 1e-4


def test_half_precision_weights_change_the_scores_little(tmp_path: Path) -> None:
    model = make(tmp_path, hints=True).eval()
    export_onnx(model, tmp_path / "model.onnx")
    halve(tmp_path / "model.onnx", tmp_path / "half.onnx", smallest=64)
    weights = sum(p.numel() for p in model.parameters() if p.numel() >= 64)
    saved = (tmp_path / "model.onnx").stat().st_size - (tmp_path / "half.onnx").stat().st_size
    assert saved > 1.5 * weights  # two bytes each, less the graph's Cast nodes
    inputs = {k: v.numpy() for k, v in feed().items()}
    for a, b in zip(
        OnnxNetwork(tmp_path / "model.onnx", 1)(inputs), OnnxNetwork(tmp_path / "half.onnx", 1)(inputs), strict=True
    ):
        assert np.abs(a - b).max() < 1e-2


def test_inputs_that_a_model_does_not_read_are_not_exported(tmp_path: Path) -> None:
    always = {"input_ids", "attention_mask", "spans"}
    for options, more in (({}, set()), ({"cues": True}, {"cues"})):
        export_onnx(make(tmp_path, **options).eval(), tmp_path / "model.onnx")
        assert OnnxNetwork(tmp_path / "model.onnx", 1).inputs == always | more


def test_an_uncovered_layer_takes_no_part_in_the_loss() -> None:
    logits = torch.zeros(1, 4, len(TAGS), requires_grad=True)
    gold = torch.tensor([[0, TAG_ID["B-ORG"], TAG_ID["I-ORG"], IGNORE]])
    only_org = torch.tensor([[True, False, False]])
    likely_money = torch.zeros(1, 4, len(TAGS))
    likely_money[0, 0, TAG_ID["B-MONEY"]] = 20.0
    everything = torch.ones(1, 3, dtype=torch.bool)
    assert tagging_loss(likely_money, gold, only_org) < tagging_loss(likely_money, gold, everything) - 5
    tagging_loss(logits, gold, only_org).backward()
    assert logits.grad is not None
    assert logits.grad[0, 0, TAG_ID["B-MONEY"]] < 0  # as welcome as O where money is not labelled
    assert logits.grad[0, 1, TAG_ID["B-MONEY"]] > 0  # but not where the gold says ORG
    assert logits.grad[0, 3].abs().sum() == 0


def test_a_window_that_covers_nothing_has_no_loss() -> None:
    logits = torch.randn(1, 5, len(TAGS), requires_grad=True)
    loss = tagging_loss(logits, torch.zeros(1, 5, dtype=torch.long), torch.zeros(1, 3, dtype=torch.bool))
    loss.backward()
    assert loss.item() == 0.0
    assert logits.grad is not None
    assert logits.grad.abs().sum() == 0


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**31), st.sets(st.sampled_from(range(len(ENTITY_LABELS)))))
def test_covering_more_never_lowers_the_loss(seed: int, covered: set[int]) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(1, 6, len(TAGS), generator=generator)
    covers = torch.tensor([[i in covered for i in range(len(ENTITY_LABELS))]])
    gold = torch.zeros(1, 6, dtype=torch.long)
    assert tagging_loss(logits, gold, covers) <= tagging_loss(logits, gold, torch.ones_like(covers)) + 1e-6
