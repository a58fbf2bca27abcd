"""The wheel: one top-level name, and it annotates from an empty folder."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


def test_the_only_top_level_name_is_ausblick(wheel: Path) -> None:
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"ausblick"}


def test_it_annotates_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """With nothing of the checkout on the path: the unpacked wheel alone, beside the installed libraries."""
    unpacked, empty = tmp_path / "site", tmp_path / "empty"
    zipfile.ZipFile(wheel).extractall(unpacked)
    empty.mkdir()
    (empty / "a.txt").write_text(
        "Die Nordwerk AG erwartet 2026 einen Umsatz von 316,9 Millionen Euro.", encoding="utf8"
    )
    code = f"""import sys
site, root = {str(unpacked)!r}, {str(ROOT)!r}
sys.path[:] = [site, *(p for p in sys.path if p not in ("", root))]
import ausblick
from ausblick.cli import main
assert ausblick.__file__.startswith(site), ausblick.__file__
sys.exit(main(["annotate", "a.txt", "-o", "a.jsonl"]))
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=empty, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    article = json.loads((empty / "a.jsonl").read_text(encoding="utf8"))
    money = next(e for e in article["entities"] if e["label"] == "MONEY")
    assert (money["text"], money["value"]["low"], money["value"]["currency"]) == (
        "316,9 Millionen Euro",
        "316900000",
        "EUR",
    )
