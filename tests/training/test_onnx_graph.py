"""The graph after fusing, smoothing and int8: the same logits or nearly, whatever else is in the batch."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ausblick.network import Ints, OnnxNetwork
from tests.models.test_network import KINDS, feed, make
from training.export import export_onnx, halve
from training.onnx_graph.fuse import fuse
from training.onnx_graph.graph import Graph
from training.onnx_graph.quantise import LARGEST, int8_weight, products, quantise, watch
from training.onnx_graph.smooth import smooth

LAYERS = 2


@pytest.fixture(scope="module", params=KINDS)
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with plain.onnx, fused.onnx and int8.onnx of a tiny random network, and the kind of its encoder."""
    folder = tmp_path_factory.mktemp(request.param)
    export_onnx(make(folder, request.param, hints=True), folder / "plain.onnx")
    fuse(folder / "plain.onnx", folder / "fused.onnx", 2)
    quantise(folder / "fused.onnx", folder / "int8.onnx", [inputs(1, 40, seed) for seed in range(4)])
    return folder, request.param


def inputs(batch: int, tokens: int, seed: int = 0, padding: int = 0) -> dict[str, Ints]:
    """A batch whose last row ends in padding."""
    out = {key: value.numpy() for key, value in feed(batch, tokens, seed).items()}
    if padding:
        out["attention_mask"][-1, -padding:] = 0
        out["spans"][-1] = [[1, 5], [5, tokens - padding]]
    return out


def operators(path: Path) -> Counter[str]:
    return Counter(node.op_type for node in onnx.load(str(path)).graph.node)


def differences(one: Path, other: Path, batch: dict[str, Ints]) -> float:
    """The largest difference of two networks' logits, padding left out."""
    (tags, outlook), (others, outlooks) = (OnnxNetwork(path, 1)(batch) for path in (one, other))
    real = batch["attention_mask"] > 0
    return max(float(np.abs(tags - others)[real].max()), float(np.abs(outlook - outlooks).max()))


@pytest.mark.parametrize(("batch", "tokens", "padding"), [(1, 16, 0), (3, 48, 0), (2, 100, 30)])
def test_fusing_changes_no_logit(files: tuple[Path, str], batch: int, tokens: int, padding: int) -> None:
    folder, _ = files
    assert differences(folder / "plain.onnx", folder / "fused.onnx", inputs(batch, tokens, tokens, padding)) < 1e-4


def test_everything_slow_is_recognised(files: tuple[Path, str]) -> None:
    """Fails when another version of torch or transformers exports another graph: `fuse` must then learn it."""
    folder, kind = files
    found = operators(folder / "fused.onnx")
    assert found["MultiHeadAttention"] == LAYERS
    assert found["RotaryEmbedding"] == (2 * LAYERS if kind == "modernbert" else 0)
    assert (found["IsNaN"], found["Erf"], found["Split"]) == (0, 0, 0)
    assert found["Softmax"] <= 1  # the sentences' pooling


def test_the_encoders_products_are_int8(files: tuple[Path, str]) -> None:
    folder, kind = files
    plain, int8 = Graph.load(folder / "fused.onnx"), operators(folder / "int8.onnx")
    each = 7 if kind == "modernbert" else 6
    extra = 1 if kind == "electra" else 0  # its embeddings have a size of their own
    assert int8["MatMulIntegerToFloat"] == len(products(plain)) == each * LAYERS + extra
    assert (folder / "int8.onnx").stat().st_size < (folder / "fused.onnx").stat().st_size


def test_int8_stays_near(files: tuple[Path, str]) -> None:
    folder, _ = files
    batch = inputs(2, 48, 9, 10)
    scale = max(float(np.abs(logits).max()) for logits in OnnxNetwork(folder / "plain.onnx", 1)(batch))
    assert differences(folder / "plain.onnx", folder / "int8.onnx", batch) < 0.1 * scale


def test_int8_does_not_look_at_companions(files: tuple[Path, str]) -> None:
    """The same bits alone and beside a row of other tokens."""
    network = OnnxNetwork(files[0] / "int8.onnx", 1)
    one, other = inputs(1, 32, 1), inputs(1, 32, 2)
    both = {key: np.concatenate([one[key], other[key]]) for key in one}
    for alone, together in zip(network(one), network(both), strict=True):
        assert np.array_equal(alone[0], together[0])


def test_smoothing_changes_no_logit(files: tuple[Path, str], tmp_path: Path) -> None:
    folder, kind = files
    source = folder / "fused.onnx"
    graph = Graph.load(source)
    users: dict[str, list[object]] = {}
    for node in products(graph):
        users.setdefault(node.input[0], []).append(node)
    seen = watch(source, [inputs(1, 40, 5)])
    count = smooth(graph, users, {name: np.maximum(-r.low, r.high) for name, r in seen.items()})
    graph.save(tmp_path / "smooth.onnx")
    # BERT's norms feed the residuals, too, and its values have a bias; ELECTRA's first norm feeds a projection alone.
    assert count == {"modernbert": 4 * LAYERS - 1, "bert": 0, "electra": 1}[kind]
    assert differences(source, tmp_path / "smooth.onnx", inputs(2, 48, 3, 7)) < 1e-4


def test_tables_are_looked_up_in_half_precision(files: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = files
    halve(folder / "fused.onnx", tmp_path / "half.onnx", smallest=64)
    graph = Graph.load(tmp_path / "half.onnx")
    tables = [graph.constants[node.input[0]] for node in graph.of("Gather") if node.input[0] in graph.constants]
    large = [table for table in tables if np.prod(table.dims) >= 64]
    assert large
    assert {table.data_type for table in large} == {onnx.TensorProto.FLOAT16}
    assert differences(folder / "fused.onnx", tmp_path / "half.onnx", inputs(2, 48)) < 1e-2


@given(hnp.arrays(np.float32, hnp.array_shapes(min_dims=2, max_dims=2), elements=st.floats(-100, 100, width=32)))
def test_weights_are_rounded_to_the_nearest_step(weight: np.ndarray) -> None:  # type: ignore[type-arg]
    values, scales = int8_weight(weight)
    assert np.abs(values.astype(int)).max() <= LARGEST
    assert np.all(np.abs(values * scales - weight) <= scales * 0.501)


def test_two_products_fit_into_16_bits() -> None:
    """What keeps the AVX2 kernel from saturating."""
    assert 2 * 255 * LARGEST < 2**15
