"""The machine that figures are measured on, and the memory of this process. Imports the standard library only."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import Any


def machine() -> dict[str, Any]:
    """The processor, the cores that may be used, and the versions that matter."""
    from ausblick.network import usable_cores

    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [
            line.partition(":")[2].strip()
            for line in info.read_text(encoding="utf8").splitlines()
            if line.startswith("model name")
        ]
        model = names[0] if names else model
    python, system = platform.python_version(), platform.system()
    return {"processor": model, "cores": usable_cores(), "python": python, "system": system}


def peak_mib() -> float:
    """The largest resident size of this process since it was started, in MiB.

    Linux: VmHWM, not `ru_maxrss`, which a child takes over from the process that started it.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text(encoding="utf8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024
