"""Makes activations easy to quantise without changing what the network computes (SmoothQuant, Xiao et al. 2023).

A few channels of an activation are much larger than the others, and one scale for all of them would leave the others
few steps. Where the activation comes from a norm, a gate or attention, each channel can be divided by a factor in the
weights before it and multiplied by the same factor in the weights behind it, for nothing at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from training.onnx_graph.graph import Graph

Floats = npt.NDArray[np.float32]
STRENGTH = 0.85
"""How much of the spread moves from the activations (whose steps are fixed for all rows) into the weights (which have
a scale for each column). On development text .6 to 1 gave nearly the same errors, .5 twice those."""


def smooth(graph: Graph, users: Mapping[str, list[Any]], largest: Mapping[str, Floats]) -> int:
    """Even out the inputs of products in place; returns how many could be.

    users: for each input the products that take it; largest: the largest absolute value of each of its channels.
    """
    found = 0
    for name, nodes in users.items():
        if len(graph.consumers[name]) != len(nodes) or name in graph.outputs:
            continue  # something else sees the channels
        slots = scale_slots(graph, name)
        if not slots:
            continue
        factors = channel_factors(largest[name], [np.asarray(graph.value(node.input[1])) for node in nodes])
        for node, i in slots:
            value = np.asarray(graph.value(node.input[i])) / factors
            node.input[i] = graph.add_constant(value.astype(np.float32), "smooth")
        for node in nodes:
            value = np.asarray(graph.value(node.input[1])) * factors[:, None]
            node.input[1] = graph.add_constant(value.astype(np.float32), "smooth")
        found += 1
    graph.index()
    return found


def channel_factors(largest: Floats, weights: list[Floats]) -> Floats:
    """What each channel (channels,) is divided by, 1 in the geometric mean."""
    behind = np.max([np.abs(weight).max(axis=1) for weight in weights], axis=0)
    logs = STRENGTH * np.log(np.maximum(largest, 1e-5)) - (1 - STRENGTH) * np.log(np.maximum(behind, 1e-5))
    factors: Floats = np.exp(logs - logs.mean()).astype(np.float32)
    return factors


def scale_slots(graph: Graph, name: str) -> list[tuple[Any, int]]:
    """The constants (node, index of input), with channels in their last axis, to which a tensor is proportional."""
    node = graph.producers.get(name)
    if node is None:
        return []
    if node.op_type == "LayerNormalization":
        return [(node, i) for i in range(1, len(node.input))]  # weight and, if there is one, bias
    inputs = {"Mul": list(node.input), "MultiHeadAttention": list(node.input[2:3])}.get(node.op_type, [])
    for tensor in inputs:
        product = graph.maker(tensor, "MatMul")
        if product is not None and len(graph.consumers[tensor]) == 1 and graph.value(product.input[1]) is not None:
            return [(product, 1)]
    return []
