"""`ausblick show`: annotated files as they are, others annotated first; safe for terminals."""

from __future__ import annotations

from pathlib import Path

import fake_reader
import pytest

from ausblick.cli import main

TEXT = "Die Nordlicht AG erwartet, dass der Umsatz um 8 Prozent steigt. Der Gewinn betrug 12 Mio. Euro."


def show(*arguments: object) -> int:
    return main(["show", *map(str, arguments)], load=fake_reader.load)


def test_a_text_and_its_annotated_form_look_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    assert show(tmp_path / "a.txt") == 0
    first = capsys.readouterr().out
    assert main(["annotate", str(tmp_path / "a.txt"), "-o", str(tmp_path / "o.jsonl")], load=fake_reader.load) == 0
    assert main(["show", str(tmp_path / "o.jsonl")], load=fake_reader.load_slow) == 0
    assert capsys.readouterr().out == first
    assert "[Nordlicht AG|ORG]" in first
    assert "▲ positive" in first
    assert "→ 12\u202f000\u202f000 EUR" in first


def test_colour_only_when_asked_for_or_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    show(tmp_path / "a.txt")
    assert "\x1b" not in capsys.readouterr().out
    show(tmp_path / "a.txt", "--colour", "always")
    said = capsys.readouterr().out
    assert "\x1b[" in said
    assert "|ORG]" not in said


def test_control_sequences_of_a_text_are_not_played(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("Ein \x1b[2Jböser [bold]Text[/bold].", encoding="utf-8")
    show(tmp_path / "a.txt")
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "[bold]Text[/bold]" in said


def test_limit_and_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("".join(f'{{"id":"n{i}","text":"Satz {i}."}}\n' for i in range(5)), encoding="utf-8")
    assert show(source, "--limit", 2) == 0
    said = capsys.readouterr().out
    assert "Satz 1." in said
    assert "Satz 2." not in said
    assert "--limit N" in said
    assert show(source, "--id", "n3") == 0
    said = capsys.readouterr().out
    assert "Satz 3." in said
    assert "Satz 2." not in said
    assert show(source, "--id", "n9") == 2
    assert "--id n9: no article has this id" in capsys.readouterr().err


def test_bad_records_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id":"a","text":"ab","sentences":[],"entities":[{"start":0,"end":9,"label":"ORG"}]}\n'
                      '{"id":"b","text":"KAPUTT"}\n{"id":"c","text":"Gut."}\n', encoding="utf-8")
    assert show(source) == 1
    said = capsys.readouterr()
    assert f"{source}:1: not an annotated article: ValueError: entity 0–9" in said.err
    assert f"{source}:2: " in said.err
    assert "Gut." in said.out


def test_a_damaged_bundle_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    assert main(["show", str(tmp_path / "a.txt"), "--bundle", str(tmp_path / "none")]) == 2
    assert "no such bundle folder" in capsys.readouterr().err
