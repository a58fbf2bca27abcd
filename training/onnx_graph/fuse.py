"""Rewrites the exporter's graph with the operators that ONNX Runtime runs fast; the same logits, up to rounding.

torch's exporter spells attention, rotary positions and GELU out in some 60 small nodes a layer, which copy or pass over
every activation again; ONNX Runtime's own fusions recognise few of them. What a rewrite does not recognise it
leaves as it is, so that any encoder can be exported; `tests/training/test_onnx_graph.py` says how much is recognised.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from training.onnx_graph.graph import MICROSOFT, Graph

HEADS_FIRST = [0, 2, 1, 3]


def fuse(source: Path, target: Path, heads: int) -> Counter[str]:
    """Write the graph of `source` with fused operators; returns how many of each were made.

    heads: attention heads of the encoder, which the exported graph does not name.
    """
    graph = Graph.load(source)
    made: Counter[str] = Counter()
    made["NaN guards"] = drop_nan_guards(graph)
    made["Gelu"] = fuse_gelu(graph)
    made["halves"] = split_halves(graph)
    made["MultiHeadAttention"] = fuse_attention(graph, heads, made)
    graph.merge_equal()
    graph.save(target)
    return made


def drop_nan_guards(graph: Graph) -> int:
    """Where(IsNaN(p), 0, p) after softmax → p, with masks that are finite instead.

    The guard is for rows in which everything is masked. With a finite mask such a row, which only padding has, becomes
    the mean of all values, and nothing looks at padding.
    """
    found = 0
    for guard in graph.of("IsNaN"):
        where = graph.only_user(guard.output[0], "Where")
        if where is not None and graph.scalar(where.input[1]) == 0.0 and where.input[2] == guard.input[0]:
            graph.redirect(where.output[0], guard.input[0])
            found += 1
    for where in graph.of("Where"):
        for i in (1, 2):
            if graph.scalar(where.input[i]) == -np.inf:
                where.input[i] = graph.add_constant(np.array(np.finfo(np.float32).min, np.float32), "masked")
    graph.index()
    return found


def fuse_gelu(graph: Graph) -> int:
    """x · (0.5 · (erf(x / √2) + 1)) → Gelu(x), the exact form."""
    found = 0
    for erf in graph.of("Erf"):
        div, plus = graph.maker(erf.input[0], "Div"), graph.only_user(erf.output[0], "Add")
        half = graph.only_user(plus.output[0], "Mul") if plus is not None else None
        last = graph.only_user(half.output[0], "Mul") if half is not None else None
        if div is not None and last is not None and div.input[0] in last.input:
            graph.redirect(last.output[0], graph.add("Gelu", [div.input[0]], MICROSOFT))
            found += 1
    graph.index()
    return found


def split_halves(graph: Graph) -> int:
    """x @ W cut into two halves → x @ W₁ and x @ W₂, which saves a copy of both."""
    found = 0
    for product in graph.of("MatMul"):
        weight = graph.value(product.input[1])
        cut = graph.only_user(product.output[0], "Split")
        if weight is None or weight.ndim != 2 or cut is None or len(cut.output) != 2 or weight.shape[1] % 2:
            continue
        if graph.attribute(cut, "axis") not in (2, -1) or len(cut.input) > 1:
            continue
        for part, old in zip(np.split(weight, 2, axis=1), list(cut.output), strict=True):
            half = graph.add_constant(np.ascontiguousarray(part), "half")
            graph.redirect(old, graph.add("MatMul", [product.input[0], half]))
        found += 1
    graph.index()
    return found


def fuse_attention(graph: Graph, heads: int, made: Counter[str]) -> int:
    """softmax(q·c @ (k·c)ᵀ + mask) @ v over heads → MultiHeadAttention on (batch, tokens, hidden)."""
    found = 0
    for softmax in graph.of("Softmax"):
        parts = attention_parts(graph, softmax)
        if parts is None:
            continue
        query, key, value, mask, scale, out = parts
        flat = [flatten(graph, tensor, heads, made) for tensor in (query, key, value)]
        fused = graph.add(
            "MultiHeadAttention", [*flat, "", "", mask], MICROSOFT, num_heads=heads, scale=float(scale)
        )
        graph.redirect(out, fused)
        found += 1
    graph.index()
    return found


def attention_parts(graph: Graph, softmax: Any) -> tuple[str, str, str, str, float, str] | None:
    """query, key, value (batch, heads, tokens, size), mask, scale and the result (batch, tokens, hidden)."""
    masked = graph.maker(softmax.input[0], "Add")
    scores = graph.maker(masked.input[0], "MatMul") if masked is not None else None
    mixed = graph.only_user(softmax.output[0], "MatMul")
    turned = graph.only_user(mixed.output[0], "Transpose") if mixed is not None else None
    joined = graph.only_user(turned.output[0], "Reshape") if turned is not None else None
    if masked is None or scores is None or mixed is None or joined is None:
        return None
    if graph.attribute(turned, "perm") != HEADS_FIRST:
        return None
    left, right = graph.maker(scores.input[0], "Mul"), graph.maker(scores.input[1], "Mul")
    if left is None or right is None:
        return None
    factors = [graph.scalar(node.input[1]) for node in (left, right)]
    key = untransposed(graph, right.input[0])
    if key is None or factors[0] is None or factors[1] is None:
        return None
    return left.input[0], key, mixed.input[1], masked.input[1], factors[0] * factors[1], joined.output[0]


def untransposed(graph: Graph, tensor: str) -> str | None:
    """The tensor (batch, heads, tokens, size) of which this is the form with its last two axes swapped."""
    if (turned := graph.maker(tensor, "Transpose")) is not None:
        return str(turned.input[0]) if graph.attribute(turned, "perm") == [0, 1, 3, 2] else None
    outer = graph.maker(tensor, "Reshape")
    turned = graph.maker(outer.input[0], "Transpose") if outer is not None else None
    inner = graph.maker(turned.input[0], "Reshape") if turned is not None else None
    if inner is None or graph.attribute(turned, "perm") != [0, 2, 1]:
        return None
    return str(inner.input[0])


def flatten(graph: Graph, tensor: str, heads: int, made: Counter[str]) -> str:
    """(batch, heads, tokens, size) → (batch, tokens, hidden), taken from before the heads were split if possible."""
    if (rotated := rotary(graph, tensor)) is not None:
        plain, cos, sin = rotated
        start = graph.add_constant(np.zeros(1, np.int64), "start")
        inputs = [flatten(graph, plain, heads, made), start, cos, sin]
        made["RotaryEmbedding"] += 1
        return graph.add("RotaryEmbedding", inputs, MICROSOFT, num_heads=heads)
    turned = graph.maker(tensor, "Transpose")
    if turned is not None and graph.attribute(turned, "perm") == HEADS_FIRST:
        if (view := graph.maker(turned.input[0], "Reshape")) is not None:
            return str(view.input[0])
        if (part := packed_part(graph, turned.input[0])) is not None:
            return part
    shape = graph.add_constant(np.array([0, 0, -1], np.int64), "joined")
    return graph.add("Reshape", [graph.add("Transpose", [tensor], perm=HEADS_FIRST), shape])


def packed_part(graph: Graph, tensor: str) -> str | None:
    """One of query, key and value, cut out of one product → a product of its own, which saves the cut's copy."""
    squeeze = graph.maker(tensor, "Squeeze")
    cut = graph.maker(squeeze.input[0], "Slice") if squeeze is not None else None
    view = graph.maker(cut.input[0], "Reshape") if cut is not None else None
    product = graph.maker(view.input[0], "MatMul") if view is not None else None
    weight = graph.value(product.input[1]) if product is not None else None
    if product is None or cut is None or weight is None or weight.ndim != 2 or weight.shape[1] % 3:
        return None
    begin, axis = (graph.scalar(cut.input[i]) for i in (1, 3))
    if begin not in (0.0, 1.0, 2.0) or axis not in (2.0, -3.0):
        return None
    part = np.split(weight, 3, axis=1)[int(begin)]
    return graph.add("MatMul", [product.input[0], graph.add_constant(np.ascontiguousarray(part), "packed")])


