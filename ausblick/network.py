"""Runs the exported network: windows in, logits out."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from ausblick.windows import Window

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

CUDA: Final = "CUDAExecutionProvider"


class Network(Protocol):
    """Anything that scores a batch: the ONNX session here, the torch module while training."""

    def __call__(self, feed: dict[str, Ints]) -> tuple[Floats, Floats]:
        """Tag logits (batch, tokens, tags) and outlook logits (batch, pieces, outlooks)."""
        ...


def collate(windows: Sequence[Window], length: int) -> dict[str, Ints]:
    """Pad windows to `length` tokens and to the most pieces among them.

    input_ids, attention_mask, hints, cues: (batch, length); spans: (batch, pieces, 2), token start and end of each
    piece, (0, 0) for padding.
    """
    pieces = max(len(w.pieces) for w in windows)
    ids, mask, hints, cues = (np.zeros((len(windows), length), dtype=np.int64) for _ in range(4))
    spans = np.zeros((len(windows), pieces, 2), dtype=np.int64)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = window.ids
        mask[row, : len(window.ids)] = 1
        hints[row, : len(window.hints)] = window.hints
        cues[row, : len(window.cues)] = window.cues
        spans[row, : len(window.pieces)] = window.token_spans
    return {"input_ids": ids, "attention_mask": mask, "hints": hints, "cues": cues, "spans": spans}


def usable_cores() -> int:
    """Cores that this process may run on (affinity and container quotas as the system reports them)."""
    if hasattr(os, "process_cpu_count"):
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def open_session(path: Path, options: Any, providers: Sequence[str]) -> Any:
    """A session on the first provider that works. ONNX Runtime's own fall-back would print to stdout, among results."""
    import onnxruntime as ort

    try:
        return ort.InferenceSession(str(path), options, providers=list(providers), enable_fallback=0)
    except Exception:  # its exceptions have no base of their own
        if CUDA not in providers:
            raise
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"], enable_fallback=0)


def provider_note(offered: Sequence[str], used: Sequence[str]) -> str:
    """One line about the execution provider; empty where a GPU was never in question."""
    if CUDA in used:
        return "the network runs on the GPU (CUDAExecutionProvider)"
    if CUDA in offered:
        return (
            "the network runs on the CPU: onnxruntime-gpu is installed, but CUDAExecutionProvider cannot be started; "
            "check the driver (nvidia-smi) and the CUDA and cuDNN versions that this onnxruntime-gpu needs"
        )
    return ""


class OnnxNetwork:
    """An ONNX Runtime session on the CPU, or on a CUDA device when onnxruntime-gpu and a device are there.

    `providers` names the execution providers that are in use; `note` says in one line where the network runs when
    that is not simply the CPU. A fall-back to the CPU is logged as a warning as well.
    """

    def __init__(self, path: Path, threads: int | None = None) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads or usable_cores()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # A plan of its memory for every shape that was ever seen costs more than it saves: batches differ in shape.
        options.enable_mem_pattern = False
        # The export has fused what can be. Further levels bring SkipLayerNormalization, slower than its parts.
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
        offered = ort.get_available_providers()
        wanted = [p for p in (CUDA, "CPUExecutionProvider") if p in offered]
        self.session = open_session(path, options, wanted)
        self.inputs = {i.name for i in self.session.get_inputs()}
        self.providers: list[str] = self.session.get_providers()
        self.note = provider_note(offered, self.providers)
        if self.note and CUDA not in self.providers:
            logging.getLogger(__name__).warning(self.note)

    def __call__(self, feed: dict[str, Ints]) -> tuple[Floats, Floats]:
        out: list[Any] = self.session.run(["tags", "outlook"], {k: v for k, v in feed.items() if k in self.inputs})
        return out[0], out[1]
