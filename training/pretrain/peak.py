"""What the machine can do in matrix products, which the model's operations a second are a share of."""

from __future__ import annotations

import time

import torch

PEAKS = {
    "H200": 989e12,
    "H100 PCIe": 756e12,
    "H100 NVL": 835e12,
    "H100": 989e12,
    "A100": 312e12,
}
"""Dense bf16 operations a second of GPUs by a part of their name (NVIDIA's data sheets, halved where they count
sparsity). The first that fits counts."""
SIZE = 1024


def peak_flops(device: str, bf16: bool) -> tuple[float, str]:
    """Operations a second of "cpu" or "cuda", and where the figure comes from.

    A GPU of `PEAKS` has its data sheet's; anything else is measured, under the threads that torch has now. The
    measured figure is what torch reaches in a large product, not what the processor could do: a share of it says how
    much of the time goes elsewhere.
    """
    if device == "cuda":
        name = torch.cuda.get_device_name()
        if known := known_peak(name):
            return known, f"data sheet of {name}"
    return measure(device, torch.bfloat16 if bf16 else torch.float32), f"measured, {SIZE} x {SIZE} matrices"


def known_peak(name: str) -> float | None:
    """The bf16 peak of a GPU by its name, None for one that is not listed."""
    return next((peak for part, peak in PEAKS.items() if part in name), None)


def measure(device: str, dtype: torch.dtype, size: int = SIZE, seconds: float = 0.2) -> float:
    """Operations a second of the best of the products of two square matrices that fit into `seconds`."""
    left, right = (torch.randn(size, size, device=device).to(dtype) for _ in range(2))
    clock = time.perf_counter if device == "cuda" else time.thread_time  # others' work on the core is not counted
    best, end = float("inf"), time.monotonic() + seconds
    left @ right  # the first one also prepares the kernel
    while best == float("inf") or time.monotonic() < end:
        _wait(device)
        start = clock()
        left @ right
        _wait(device)
        best = min(best, clock() - start)
    return 2 * size**3 / best


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()
