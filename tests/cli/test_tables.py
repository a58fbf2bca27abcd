"""Parquet: typed, exact, complete; amounts that do not fit are counted, not lost in silence."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path

import fake_reader
import pytest

from ausblick.cli import main
from ausblick.outputs.tables import Amounts, mention_rows, nested_row
from ausblick.schema import Article, Entity, Sentence
from ausblick.values import find_amounts

pa = pytest.importorskip("pyarrow")
import pyarrow.parquet as pq  # noqa: E402

TEXT = "Die Nordlicht AG erwartet, dass der Umsatz um 8 Prozent steigt. Der Gewinn betrug 12 Mio. Euro."


def annotate(tmp_path: Path, *more: str) -> int:
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": "a", "text": TEXT, "land": "DE"}) + "\n" +
                                       json.dumps({"id": "b", "text": ""}) + "\n", encoding="utf-8")
    return main(["annotate", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "o.parquet"), *more], fake_reader.load)


def test_nested(tmp_path: Path) -> None:
    assert annotate(tmp_path) == 0
    table = pq.read_table(tmp_path / "o.parquet")
    first, second = table.to_pylist()
    assert (first["id"], first["text"], json.loads(first["meta"])) == ("a", TEXT, {"land": "DE"})
    assert [e["label"] for e in first["entities"]] == ["ORG", "PERCENT", "MONEY"]
    assert first["entities"][0]["value"] is None
    assert first["entities"][2]["value"]["low"] == Decimal(12_000_000)
    assert first["entities"][2]["value"]["currency"] == "EUR"
    assert first["sentences"][0]["scores"]["positive"] == 0.91
    assert (second["sentences"], second["entities"], second["meta"]) == ([], [], None)
    amount = table.schema.field("entities").type.value_field.type.field("value").type.field("low").type
    assert amount == pa.decimal128(38, 10)


def test_flat(tmp_path: Path) -> None:
    assert annotate(tmp_path, "--flat") == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "o.mentions.parquet", "o.sentences.parquet"]
    mentions = pq.read_table(tmp_path / "o.mentions.parquet")
    sentences = pq.read_table(tmp_path / "o.sentences.parquet")
    assert mentions.schema.field("low").type == pa.decimal128(38, 10)
    shown = ("article_id", "mention", "sentence", "outlook", "currency", "unit")
    assert [tuple(m[name] for name in shown) for m in mentions.to_pylist()] == [
        ("a", 0, 0, "positive", None, None), ("a", 1, 0, "positive", None, "percent"), ("a", 2, 1, "none", "EUR", None)]
    assert all(TEXT[m["start"]:m["end"]] == m["text"] for m in mentions.to_pylist())
    assert [(s["sentence"], s["outlook"], s["score_none"], TEXT[s["start"]:s["end"]] == s["text"])
            for s in sentences.to_pylist()] == [(0, "positive", 0.03, True), (1, "none", 0.91, True)]


def test_no_articles_at_all(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("\n", encoding="utf-8")
    assert main(["annotate", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "o.parquet")], fake_reader.load) == 0
    assert pq.read_table(tmp_path / "o.parquet").num_rows == 0


def test_every_kind_of_value_fits_the_columns() -> None:
    text = ("zwischen 3 und 5 Prozent, mehr als 316,9 Millionen Dollar, mehrere Millionen Euro, 20 Mio. Kronen, "
            "1.234 Euro, 0,25 Prozentpunkte, rund 1.500 Mio. USD")
    entities = tuple(Entity(a.start, a.end, a.label, text[a.start:a.end], 0.5, a.value) for a in find_amounts(text))
    row = Article("a", text, (Sentence(0, len(text)),), entities).to_json()
    amounts = Amounts()
    from ausblick.outputs.tables import mention_schema, nested_schema

    nested = pa.Table.from_pylist([nested_row(row, amounts)], nested_schema()).to_pylist()[0]["entities"]
    flat = pa.Table.from_pylist(list(mention_rows(row, amounts)), mention_schema()).to_pylist()
    for entity, one, other in zip(entities, nested, flat, strict=True):
        assert entity.value is not None
        assert one["value"]["low"] == other["low"] == entity.value.low
        assert one["value"]["high"] == other["high"] == entity.value.high
        assert one["value"]["bound"] == entity.value.bound
    assert amounts.notes() == []


@pytest.mark.parametrize(("text", "number", "notes"), [
    ("1.5", Decimal("1.5"), 0), ("-0.00000000005", Decimal(0), 1), ("0.12345678901", Decimal("0.1234567890"), 1),
    ("9" * 28, Decimal("9" * 28), 0), ("1" + "0" * 28, None, 1), (None, None, 0), ("-0", Decimal(0), 0)])
def test_amounts_that_do_not_fit_are_counted(text: str | None, number: Decimal | None, notes: int) -> None:
    amounts = Amounts()
    assert amounts.read(text) == number
    assert len(amounts.notes()) == notes


def test_without_pyarrow_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                          capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert annotate(tmp_path) == 2
    assert "pip install 'ausblick[parquet]'" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["in.jsonl"]
