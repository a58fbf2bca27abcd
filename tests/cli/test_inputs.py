"""Every format gives its records with stable ids; every broken record gives its place and reason."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ausblick.errors import UserError
from ausblick.ids import SeenIds
from ausblick.inputs import BadRecord, Columns, Located, read_inputs
from ausblick.inputs.table import read_csv
from ausblick.inputs.text import read_lines


def read(*inputs: object, columns: Columns | None = None, forced: str | None = None) -> list[Located | BadRecord]:
    return list(read_inputs([str(i) for i in inputs], columns, forced))


def good(items: list[Located | BadRecord]) -> list[tuple[str, str]]:
    assert all(isinstance(item, Located) for item in items), items
    return [(item.record.id, item.record.text) for item in items if isinstance(item, Located)]


def reasons(items: list[Located | BadRecord]) -> list[tuple[int | None, str]]:
    return [(item.line, item.reason) for item in items if isinstance(item, BadRecord)]


def lines(data: bytes, columns: Columns | None = None) -> list[Located | BadRecord]:
    return list(read_lines(io.BytesIO(data), "f", columns or Columns()))


def table(data: bytes, columns: Columns | None = None) -> list[Located | BadRecord]:
    return list(read_csv(io.BytesIO(data), "f", columns or Columns()))


def test_folders_patterns_and_files_in_order_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("n/b.txt", "n/a.txt", "n/sub/c.txt", "n/.hidden.txt", "n/notes.md", "z.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(name, encoding="utf-8")
    assert [ident for ident, _ in good(read("n"))] == ["n/a.txt", "n/b.txt", "n/sub/c.txt"]
    assert [ident for ident, _ in good(read("n/[ab].txt", "z.txt", "n/a.txt"))] == ["n/a.txt", "n/b.txt", "z.txt"]
    assert [ident for ident, _ in good(read("**/*.txt"))] == ["n/a.txt", "n/b.txt", "n/sub/c.txt", "z.txt"]


def test_what_is_not_there_is_told_and_the_rest_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Eins.", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.doc").touch()
    items = read(tmp_path / "x.txt", tmp_path / "*.csv", tmp_path / "empty", tmp_path / "a.doc", tmp_path / "a.txt")
    assert [reason.split(";")[0].split("(")[0].strip() for _, reason in reasons(items)] == [
        "no such file or folder", "no file matches this pattern", "the folder holds no file in a known format",
        "unknown format"]
    assert isinstance(items[-1], Located)


def test_a_text_is_kept_as_it_is(tmp_path: Path) -> None:
    text = "Zeile eins\r\nu\u0308ber 5\u00a0% 😀\u00ad\n"
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert good(read(tmp_path / "a.txt"))[0][1] == text


@pytest.mark.parametrize(("data", "reason"), [
    ("für".encode("latin-1"), "not UTF-8: byte 0xfc at byte 1; if it is Windows-1252: iconv"),
    ("für".encode("utf-16"), "not UTF-8 but UTF-16"),
    (b"a\0b", "text: NUL byte at character 1"),
    (b"x" * 101, "text: 101 characters, more than the 100 allowed"),
    ("ä".encode() * 300, "more than 100 characters"),
])
def test_bad_text_files(data: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    ((line, found),) = reasons(read(tmp_path / "a.txt", columns=Columns(max_chars=100)))
    assert line is None
    assert found.startswith(reason)


@pytest.mark.parametrize("packed", ["gz", "zst"])
def test_packed_files(packed: str, tmp_path: Path) -> None:
    data = b"".join(b'{"id":"%d","text":"Satz."}\n' % i for i in range(2000))
    if packed == "gz":
        body = gzip.compress(data[:5000]) + gzip.compress(data[5000:])
    else:
        zstandard = pytest.importorskip("zstandard")
        body = zstandard.compress(data[:5000]) + zstandard.compress(data[5000:])
    (tmp_path / f"a.jsonl.{packed}").write_bytes(body)
    assert len(good(read(tmp_path / f"a.jsonl.{packed}"))) == 2000
    (tmp_path / f"b.jsonl.{packed}").write_bytes(body[: len(body) * 3 // 4])
    items = read(tmp_path / f"b.jsonl.{packed}")
    assert isinstance(items[0], Located)
    assert isinstance(items[-1], BadRecord)
    (tmp_path / f"c.jsonl.{packed}").write_bytes(bz2.compress(data))
    assert len(reasons(read(tmp_path / f"c.jsonl.{packed}"))) == 1


def test_json_lines_records() -> None:
    items = lines('\ufeff{"id": 7, "text": "ü", "date": "2024-05-01", "sentences": [[0, 1]]}\r\n\n'
                  '{"text": "ohne", "meta": {"a": 1}, "b": 2}\n'
                  '{"id": "z", "text": "q", "sentences": [{"start":0,"end":1}]}'.encode())
    assert good(items) == [("7", "ü"), ("f:3", "ohne"), ("z", "q")]
    first, second, third = (item.record for item in items if isinstance(item, Located))
    assert (dict(first.meta), first.sentences) == ({"date": "2024-05-01"}, ((0, 1),))
    assert (dict(second.meta), second.sentences) == ({"a": 1, "b": 2}, None)
    assert third.sentences == ((0, 1),)


@pytest.mark.parametrize(("line", "reason"), [
    (b"{", "not valid JSON: "),
    (b"[1]", "got a JSON list, expected an object"),
    (b'{"id": 1}', "no 'text' among its keys (id); name the right one with --text-column"),
    (b'{"text": null}', "text: null"),
    (b'{"text": ["a"]}', "text: got list ['a'], expected the text as a string"),
    (b'{"text": "a", "id": [1]}', "id: got list [1], expected a string or a whole number"),
    (b'{"text": "a", "id": true}', "id: got bool True"),
    (b'{"text": "a\\u0000b"}', "text: NUL byte at character 1"),
    (b'{"text": "a\\ud800b"}', "text: half a surrogate pair at character 1"),
    (b'{"text": "a", "x": "\\ud800"}', "not UTF-8, or half a surrogate pair, in a field beside the text"),
    (b'{"text": "a", "x": NaN}', "not valid JSON: NaN is no JSON number"),
    (b'{"text": "a", "x": 1e999}', "a field beside the text cannot be written as JSON"),
    (b'{"text": "\xff"}', "not UTF-8: byte 0xff at byte 10"),
    (b'{"text": "abc", "sentences": [[0, 4]]}', "sentences[0]: got [0, 4], expected [start, end] with 0 <= start < "),
    (b'{"text": "abc", "sentences": [[0, 2], [1, 3]]}', "sentences[1]: starts at 1, before the one before it ends at"),
    (b'{"text": "abc", "sentences": "0-3"}', "sentences: got str, expected a list"),
    (b'{"text": "' + b"x" * 2000 + b'"}', "text: 2,000 characters, more than the 1,000 allowed"),
    (b"[" * 100_000, "JSON nested too deeply"),
])
def test_bad_lines(line: bytes, reason: str) -> None:
    items = lines(b'{"id":"1","text":"vor"}\n' + line + b'\n{"id":"3","text":"nach"}\n', Columns(max_chars=1000))
    ((number, found),) = reasons(items)
    assert number == 2
    assert found.startswith(reason)
    assert [item.record.text for item in items if isinstance(item, Located)] == ["vor", "nach"]
    (bad,) = (item for item in items if isinstance(item, BadRecord))
    json.dumps(bad.to_json(), ensure_ascii=False).encode()


def test_a_line_without_end_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ausblick.inputs.text.LINE_SLACK", 10)
    items = lines(b'{"text":"' + b"x" * 500_000 + b'"}\n{"id":"2","text":"ok"}\n', Columns(max_chars=100))
    assert reasons(items) == [(1, "line of more than 1,210 bytes; its raw form is cut")]
    assert isinstance(items[1], Located)
    assert items[1].line == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv(delimiter: str) -> None:
    rows = [["id", "text", "land"], ["1", '"Satz, einer;\nzwei"', "DE"], ["", "Drei", "AT"]]
    items = table("\r\n".join(delimiter.join(row) for row in rows).encode("utf-8-sig"))
    assert good(items) == [("1", "Satz, einer;\nzwei"), ("f:4", "Drei")]
    assert [item.record.meta for item in items if isinstance(item, Located)] == [{"land": "DE"}, {"land": "AT"}]


def test_bad_csv_rows() -> None:
    items = table(b'id,text\n1,gut\n2\n3,"a"b\n4,B\xe4r\n5,\0\n6,gut\n7,"offen\n8,gut\n9,gut\n')
    assert [(line, reason.split(":")[0]) for line, reason in reasons(items)] == [
        (3, "1 fields, expected 2 as in the header"), (4, "not valid CSV"), (5, "text"), (6, "text"),
        (8, "not valid CSV")]
    assert [item.record.id for item in items if isinstance(item, Located)] == ["1", "6", "8", "9"]
    assert items[3].raw == b"4,B\xe4r"  # type: ignore[union-attr]


def test_csv_header_problems() -> None:
    ((line, reason),) = reasons(table(b"id,titel\n1,a\n"))
    assert (line, reason) == (1, "no column 'text' (columns: id, titel); name it with --text-column")
    assert "column 'text' appears twice" in reasons(table(b"text,text\n1,a\n"))[0][1]
    assert len(reasons(table(b""))) == 1
    assert good(table(b"nr;inhalt\n1;a\n", Columns("inhalt", "nr"))) == [("1", "a")]


def test_parquet(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    import datetime
    import decimal

    import pyarrow.parquet as pq

    bad = pa.array([b"gut", b"\xff", None, b"auch"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"id": [1, 2, 3, 4], "body": bad, "day": [datetime.date(2024, 5, 1)] * 4,
                             "price": [decimal.Decimal("1.50")] * 4}), tmp_path / "a.parquet")
    items = read(tmp_path / "a.parquet", columns=Columns("body"))
    records = [item.record for item in items if isinstance(item, Located)]
    assert [(record.id, record.text) for record in records] == [("1", "gut"), ("4", "auch")]
    assert all(record.meta == {"day": "2024-05-01", "price": "1.50"} for record in records)
    assert [line for line, _ in reasons(items)] == [2, 3]
    assert "no column 'text'" in reasons(read(tmp_path / "a.parquet"))[0][1]
    (tmp_path / "b.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-20])
    assert "not a readable Parquet file" in reasons(read(tmp_path / "b.parquet"))[0][1]


def test_missing_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "a.txt.zst").write_bytes(b"x")
    (tmp_path / "a.parquet").write_bytes(b"x")
    for name, extra in (("a.txt.zst", "zstd"), ("a.parquet", "parquet")):
        with pytest.raises(UserError, match=rf"pip install 'ausblick\[{extra}\]'"):
            read(tmp_path / name)


VALUES = st.recursive(st.none() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=2),
                      max_leaves=4)
ROWS = st.dictionaries(st.sampled_from(["id", "text", "sentences", "x"]), VALUES)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=40) | ROWS.map(lambda row: json.dumps(row).encode())))
def test_any_bytes_become_records_or_bad_records(rows: list[bytes]) -> None:
    """Nothing raises, every non-empty line is accounted for, everything can be written again."""
    data = b"\n".join(row.replace(b"\n", b" ") for row in rows)
    items = lines(data)
    split = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    assert [item.line for item in items] == [i for i, line in enumerate(split, 1) if line.strip()]
    for item in [*items, *table(data), *table(b"id,text\n" + data)]:
        form: Any = item.to_json() if isinstance(item, BadRecord) else [item.record.text, dict(item.record.meta)]
        json.dumps(form, ensure_ascii=False).encode()


def test_seen_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ausblick.ids.BUFFER", 16)
    seen = SeenIds()
    assert all(seen.add(str(i)) for i in range(100))
    assert not any(seen.add(str(i)) for i in range(100))
