"""The sizing of a large run: arithmetic on a benchmark's figures; the shipped page has those of the shipped file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.__main__ import main
from training.benchmark.sizing import BEGIN, END, block, load, replaced, row
from training.settings import ConfigError

ROOT = Path(__file__).parents[2]
FIGURES: dict[str, Any] = {
    "systems": [
        {"name": "shipped", "sentences_per_s": 9000.0, "threads": 2, "workers": 1, "peak_mib": 150.0},
        {"name": "1-worker", "sentences_per_s": 600.0, "threads": 1, "workers": 1, "peak_mib": 200.0},
        {"name": "2-workers", "sentences_per_s": 1000.0, "threads": 1, "workers": 2, "peak_mib": 500.0},
    ],
    "machine": {"processor": "a processor"},
    "articles": 2000,
    "sentences": 20000,
    "date": "2026-01-31",
    "bundle": "small 1",
    "weights": "int8",
}


def test_hours_and_prices() -> None:
    said = block(FIGURES)
    assert "r = 100 articles a second on 2 cores" in said
    assert "27.8" in said  # 1e7 / 100 / 3600
    assert "6.9" in said  # on four machines
    assert "Per million: 5.6 core hours, or 0.28 at 0.05" in said
    assert "3.3 minutes" in said


@given(before=st.text(), old=st.text(), after=st.text())
def test_only_what_is_between_the_markers_changes(before: str, old: str, after: str) -> None:
    assert replaced(f"{before}{BEGIN}{old}{END}{after}", "new", "x") == f"{before}{BEGIN}\nnew\n{END}{after}"


def test_the_command_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures, page = tmp_path / "b.json", tmp_path / "page.md"
    figures.write_text(json.dumps(FIGURES), encoding="utf8")
    page.write_text(f"a\n{BEGIN}\nold\n{END}\nb\n", encoding="utf8")
    assert main(["sizing", str(figures)]) == 0
    assert capsys.readouterr().out.strip() == block(FIGURES)
    assert main(["sizing", str(figures), "--write", str(page)]) == 0
    assert page.read_text(encoding="utf8") == f"a\n{BEGIN}\n{block(FIGURES)}\n{END}\nb\n"


def test_what_cannot_be_used_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures, page = tmp_path / "b.json", tmp_path / "page.md"
    figures.write_text("{}", encoding="utf8")
    assert main(["sizing", str(figures)]) == 2
    assert "b.json: expected what" in capsys.readouterr().err
    figures.write_text(json.dumps(FIGURES), encoding="utf8")
    page.write_text("no markers", encoding="utf8")
    assert main(["sizing", str(figures), "--write", str(page)]) == 2
    assert "page.md: needs one line" in capsys.readouterr().err
    with pytest.raises(ConfigError, match="no row 1-worker"):
        row({"systems": FIGURES["systems"][:1]})


def test_the_page_has_the_shipped_figures() -> None:
    """Holds without shipped figures, too: then the page must show none."""
    text, file = (ROOT / "docs" / "archive.md").read_text(encoding="utf8"), ROOT / "docs" / "benchmark.json"
    shown = text.partition(BEGIN)[2].partition(END)[0].strip()
    call = "python -m training sizing docs/benchmark.json --write docs/archive.md"
    assert shown == (block(load(file)) if file.is_file() else ""), f"run `{call}`"
