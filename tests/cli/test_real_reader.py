"""The command line with a real reader on a tiny network."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from ausblick.cli import main
from ausblick.schema import SCHEMA_FILE

SAMPLES = Path(__file__).parents[2] / "data" / "samples"


def test_samples_with_one_and_two_workers(tiny_bundle: Path, tmp_path: Path) -> None:
    for workers in ("1", "2"):
        assert main(["annotate", str(SAMPLES), "-o", str(tmp_path / f"o{workers}.jsonl"), "--bundle", str(tiny_bundle),
                     "--workers", workers]) == 0
    lines = (tmp_path / "o1.jsonl").read_text(encoding="utf-8").splitlines()
    assert (tmp_path / "o2.jsonl").read_text(encoding="utf-8").splitlines() == lines
    assert len(lines) == len(list(SAMPLES.glob("*.txt")))
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    for line in lines:
        validator.validate(json.loads(line))


@pytest.mark.parametrize("suffix", [".html", ".parquet"])
def test_other_outputs(suffix: str, tiny_bundle: Path, tmp_path: Path) -> None:
    assert main(["annotate", str(SAMPLES), "-o", str(tmp_path / f"o{suffix}"), "--bundle", str(tiny_bundle)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == [f"o{suffix}"]


def test_sentences_that_leave_text_out_are_bad_records(tiny_bundle: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "o.jsonl"
    rows = [{"text": "Eins. Zwei.", "sentences": spans} for spans in ([[0, 5]], [[0, 5], [6, 11]])]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert main(["annotate", str(source), "-o", str(out), "--bundle", str(tiny_bundle)]) == 1
    (article,) = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    assert [(s["start"], s["end"]) for s in article["sentences"]] == [(0, 5), (6, 11)]


def test_a_damaged_bundle(tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "bundle"
    broken.mkdir()
    for file in tiny_bundle.iterdir():
        (broken / file.name).write_bytes(file.read_bytes())
    with (broken / "model.onnx").open("r+b") as file:
        file.seek(100)
        file.write(b"\0\0\0\0")
    (tmp_path / "a.txt").write_text("Eins.", encoding="utf-8")
    for workers in ("1", "2"):
        assert main(["annotate", str(tmp_path / "a.txt"), "-o", str(tmp_path / "o.jsonl"), "--bundle", str(broken),
                     "--workers", workers]) == 2
        assert f"{broken / 'model.onnx'}: damaged or changed" in capsys.readouterr().err
    assert not list(tmp_path.glob("o.jsonl*"))