def rotary(graph: Graph, tensor: str) -> tuple[str, str, str] | None:
    """x·cos + rotate_half(x)·sin → x, and the caches of cosines and sines, (tokens, size / 2)."""
    total = graph.maker(tensor, "Add")
    plain, turned = (graph.maker(name, "Mul") for name in total.input) if total is not None else (None, None)
    if plain is None or turned is None or graph.maker(turned.input[0], "Concat") is None:
        return None
    if not any(graph.maker(name, "Neg") for name in graph.producers[turned.input[0]].input):
        return None
    caches = [cache(graph, node.input[1], op) for node, op in ((plain, "Cos"), (turned, "Sin"))]
    if caches[0] is None or caches[1] is None:
        return None
    return str(plain.input[0]), caches[0], caches[1]


def cache(graph: Graph, tensor: str, op: str) -> str | None:
    """Cosine or sine of (1, 1, tokens, size), made of two equal halves → one half, (tokens, size / 2)."""
    spread = graph.maker(tensor, "Unsqueeze")
    wave = graph.maker(spread.input[0], op) if spread is not None else None
    twice = graph.maker(wave.input[0], "Concat") if wave is not None else None
    if twice is None or len(twice.input) != 2 or twice.input[0] != twice.input[1]:
        return None
    first = graph.add_constant(np.zeros(1, np.int64), "axis")
    return graph.add(op, [graph.add("Squeeze", [twice.input[0], first])])
