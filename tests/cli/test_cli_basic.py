"""The command line on a reader without a network: inputs, outputs, messages, exit codes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import fake_reader
import pytest

from ausblick.cli import main

TEXT = "Die Nordlicht AG erwartet, dass der Umsatz um 8 Prozent steigt. Der Gewinn betrug 12 Mio. Euro."


def annotate(*arguments: object) -> int:
    return main(["annotate", *map(str, arguments)], load=fake_reader.load)


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_text_file_to_json_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(TEXT, encoding="utf-8")
    assert annotate("a.txt", "-o", "out.jsonl") == 0
    (row,) = rows(Path("out.jsonl"))
    assert row["id"] == "a.txt"
    assert row["text"] == TEXT
    assert [e["text"] for e in row["entities"]] == ["Nordlicht AG", "8 Prozent", "12 Mio. Euro"]  # type: ignore[attr-defined]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "out.jsonl"]


def test_bad_records_are_told_and_the_others_annotated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b'{"id":"1","text":"Gut."}\nkaputt\n{"id":"3","text":""}\n{"id":"4","text":"B\xe4r"}\n{"id":5}\n'
                       b'{"id":"6","text":"KAPUTT"}\n{"id":"7","text":"Auch gut."}\n')
    out = tmp_path / "out.jsonl"
    assert annotate(source, tmp_path / "nix.txt", "-o", out) == 1
    assert [row["id"] for row in rows(out)] == ["1", "3", "7"]
    errors = rows(tmp_path / "out.jsonl.errors.jsonl")
    assert [(e["file"], e["line"]) for e in errors] == [
        *((str(source), line) for line in (2, 4, 5, 6)), (str(tmp_path / "nix.txt"), None)]
    assert errors[0]["raw"] == "kaputt"
    assert "not UTF-8: byte 0xe4" in str(errors[1]["reason"])
    said = capsys.readouterr().err
    assert f"{source}:2: not valid JSON" in said
    assert f"{source}:3: the text is empty" in said
    assert said.splitlines()[-1].startswith(f"{out}: 3 articles, ")
    assert "5 bad records" in said.splitlines()[-1]


def test_strict_stops_at_the_first_bad_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"text":"Eins."}\n{"text":1}\n{"text":"Drei."}\n', encoding="utf-8")
    assert annotate(source, "-o", out, "--strict") == 1
    assert not out.exists()
    assert len(rows(tmp_path / "out.jsonl.part")) == 1
    assert f"{source}:2: text: got int 1, expected the text as a string" in capsys.readouterr().err


def test_stdin_to_stdout(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    lines = b'{"id":"q","text":"Eins."}\n{"text":"Zwei."}\n'
    for given, ids in ((TEXT.encode(), ["stdin"]), (lines, ["q", "stdin:2"])):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.FileIO(1, "wb", closefd=False)))
        assert annotate("-", "-o", "-") == 0
        out = capfdbinary.readouterr().out
        assert [json.loads(line)["id"] for line in out.splitlines()] == ids


def test_html(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Die <b>Hafen</b> AG & Co. steigt.", encoding="utf-8")
    assert annotate(tmp_path / "a.txt", "-o", tmp_path / "out.html") == 0
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;Hafen&lt;/b&gt;" in page
    assert "<script" not in page
    assert "▲" in page


@pytest.mark.parametrize(("arguments", "message"), [
    (["nix.txt", "-o", "o.jsonl"], "nix.txt: no such file or folder"),
    (["a.txt", "-o", "o.docx"], "-o o.docx: unknown output format"),
    (["a.txt", "-o", "-", "--resume"], "--resume needs an output file"),
    (["a.txt", "-o", "o.jsonl", "--flat"], "--flat: got -o o.jsonl"),
    (["a.pdf", "-o", "o.jsonl"], "a.pdf: unknown format; expected one of .txt"),
])
def test_wrong_use(arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                   capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(TEXT, encoding="utf-8")
    Path("a.pdf").touch()
    assert annotate(*arguments) == 2
    assert message in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.pdf", "a.txt"]


def test_damaged_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "bundle").mkdir()
    assert main(["annotate", str(tmp_path / "a.txt"), "-o", str(tmp_path / "o.jsonl"), "--bundle",
                 str(tmp_path / "bundle")]) == 2
    assert f"{tmp_path / 'bundle' / 'config.json'}: missing" in capsys.readouterr().err
    assert not list(tmp_path.glob("o.jsonl*"))


def test_version_names_the_bundle() -> None:
    done = subprocess.run([sys.executable, "-m", "ausblick", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ausblick 0.")
    assert "bundle" in done.stdout


def test_an_output_that_cannot_be_is_told_before_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "o.jsonl").mkdir()
    assert annotate(tmp_path / "a.txt", "-o", tmp_path / "o.jsonl") == 2
    assert "is a folder; name a file in it" in capsys.readouterr().err
    assert annotate(tmp_path / "a.txt", "-o", tmp_path / "a.txt" / "o.jsonl") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_folders_of_the_output_are_made(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    assert annotate(tmp_path / "a.txt", "-o", tmp_path / "new" / "deep" / "o.jsonl") == 0
    assert (tmp_path / "new" / "deep" / "o.jsonl").is_file()
