"""Archives: memory stays flat, odd sizes lose nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import fake_reader
import pytest

from ausblick.cli import main

HERE = Path(__file__).parent
RUN = """
import resource, sys, fake_reader
from ausblick.cli import main
main(["annotate", sys.argv[1], "-o", sys.argv[2]], fake_reader.load)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
TEXT = "Die Hafen AG erwartet, dass der Umsatz um 8 Prozent steigt. " * 10


def peak(folder: Path, articles: int, suffix: str) -> float:
    """The peak memory of a run over so many articles, in MB."""
    source = folder / f"{articles}.jsonl"
    with source.open("w", encoding="utf-8") as file:
        for i in range(articles):
            file.write(json.dumps({"id": str(i), "text": TEXT}) + "\n")
    done = subprocess.run([sys.executable, "-c", RUN, str(source), str(folder / f"{articles}{suffix}")], text=True,
                          capture_output=True, check=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE.parents[1]), str(HERE)))})
    return int(done.stdout) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in other units elsewhere")
@pytest.mark.parametrize(("suffix", "articles"), [(".jsonl", 4000), (".html", 1000)])
def test_memory_does_not_grow_with_the_archive(suffix: str, articles: int, tmp_path: Path) -> None:
    small, large = peak(tmp_path, 300, suffix), peak(tmp_path, articles, suffix)
    assert large - small < 10, (small, large)


def test_empty_huge_and_tiny_articles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "o.jsonl"
    with source.open("w", encoding="utf-8") as file:
        for i in range(20_000):
            file.write(f'{{"id":"{i}","text":""}}\n')
        file.write(json.dumps({"id": "long", "text": TEXT * 1700}) + "\n")
        file.write(json.dumps({"id": "words", "text": "Umsatz " * 20_000}) + "\n")
    assert main(["annotate", str(source), "-o", str(out)], fake_reader.load) == 0
    with out.open(encoding="utf-8") as file:
        sizes = [(row["id"], len(row["text"]), len(row["sentences"])) for row in map(json.loads, file)]
    assert len(sizes) == 20_002
    assert sizes[-2:] == [("long", len(TEXT) * 1700, 17_000), ("words", 140_000, 1)]
    said = capsys.readouterr().err
    assert "20,000 texts are empty" in said
    assert len(said.splitlines()) == 5
