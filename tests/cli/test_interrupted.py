"""Nothing is lost or doubled, whatever ends a run (see forked.py for the scenarios)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ausblick.cli import main

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def scenario(name: str, folder: Path) -> str:
    paths = os.pathsep.join((str(ROOT), str(HERE)))
    done = subprocess.run([sys.executable, str(HERE / "forked.py"), name, str(folder)], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": paths}, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_killed_twenty_times(tmp_path: Path) -> None:
    assert scenario("kills", tmp_path).startswith("20 kills")


def test_crash_at_every_point(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="one of the outputs is Parquet")
    assert int(scenario("crashes", tmp_path).split()[0]) > 40


def test_full_disk(tmp_path: Path) -> None:
    scenario("full_disk", tmp_path)


def test_ctrl_c_and_sigterm(tmp_path: Path) -> None:
    scenario("signals", tmp_path)


def test_closed_pipe(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "Die Hafen AG steigt."}\n' * 20_000, encoding="utf-8")
    code = "import sys, fake_reader; from ausblick.cli import main; sys.exit(main(sys.argv[1:], fake_reader.load))"
    with subprocess.Popen([sys.executable, "-c", code, "annotate", str(source), "-o", "-"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(HERE)))}) as run:
        assert run.stdout
        assert run.stderr
        run.stdout.readline()
        run.stdout.close()
        said = run.stderr.read()
    assert run.returncode == 141
    assert "ausblick: stdout was closed by its reader after" in said
    assert "Traceback" not in said
    assert "Exception ignored" not in said


def test_resume_refuses_another_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import fake_reader

    source, out = tmp_path / "in.jsonl", tmp_path / "o.jsonl"
    source.write_text('{"text": "Eins."}\n{"text": 2}\n{"text": "Drei."}\n', encoding="utf-8")
    call = ["annotate", str(source), "-o", str(out)]
    assert main([*call, "--strict"], fake_reader.load) == 1
    assert main([*call, "--resume", "--min-score", "0.5"], fake_reader.load) == 2
    assert "--resume: --min-score was 0.0 when" in capsys.readouterr().err
    assert main([*call, "--resume"], fake_reader.load) == 1
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2
    assert main([*call, "--strict"], fake_reader.load) == 1
    source.write_text('{"text": "Eins."}\n{"text": "Zwei."}\n{"text": "Drei."}\n', encoding="utf-8")
    assert main([*call, "--resume"], fake_reader.load) == 2
    assert "names, sizes and times of the files" in capsys.readouterr().err


def test_one_writer_at_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import fake_reader

    from ausblick.outputs.spool import Spool

    (tmp_path / "a.txt").write_text("Eins.", encoding="utf-8")
    with Spool.open(tmp_path / "o.jsonl", {}, False):
        assert main(["annotate", str(tmp_path / "a.txt"), "-o", str(tmp_path / "o.jsonl")], fake_reader.load) == 2
    assert "another run is writing it" in capsys.readouterr().err
