"""int8 for the encoder's products with constant matrices, with results that do not depend on the batch.

Each product becomes QuantizeLinear → MatMulIntegerToFloat: activations in uint8, weights in int8 with a scale for each
column. Norms and attention's results have one scale and zero point, fixed by calibration. What a gate or GELU gives is
divided by the largest value of its token first: single tokens have values fifty times the usual, and one fixed scale
for all (tried) changed .4 % of the tags, nearly all of the loss. Neither looks at other tokens; dynamic int8, which
takes its scale from the whole batch, would make an article's result depend on its companions. Attention, softmax, norms
and the heads, which cost little, stay in fp32.

Weights use 7 of their 8 bits: without VNNI, ONNX Runtime multiplies with an AVX2 instruction that adds two products in
16 bits, where 2 · 255 · 127 would saturate and 2 · 255 · 64 does not. So a bundle gives the same on every CPU.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper

from training.onnx_graph.graph import MICROSOFT, Graph
from training.onnx_graph.smooth import smooth

Floats = npt.NDArray[np.float32]
LARGEST = 64
"""Largest absolute value of a weight."""
NORM = "LayerNormalization"
FIXED = (NORM, "MultiHeadAttention")
"""Operators whose results have a scale that calibration fixes; those of others get one for each token."""


@dataclass(frozen=True)
class Range:
    """What calibration saw of an activation: extremes by channel, (channels,)."""

    low: Floats
    high: Floats

    def joined(self, low: Floats, high: Floats) -> Range:
        return Range(np.minimum(self.low, low), np.maximum(self.high, high))


def quantise(source: Path, target: Path, feeds: Sequence[Mapping[str, Any]]) -> int:
    """Write the fused fp32 graph of `source` in int8; returns how many products are.

    feeds: inputs of the graph to calibrate on, as `ausblick.network.collate` makes them.
    """
    seen = watch(source, feeds)
    graph = Graph.load(source)
    users: dict[str, list[Any]] = {}
    for node in products(graph):
        users.setdefault(node.input[0], []).append(node)
    smooth(graph, users, {name: np.maximum(-r.low, r.high) for name, r in seen.items()})
    graph.save(target)
    seen = watch(target, feeds)
    for name, nodes in users.items():
        made = graph.producers[name].op_type
        quantised = fixed_scale(graph, name, seen[name]) if made in FIXED else token_scale(graph, name)
        for node in nodes:
            graph.redirect(node.output[0], int8_product(graph, node, *quantised))
    graph.index()
    graph.save(target)
    return sum(map(len, users.values()))


def products(graph: Graph) -> list[Any]:
    """The products with a constant matrix that stand before the last norm: the encoder's, not the heads'."""
    found = []
    before: set[str] = set()  # tensors from which a norm can still be reached
    for node in reversed(graph.sorted()):
        if node.op_type == NORM or any(name in before for name in node.output):
            before.update(node.input)
            if node.op_type == "MatMul" and is_matrix(graph, node.input[1]):
                found.append(node)
    return found[::-1]


def is_matrix(graph: Graph, name: str) -> bool:
    """Whether a tensor is a constant fp32 matrix."""
    tensor = graph.constants.get(name)
    return tensor is not None and len(tensor.dims) == 2 and tensor.data_type == TensorProto.FLOAT


def watch(source: Path, feeds: Sequence[Mapping[str, Any]]) -> dict[str, Range]:
    """The range of each product's input over `feeds`, padding left out."""
    import onnxruntime as ort

    names = sorted({node.input[0] for node in products(Graph.load(source))})
    model = onnx.load(str(source))
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    inputs = {entry.name for entry in session.get_inputs()}
    seen: dict[str, Range] = {}
    for feed in feeds:
        real = np.asarray(feed["attention_mask"]).astype(bool)  # (batch, tokens)
        values = session.run(names, {key: value for key, value in feed.items() if key in inputs})
        for name, value in zip(names, values, strict=True):
            rows = value[real]  # (real tokens, channels)
            low, high = rows.min(axis=0), rows.max(axis=0)
            seen[name] = seen[name].joined(low, high) if name in seen else Range(low, high)
    return seen


def fixed_scale(graph: Graph, name: str, seen: Range) -> tuple[str, str, str, None]:
    """The tensor as uint8 with its scale and zero point, both constant; values beyond what was seen are clipped."""
    low, high = min(float(seen.low.min()), 0.0), max(float(seen.high.max()), 0.0)
    step = max((high - low) / 255, 1e-12)
    scale = graph.add_constant(np.array(step, np.float32), "scale")
    zero = graph.add_constant(np.array(np.clip(round(-low / step), 0, 255), np.uint8), "zero")
    return graph.add("QuantizeLinear", [name, scale, zero]), scale, zero, None


def token_scale(graph: Graph, name: str) -> tuple[str, str, str, str]:
    """The tensor, each token divided by its largest value, as uint8; and these values, (batch, tokens, 1)."""
    last = graph.add_constant(np.array([-1], np.int64), "last")
    least = graph.add_constant(np.array(1e-6, np.float32), "least")
    largest = graph.add("Max", [graph.add("ReduceMax", [graph.add("Abs", [name]), last], keepdims=1), least])
    scale = graph.add_constant(np.array(1 / 127, np.float32), "scale")
    zero = graph.add_constant(np.array(128, np.uint8), "zero")
    divided = graph.add("Div", [name, largest])
    return graph.add("QuantizeLinear", [divided, scale, zero]), scale, zero, largest


def int8_product(graph: Graph, node: Any, values: str, scale: str, zero: str, largest: str | None) -> str:
    """The result of a product in int8, back in fp32."""
    weight, scales = int8_weight(np.asarray(graph.value(node.input[1])))
    inputs = [values, graph.add_constant(weight, "weight"), scale, graph.add_constant(scales, "weight_scale"), zero]
    result = graph.add("MatMulIntegerToFloat", inputs, MICROSOFT)
    return result if largest is None else graph.add("Mul", [result, largest])


def int8_weight(weight: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """A matrix (in, out) as int8 and the scale of each column (out,)."""
    scales = np.maximum(np.abs(weight).max(axis=0), 1e-12) / LARGEST
    return np.rint(weight / scales).astype(np.int8), scales.astype(np.float32)
