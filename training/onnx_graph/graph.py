"""An ONNX graph that can be looked up by tensor name and rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

Array = npt.NDArray[Any]
MICROSOFT = "com.microsoft"
"""Domain of ONNX Runtime's own operators."""


class Graph:
    """The nodes and constants of one model. Rewrites add nodes and redirect tensors; `save` drops what nothing uses."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.nodes: list[Any] = list(model.graph.node)
        self.constants: dict[str, Any] = {t.name: t for t in model.graph.initializer}
        self.outputs = [o.name for o in model.graph.output]
        self.made = 0
        self.index()

    @classmethod
    def load(cls, path: Path) -> Graph:
        return cls(onnx.load(str(path)))

    def index(self) -> None:
        """Drop what the outputs no longer need, and look the nodes up again: call it after a rewrite."""
        self.nodes = self.sorted()
        self.producers: dict[str, Any] = {name: node for node in self.nodes for name in node.output if name}
        self.consumers: dict[str, list[Any]] = {}
        for node in self.nodes:
            for name in node.input:
                self.consumers.setdefault(name, []).append(node)

    def of(self, op: str) -> list[Any]:
        """All nodes of an operator."""
        return [node for node in self.nodes if node.op_type == op]

    def maker(self, tensor: str, op: str) -> Any | None:
        """The node that makes a tensor, if it is of this operator."""
        node = self.producers.get(tensor)
        return node if node is not None and node.op_type == op else None

    def value(self, tensor: str) -> Array | None:
        """The value of a constant; None for anything else."""
        found = self.constants.get(tensor)
        return None if found is None else np.asarray(numpy_helper.to_array(found))

    def scalar(self, tensor: str) -> float | None:
        """The value of a constant with a single element."""
        value = self.value(tensor)
        return float(value.reshape(())) if value is not None and value.size == 1 else None

    def only_user(self, tensor: str, op: str) -> Any | None:
        """The node that alone uses a tensor, if it is of this operator and the tensor is no output of the graph."""
        users = self.consumers.get(tensor, [])
        return users[0] if len(users) == 1 and users[0].op_type == op and tensor not in self.outputs else None

    def name(self, stem: str) -> str:
        """A new name; no name of the exporter has a slash."""
        self.made += 1
        return f"{stem}/{self.made}"

    def add_constant(self, value: Array, stem: str) -> str:
        name = self.name(stem)
        self.constants[name] = numpy_helper.from_array(value, name)
        return name

    def add(self, op: str, inputs: Sequence[str], domain: str = "", **attributes: Any) -> str:
        """Append a node with one output; returns the output's name."""
        name = self.name(op.lower())
        node = helper.make_node(op, list(inputs), [name], domain=domain, name=self.name(op), **attributes)
        self.nodes.append(node)
        self.producers[name] = node
        return name

    def redirect(self, old: str, new: str) -> None:
        """Let everything that uses `old` use `new`; an output of the graph keeps its name."""
        for node in self.nodes:
            for i, name in enumerate(node.input):
                if name == old:
                    node.input[i] = new
        if old in self.outputs:
            self.producers[old].output[list(self.producers[old].output).index(old)] = self.name(old)
            made = self.producers[new].output
            made[list(made).index(new)] = old
            for node in self.nodes:
                for i, name in enumerate(node.input):
                    if name == new:
                        node.input[i] = old

    def attribute(self, node: Any, name: str, default: Any = None) -> Any:
        return next((helper.get_attribute_value(a) for a in node.attribute if a.name == name), default)

    def merge_equal(self) -> None:
        """Keep one of several nodes that compute the same from the same inputs."""
        while True:
            self.index()
            seen: dict[bytes, Any] = {}
            repeated: dict[str, str] = {}
            for node in self.sorted():
                key = onnx.NodeProto(
                    op_type=node.op_type, domain=node.domain, input=node.input, attribute=node.attribute
                ).SerializeToString(deterministic=True)
                first = seen.setdefault(key, node)
                if first is not node and not set(node.output) & set(self.outputs):
                    repeated |= dict(zip(node.output, first.output, strict=False))
            if not repeated:
                return
            gone = set(repeated)
            self.nodes = [node for node in self.nodes if not set(node.output) & gone]
            for node in self.nodes:
                for i, name in enumerate(node.input):
                    node.input[i] = repeated.get(name, name)

    def sorted(self) -> list[Any]:
        """The nodes that the outputs need, each after those it takes its inputs from."""
        producers = {name: node for node in self.nodes for name in node.output if name}
        done: set[int] = set()
        order: list[Any] = []
        stack = [(producers[name], False) for name in reversed(self.outputs)]
        while stack:
            node, ready = stack.pop()
            if ready:
                order.append(node)
            elif id(node) not in done:
                done.add(id(node))
                stack.append((node, True))
                stack += [(producers[name], False) for name in reversed(node.input) if name in producers]
        return order

    def save(self, path: Path) -> None:
        """Write the model without the nodes and constants that nothing uses."""
        nodes = self.sorted()
        used = {name for node in nodes for name in node.input} | set(self.outputs)
        graph = self.model.graph
        del graph.node[:], graph.initializer[:], graph.value_info[:]
        graph.node.extend(nodes)
        graph.initializer.extend(tensor for name, tensor in self.constants.items() if name in used)
        if any(node.domain == MICROSOFT for node in nodes):
            known = {entry.domain for entry in self.model.opset_import}
            if MICROSOFT not in known:
                self.model.opset_import.append(helper.make_opsetid(MICROSOFT, 1))
        onnx.checker.check_model(self.model)
        onnx.save(self.model, str(path))
