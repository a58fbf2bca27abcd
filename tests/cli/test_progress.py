"""What a run says: JSON lines when asked for, a bar on a terminal only, control characters never."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import fake_reader
import pytest

from ausblick import progress
from ausblick.cli import main

HERE = Path(__file__).parent


def source(folder: Path) -> Path:
    path = folder / "in.jsonl"
    path.write_text('{"text":"Eins."}\n' * 20 + "kaputt\n" * 8, encoding="utf-8")
    return path


def test_log_json(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)
    call = ["annotate", str(source(tmp_path)), "-o", str(tmp_path / "o.jsonl"), "--log-json"]
    assert main(call, fake_reader.load) == 1
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [event["event"] for event in events] == ["start", *["bad_record"] * 8, "progress", "end"]
    assert events[0]["total_bytes"] == (tmp_path / "in.jsonl").stat().st_size
    assert events[1] | {"time": ""} == {
        "time": "", "event": "bad_record", "file": str(tmp_path / "in.jsonl"), "line": 21,
        "reason": "not valid JSON: Expecting value: line 1 column 1 (char 0)"}
    assert (events[-1]["articles"], events[-1]["bad"]) == (20, 8)
    assert {"articles", "per_second", "seconds_left"} <= set(events[-2])


def test_only_the_first_bad_records_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["annotate", str(source(tmp_path)), "-o", str(tmp_path / "o.jsonl")], fake_reader.load)
    said = capsys.readouterr().err.splitlines()
    assert len(said) == progress.SHOWN + 2
    assert "8 bad records" in said[-1]


def test_a_bar_on_a_terminal(tmp_path: Path) -> None:
    """On a pseudo-terminal the bar appears, and the messages stand on lines of their own."""
    code = "import sys, fake_reader; from ausblick.cli import main; sys.exit(main(sys.argv[1:], fake_reader.load_slow))"
    own, theirs = pty.openpty()
    call = ["annotate", str(source(tmp_path)), "-o", str(tmp_path / "o.jsonl")]
    paths = os.pathsep.join((str(HERE.parents[1]), str(HERE)))
    run = subprocess.Popen([sys.executable, "-c", code, *call], stderr=theirs,
                           env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "PYTHONPATH": paths})
    os.close(theirs)
    said = b""
    try:
        while data := os.read(own, 4096):
            said += data
    except OSError:  # the other end is closed
        pass
    os.close(own)
    assert run.wait() == 1
    text = said.decode()
    assert "Ausblick" in text
    assert "articles" in text
    assert "20 articles, 20 sentences, 0 mentions; 8 bad records" in text


def test_control_characters_are_not_played() -> None:
    assert progress.clean("a\x1b[2Jb\nc\udc80") == "a�[2Jb\nc\\udc80"
