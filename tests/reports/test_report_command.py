"""The three commands, with a tiny bundle that was exported for real."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ausblick.bundle import check_sums
from tests.reports.fake import FakeReader, make_items, write_items
from training.__main__ import main
from training.reports.build import System, build
from training.reports.cases import make_cases, predict
from training.reports.compare import compare
from training.reports.markdown import BEGIN, END, render, scores_block, stale, write_tables
from training.reports.mistakes import mistakes
from training.reports.page import render as render_page
from training.reports.store import dumps, load_report


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("corpus")
    full = write_items(folder / "made.jsonl", make_items(12), make_items(8, split="train"))
    names = write_items(folder / "names.jsonl", make_items(6, "names", covers=["ORG"]))
    return [full, names]


@pytest.fixture(scope="session")
def report_folder(tiny_bundle: Path, corpus: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports") / "first"
    code = main(
        [
            "evaluate",
            "--bundle",
            str(tiny_bundle),
            "--data",
            *map(str, corpus),
            "-o",
            str(out),
            "--baselines",
            "--own-sentences",
            "--against",
            str(tiny_bundle),
            "--resamples",
            "50",
            "--threads",
            "1",
            "--texts",
            "names",
        ]
    )
    assert code == 0
    return out


@pytest.fixture
def report(report_folder: Path) -> dict[str, Any]:
    return load_report(report_folder)


def test_report_has_every_part(report: dict[str, Any]) -> None:
    assert set(report) == {
        "format",
        "made",
        "bundle",
        "systems",
        "scores",
        "matches",
        "slices",
        "unreachable",
        "curves",
        "values",
        "calibration",
        "thresholds",
        "errors",
        "alignment",
        "differences",
        "cost",
    }
    assert list(report["scores"]) == ["all", "made", "names"]
    assert [s["kind"] for s in report["systems"]] == ["bundle", "own sentences", "against", *["baseline"] * 3]
    rules = report["scores"]["made"]["systems"]["rules"]
    assert set(rules["entities"]) == {"MONEY", "PERCENT"}
    assert rules["outlook"] is None
    assert report["scores"]["names"]["systems"]["lexicon"] == {"entities": {}, "outlook": None}
    assert report["cost"]["peak_mib"] > 10
    assert report["cost"]["sentences_per_s"] > 0
    same = report["differences"][report["systems"][2]["name"]]["all"]
    assert all(d["difference"] == 0 and d["p"] == 1 for d in same.values())


def test_page_is_self_contained_and_hides_texts(report_folder: Path) -> None:
    page = (report_folder / "report.html").read_text(encoding="utf8")
    assert not re.search(r"(src|href)='(?!data:|#)", page)
    assert "http://" not in re.sub(r"base64,[^']*", "", page)
    assert "<script src" not in page
    rows = [json.loads(row) for row in (report_folder / "documents.jsonl").read_text(encoding="utf8").splitlines()]
    assert {row["corpus"] for row in rows if "text" in row} == {"names"}
    assert "data-corpus='names'" in page
    assert "data-corpus='made'" not in page


def test_report_json_holds_no_text(report_folder: Path, corpus: list[Path]) -> None:
    text = (report_folder / "report.json").read_text(encoding="utf8")
    assert "Nordwerk" not in text
    assert "Vorstand" not in text
    assert str(corpus[0].parent) not in text


def test_same_command_same_figures(
    report: dict[str, Any], tiny_bundle: Path, corpus: list[Path], tmp_path: Path
) -> None:
    main(
        [
            "evaluate",
            "--bundle",
            str(tiny_bundle),
            "--data",
            *map(str, corpus),
            "-o",
            str(tmp_path),
            "--baselines",
            "--own-sentences",
            "--against",
            str(tiny_bundle),
            "--resamples",
            "50",
            "--threads",
            "1",
            "--no-cost",
        ]
    )
    again = load_report(tmp_path)
    assert {k: v for k, v in again.items() if k not in ("cost", "made")} == {
        k: v for k, v in report.items() if k not in ("cost", "made")
    }


def fake_report(folder: Path, noise: float) -> Path:
    from training.reports.run import write

    items = [*make_items(30), *make_items(10, "names", covers=["ORG"])]
    system = System(f"noise {noise}", "bundle", make_cases(items, predict(FakeReader(items, noise), items)))
    counts, worst = mistakes(system.cases)
    made = {
        "date": "2025-01-01",
        "git": None,
        "split": "test",
        "seed": 7,
        "resamples": 20,
        "versions": {},
        "data": [],
        "texts": None,
    }
    report = build([system], 20) | {
        "made": made,
        "unreachable": {"gold": 1, "causes": {}, "mentions": []},
        "cost": None,
        "alignment": {"documents": 40, "resplit": []},
        "errors": {"counts": counts, "worst": []},
    }
    write(folder, report, system, worst, None)
    return folder


def test_compare_names_the_articles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [fake_report(tmp_path / str(noise), noise) for noise in (0.5, 0.05)]
    assert main(["compare", *map(str, folders), "-o", str(tmp_path / "out"), "--resamples", "200"]) == 0
    printed = capsys.readouterr().out
    assert "alone has ORG" in printed
    found = json.loads((tmp_path / "out" / "compare.json").read_text(encoding="utf8"))
    assert found["differences"]["all"]["micro/f1"]["difference"] > 0
    assert found["articles"] == sorted(found["articles"], key=lambda a: a["net"])
    assert compare(folders[0], folders[0], 50)["articles"] == []


def test_compare_refuses_other_gold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (fake_report(tmp_path / name, 0.1) for name in "ab")
    file = second / "documents.jsonl"
    rows = [json.loads(row) for row in file.read_text(encoding="utf8").splitlines()]
    rows[0]["gold"] = []
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf8")
    assert main(["compare", str(first), str(second)]) == 2
    assert "made/test-0: the two reports have different gold" in capsys.readouterr().err


def test_other_format_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "report.json").write_text('{"format": 0}', encoding="utf8")
    assert main(["tables", str(tmp_path)]) == 2
    assert "got 0, expected 1" in capsys.readouterr().err


def test_unusable_corpus_is_refused(
    tiny_bundle: Path, corpus: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["evaluate", "--bundle", str(tiny_bundle), "-o", str(tmp_path), "--data"]
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{}\n", encoding="utf8")
    assert main([*call, str(bad)]) == 2
    assert f"{bad}:1:" in capsys.readouterr().err
    assert main([*call, str(corpus[1]), "--split", "dev"]) == 2
    assert "no document of split 'dev'" in capsys.readouterr().err


def test_tables_are_written_between_markers(report_folder: Path, tiny_bundle: Path, tmp_path: Path) -> None:
    report = load_report(report_folder)
    card = tmp_path / "bundle" / "README.md"
    card.parent.mkdir()
    for file in tiny_bundle.iterdir():
        (card.parent / file.name).write_bytes(file.read_bytes())
    card.write_text(f"# Card\n\n{BEGIN}\nold\n{END}\n\nrest\n", encoding="utf8")
    assert stale(report, card)
    assert main(["tables", str(report_folder), "--write", str(card)]) == 0
    text = card.read_text(encoding="utf8")
    assert text.startswith("# Card\n\n")
    assert text.endswith("\n\nrest\n")
    assert scores_block(report) in text
    assert not stale(report, card)
    assert write_tables(report, [card]) == []
    check_sums(card.parent)


def test_a_file_without_markers_is_left_alone(
    report_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text(f"{BEGIN}\n{END}\n", encoding="utf8")
    bad.write_text("nothing\n", encoding="utf8")
    assert main(["tables", str(report_folder), "--write", str(good), str(bad)]) == 2
    assert "bad.md: needs one line" in capsys.readouterr().err
    assert good.read_text(encoding="utf8") == f"{BEGIN}\n{END}\n"


def test_nothing_to_score_still_renders(tmp_path: Path) -> None:
    items = make_items(2, "plain", covers=[])
    system = System("none", "bundle", make_cases(items, predict(FakeReader(items), items)))
    report = build([system], 10) | {
        "made": {
            "date": "2025-01-01",
            "git": None,
            "split": "test",
            "seed": 7,
            "resamples": 10,
            "versions": {},
            "texts": None,
            "data": [],
        },
        "unreachable": {"gold": 0, "causes": {}, "mentions": []},
        "cost": None,
        "alignment": {"documents": 2, "resplit": []},
        "errors": {"counts": dict.fromkeys(mistakes([])[0], 0), "worst": []},
    }
    assert json.loads(dumps(report))["scores"]["plain"]["systems"]["none"] == {"entities": {}, "outlook": None}
    assert "# Evaluation of none" in render(report)
    assert "<h1>" in render_page(report, [])
