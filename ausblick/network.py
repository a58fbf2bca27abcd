"""Runs the exported network: windows in, logits out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ausblick.windows import Window

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


class Network(Protocol):
    """Anything that scores a batch: the ONNX session here, the torch module while training."""

    def __call__(self, feed: dict[str, Ints]) -> tuple[Floats, Floats]:
        """Tag logits (batch, tokens, tags) and outlook logits (batch, pieces, outlooks)."""
        ...


def collate(windows: Sequence[Window], length: int) -> dict[str, Ints]:
    """Pad windows to `length` tokens and to the most pieces among them.

    input_ids, attention_mask, hints: (batch, length); spans: (batch, pieces, 2), token start and end of each piece,
    (0, 0) for padding.
    """
    pieces = max(len(w.pieces) for w in windows)
    ids, mask, hints = (np.zeros((len(windows), length), dtype=np.int64) for _ in range(3))
    spans = np.zeros((len(windows), pieces, 2), dtype=np.int64)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = window.ids
        mask[row, : len(window.ids)] = 1
        hints[row, : len(window.hints)] = window.hints
        spans[row, : len(window.pieces)] = window.token_spans
    return {"input_ids": ids, "attention_mask": mask, "hints": hints, "spans": spans}


def usable_cores() -> int:
    """Cores that this process may run on (affinity and container quotas as the system reports them)."""
    if hasattr(os, "process_cpu_count"):
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


class OnnxNetwork:
    """An ONNX Runtime session on the CPU, or on a CUDA device when onnxruntime-gpu and a device are there.

    `providers` names the execution providers that are in use.
    """

    def __init__(self, path: Path, threads: int | None = None) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads or usable_cores()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        offered = ort.get_available_providers()
        wanted = [p for p in ("CUDAExecutionProvider", "CPUExecutionProvider") if p in offered]
        self.session = ort.InferenceSession(str(path), options, providers=wanted)
        self.inputs = {i.name for i in self.session.get_inputs()}
        self.providers: list[str] = self.session.get_providers()

    def __call__(self, feed: dict[str, Ints]) -> tuple[Floats, Floats]:
        out: list[Any] = self.session.run(["tags", "outlook"], {k: v for k, v in feed.items() if k in self.inputs})
        return out[0], out[1]
