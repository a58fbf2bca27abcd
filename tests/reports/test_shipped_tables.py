"""The tables in README and model card are those of the shipped report, and the report is about the shipped bundle."""

from __future__ import annotations

from pathlib import Path

from ausblick.bundle import digest
from training.reports.markdown import BEGIN, stale
from training.reports.store import load_report

ROOT = Path(__file__).parents[2]
BUNDLE = ROOT / "models" / "ausblick-small"
FILES = (ROOT / "README.md", BUNDLE / "README.md")


def test_tables_are_those_of_the_shipped_report() -> None:
    """Holds for a checkout without a report, too: then no file may show tables."""
    marked = [path for path in FILES if path.is_file() and BEGIN in path.read_text(encoding="utf8")]
    if not (BUNDLE / "report.json").is_file():
        assert marked == []
        return
    report = load_report(BUNDLE)
    assert marked == list(FILES)
    old = [path for path in marked if stale(report, path)]
    call = "python -m training tables models/ausblick-small --write README.md models/ausblick-small/README.md"
    assert not old, f"run `{call}`"


def test_report_is_about_the_shipped_bundle() -> None:
    file = BUNDLE / "report.json"
    named = load_report(file)["bundle"]["model_sha256"] if file.is_file() else None
    assert named == (digest(BUNDLE / "model.onnx") if file.is_file() else None)
