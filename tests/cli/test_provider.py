"""Where the network runs: a device that cannot be used is said in one line, whatever the number of workers."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import onnxruntime as ort
import pytest

from ausblick.cli import main
from ausblick.network import CUDA, OnnxNetwork, provider_note
from tests.cli.fake_reader import Broken, load_broken

CPU = "CPUExecutionProvider"


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("log", [[], ["--log-json"]])
def test_a_run_says_it_once(workers: str, log: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps({"text": f"Satz {i}."}) + "\n" for i in range(300)), encoding="utf8")
    assert (
        main(["annotate", str(source), "-o", str(tmp_path / "o.jsonl"), "--workers", workers, *log], load_broken) == 0
    )
    lines = capsys.readouterr().err.splitlines()
    assert sum(Broken.note in line for line in lines) == 1
    if log:
        assert all(json.loads(line) for line in lines)


def test_show_says_it_once_and_only_when_it_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps({"text": f"Satz {i}."}) + "\n" for i in range(3)), encoding="utf8")
    assert main(["show", str(source)], load_broken) == 0
    said = capsys.readouterr()
    assert said.err == f"ausblick: {Broken.note}\n"
    assert Broken.note not in said.out
    assert main(["annotate", str(source), "-o", str(tmp_path / "o.jsonl")], load_broken) == 0
    capsys.readouterr()
    assert main(["show", str(tmp_path / "o.jsonl")], load_broken) == 0
    assert capsys.readouterr().err == ""


def test_what_is_said() -> None:
    assert provider_note([CPU], [CPU]) == ""
    assert "on the GPU" in provider_note([CUDA, CPU], [CUDA, CPU])
    assert "on the CPU: onnxruntime-gpu is installed, but" in provider_note([CUDA, CPU], [CPU])


@pytest.mark.parametrize("raises", [True, False])
def test_a_device_that_cannot_be_started(
    raises: bool,
    tiny_bundle: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    real = ort.InferenceSession

    def session(path: str, options: Any, providers: list[str], **more: Any) -> Any:
        if CUDA in providers and raises:
            raise RuntimeError("no device")
        return real(path, options, providers=[CPU], **more)

    monkeypatch.setattr(ort, "get_available_providers", lambda: [CUDA, CPU])
    monkeypatch.setattr(ort, "InferenceSession", session)
    with caplog.at_level(logging.WARNING):
        network = OnnxNetwork(tiny_bundle / "model.onnx", 1)
    assert network.providers == [CPU]
    assert [record.message for record in caplog.records] == [network.note]
    assert "\n" not in network.note
    assert capsys.readouterr().out == ""
