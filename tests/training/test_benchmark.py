"""The benchmark on a tiny bundle: every system runs, the figures are in their places. Nothing here is timed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ausblick.bundle import Bundle
from ausblick.hints import HINTS
from ausblick.sentences import split_sentences
from tests.tiny import TEXT, tiny_encoder, tiny_tokenizer
from training.__main__ import main
from training.benchmark.child import SHORT, Job, peak_mib
from training.benchmark.options import GROWTH, SIZES, growth_sizes
from training.benchmark.prepare import read_texts, write_articles, write_networks, write_sized
from training.benchmark.run import compare
from training.benchmark.systems import SYSTEMS
from training.benchmark.tables import render, table
from training.settings import ConfigError


@pytest.fixture(scope="module")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a tiny random model."""
    from transformers import AutoModel, set_seed

    from models.network import AusblickConfig, AusblickModel

    run = tmp_path_factory.mktemp("run")
    encoder = AutoModel.from_pretrained(tiny_encoder(run / "encoder", "modernbert"))
    set_seed(1)
    AusblickModel(AusblickConfig(encoder=encoder.config.to_dict(), hints=bool(HINTS)), encoder).save_pretrained(
        run / "model"
    )
    tiny_tokenizer().save(str(run / "model" / "tokenizer.json"))
    return run


@pytest.fixture(scope="module")
def prepared(tiny_run: Path, tiny_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    folder = tmp_path_factory.mktemp("prepared")
    write_networks(tiny_run, Bundle.load(tiny_bundle), folder, [TEXT])
    return folder, write_articles([TEXT, TEXT[:200], ""], folder)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    path.write_text(json.dumps({"text": TEXT}) + "\n" + json.dumps({"text": TEXT[:100]}) + "\n", encoding="utf8")
    return path


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("pipelines", {"batch": 2}),
        ("pipelines", {"batch": 2, "sorted": True}),
        ("torch", {}),
        ("fp32", {}),
        ("int8", {}),
        ("shipped", {"batch_tokens": 128, "chunk": 1}),
        ("shipped", {"level": "DISABLE_ALL", "binding": True}),
        ("shipped", {"binding": False}),
        ("command", {"workers": 1}),
    ],
)
def test_every_system_reads_every_sentence(
    name: str, options: dict[str, object], prepared: tuple[Path, int], tiny_bundle: Path, tiny_run: Path
) -> None:
    folder, sentences = prepared
    system = SYSTEMS[name](Job(name, str(tiny_bundle), str(tiny_run), str(folder), 1, options))
    system.start(SHORT)
    found = system.measure()
    assert found["sentences"] == sentences
    assert found["seconds"] > 0
    if name in ("shipped", "int8"):
        assert (found["alone"], found["alone_differ"], len(found["digests"])) == (3, 0, 3)


def test_the_pipelines_try_batch_sizes(prepared: tuple[Path, int], tiny_bundle: Path, tiny_run: Path) -> None:
    job = Job("pipelines", str(tiny_bundle), str(tiny_run), str(prepared[0]), 1, {"try": [1, 4], "sample": 3})
    system = SYSTEMS["pipelines"](job)
    system.start(SHORT)
    assert set(system.measure()["tried"]) == {"1", "4"}


def test_the_plain_models_have_the_encoder_of_the_run(prepared: tuple[Path, int], tiny_run: Path) -> None:
    from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

    from ausblick.labels import OUTLOOK_LABELS, TAGS
    from models.network import AusblickModel

    expected = AusblickModel.from_pretrained(tiny_run / "model").encoder.state_dict()
    for name, kind, labels in (
        ("tagger", AutoModelForTokenClassification, TAGS),
        ("outlook", AutoModelForSequenceClassification, OUTLOOK_LABELS),
    ):
        plain = kind.from_pretrained(prepared[0] / "pipelines" / name)
        assert tuple(plain.config.id2label.values()) == tuple(labels)
        body = plain.model.state_dict()
        assert all((body[key] == value).all() for key, value in expected.items())


