"""What a bundle costs on this machine, measured in a process of its own that imports nothing heavy but `ausblick`.

`python -m training.reports.cost BUNDLE THREADS` reads JSON lines `{"id", "text"}` and prints one JSON object. Peak
memory is that of the whole process, Python and the runtime included.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training.machine import machine, peak_mib

SAMPLE = 400
"""At most this many articles are read for the measurement."""
SINGLES = 150
"""Of those, at most this many are read one by one for the times of an article."""
MIB = 2**20


def measure(bundle: Path, records: Sequence[dict[str, str]], threads: int | None = None) -> dict[str, Any]:
    """Run the measurement on up to SAMPLE records, evenly taken; raises RuntimeError when it fails."""
    from ausblick.bundle import FILES, SUMS

    step = max(1, len(records) // SAMPLE)
    lines = "".join(json.dumps(record) + "\n" for record in records[::step][:SAMPLE])
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(bundle), str(threads or 0)],
        input=lines,
        text=True,
        capture_output=True,
        check=False,
        encoding="utf8",
    )
    if done.returncode:
        raise RuntimeError(f"measuring the cost of {bundle} failed: {done.stderr.strip()[-500:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    size = sum((bundle / name).stat().st_size for name in (*FILES, SUMS))
    return found | {"bundle_mib": size / MIB, "machine": machine()}


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the sorted values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def run(bundle: str, threads: int, lines: Sequence[str]) -> dict[str, Any]:
    """Load the bundle, read everything in one stream, then some articles one by one."""
    begin = time.perf_counter()  # importing is part of the load time
    from ausblick.reader import Reader

    reader = Reader.load(bundle, threads or None)
    loaded = time.perf_counter() - begin
    texts = [json.loads(line)["text"] for line in lines]
    reader.read(texts[0])  # the first call pays for the session's warm-up
    begin = time.perf_counter()
    sentences = sum(len(article.sentences) for article in reader.read_many(texts))
    streamed = time.perf_counter() - begin
    singles: list[float] = []
    for text in texts[:: max(1, len(texts) // SINGLES)][:SINGLES]:
        begin = time.perf_counter()
        reader.read(text)
        singles.append(1000 * (time.perf_counter() - begin))
    return {
        "load_s": loaded,
        "articles": len(texts),
        "sentences": sentences,
        "characters": sum(map(len, texts)),
        "sentences_per_s": sentences / streamed,
        "articles_per_s": len(texts) / streamed,
        "singles": len(singles),
        "ms_per_article_median": percentile(singles, 0.5),
        "ms_per_article_p95": percentile(singles, 0.95),
        "peak_mib": peak_mib(),
        "threads": threads or None,
    }


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], int(sys.argv[2]), sys.stdin.readlines())))