def test_the_command_writes_every_figure(
    tiny_bundle: Path,
    tiny_run: Path,
    articles: Path,
    prepared: tuple[Path, int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def copy(run: Path, bundle: Bundle, folder: Path, texts: list[str]) -> None:  # exporting once is enough
        shutil.copytree(prepared[0], folder, dirs_exist_ok=True)

    monkeypatch.setattr("training.benchmark.run.write_networks", copy)
    target = tmp_path / "figures" / "b.json"
    call = ["benchmark", "--bundle", str(tiny_bundle), "--run", str(tiny_run), "--articles", str(articles)]
    call += ["--limit", "5", "--threads", "1", "--starts", "1", "--systems", "shipped", "int8", "1-worker", "2-workers"]
    assert main([*call, "--growth", "10", "30", "-o", str(target)]) == 0
    found = json.loads(target.read_text(encoding="utf8"))
    assert [row["name"] for row in found["systems"]] == ["shipped", "int8", "1-worker", "2-workers"]
    for row in found["systems"]:
        assert row["sentences"] == found["sentences"]
        assert min(row["sentences_per_s"], row["peak_mib"], row["start_s"]) > 0
        assert "digests" not in row
    assert [row["sentences"] >= size for row, size in zip(found["growth"], (10, 30), strict=True)] == [True, True]
    assert (found["articles"], found["tune"]) == (5, [])
    printed = capsys.readouterr().out
    assert printed.strip() == render(found).strip()
    assert f"{found['machine']['cores']} usable core" in printed
    assert "2 workers: " in printed


def test_a_failure_loses_no_other_figure(
    tiny_bundle: Path,
    tiny_run: Path,
    articles: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fake(job: Job) -> dict[str, object]:
        if job.system == "torch" or "binding" in job.options:
            raise RuntimeError(f"{job.system} failed with exit code 1: no memory")
        sentences = 7 + len(split_sentences(TEXT[:100]))
        return {"seconds": 2.0, "sentences": sentences, "start_s": 0.5, "peak_mib": 100.0, "digests": ["a", "b"]}

    monkeypatch.setattr("training.benchmark.run.write_networks", lambda *_: None)
    monkeypatch.setattr("training.benchmark.run.measure", fake)
    call = ["benchmark", "--bundle", str(tiny_bundle), "--run", str(tiny_run), "--articles", str(articles)]
    assert main([*call, "--limit", "2", "--systems", "torch", "shipped", "--tune"]) == 1
    printed = capsys.readouterr().out
    assert "reader as shipped" in printed
    assert "batch_tokens 512" in printed
    assert printed.count("failed: ") == 3


def test_what_cannot_be_used_is_named(
    tiny_bundle: Path, tiny_run: Path, articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "a"}\n', encoding="utf8")
    for bundle, run, files, message in (
        (tmp_path / "none", tiny_run, articles, "no such bundle folder"),
        (tiny_bundle, tmp_path / "none", articles, "no model/config.json"),
        (tiny_bundle, tiny_run, bad, "bad.jsonl:1"),
    ):
        call = ["benchmark", "--bundle", str(bundle), "--run", str(run), "--articles", str(files), "--limit", "2"]
        assert main(call) == 2
        assert message in capsys.readouterr().err


def test_without_a_run_only_the_bundle_is_measured(
    tiny_bundle: Path, articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "b.json"
    call = ["benchmark", "--bundle", str(tiny_bundle), "--articles", str(articles), "--limit", "2", "--threads", "1"]
    assert main([*call, "--starts", "1", "-o", str(target)]) == 0
    found = json.loads(target.read_text(encoding="utf8"))
    assert [row["name"] for row in found["systems"]] == ["shipped", "1-worker", "2-workers"]
    assert main([*call, "--systems", "torch"]) == 2
    assert "--systems torch: is made from the fine-tuning run" in capsys.readouterr().err


def test_articles_are_repeated(articles: Path, tmp_path: Path) -> None:
    texts = read_texts([articles], 5)
    assert texts == [TEXT, TEXT[:100], TEXT, TEXT[:100], TEXT]
    written, sentences = write_sized(texts[:2], 20, tmp_path / "sized.jsonl")
    assert sentences >= 20
    assert len((tmp_path / "sized.jsonl").read_text(encoding="utf8").splitlines()) == written
    with pytest.raises(ConfigError, match="no articles"):
        read_texts([], 5)


def test_growth_is_by_option() -> None:
    assert growth_sizes(None, None) == SIZES
    assert growth_sizes(None, 10) == ()
    assert growth_sizes([], 10) == GROWTH
    assert growth_sizes([5], None) == (5,)


def test_ratios_and_differences() -> None:
    rows = [
        {"name": "pipelines", "sentences_per_s": 10.0},
        {"name": "shipped", "sentences_per_s": 50.0, "digests": ["a", "b"]},
        {"name": "int8", "sentences_per_s": 80.0, "digests": ["a", "c"]},
    ]
    compare(rows)
    assert [row["ratio"] for row in rows] == [1.0, 5.0, 8.0]
    assert [row.get("articles_differ") for row in rows] == [None, 0, 1]


def test_table_and_peak() -> None:
    assert table(("a", "bb"), [("ccc", "1")]) == "| a   | bb |\n| :-- | -: |\n| ccc |  1 |"
    assert 1 < peak_mib() < 1e6
