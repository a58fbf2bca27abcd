"""Ray on a local cluster with two workers gives the bytes of the local run."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import fake_reader
import pytest

from ausblick.cli import main

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    ray = pytest.importorskip("ray", reason="ray is not installed: pip install 'ausblick[ray]'")
    pytest.importorskip("ray.data", reason="ray data is not installed: pip install 'ausblick[ray]'")
    paths = os.pathsep.join((str(HERE.parents[1]), str(HERE)))
    ray.init(num_cpus=3, include_dashboard=False, log_to_driver=False, object_store_memory=200_000_000,
             runtime_env={"env_vars": {"PYTHONPATH": paths}})
    yield
    ray.shutdown()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Three files of three formats, with a bad record."""
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [json.dumps({"id": f"a{i}", "text": f"Die Hafen {i} AG steigt um {i} Prozent auf {i} Mio. Euro.", "n": i,
                        **({"sentences": [[0, 5], [6, 20]]} if i == 3 else {})}) for i in range(600)]
    rows[5] = "kaputt"
    (folder / "a.jsonl.gz").write_bytes(gzip.compress("\n".join(rows).encode()))
    (folder / "b.csv").write_text("id;text\n1;Der Umsatz sinkt.\n2;KAPUTT\n", encoding="utf-8")
    (folder / "c.txt").write_text("Die Marge bleibt bei 3 Prozent.", encoding="utf-8")
    return folder


@pytest.mark.filterwarnings("ignore")  # Ray's own
@pytest.mark.usefixtures("cluster")
def test_byte_equal_to_the_local_run(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch,
                                     capsys: pytest.CaptureFixture[str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    monkeypatch.chdir(tmp_path)
    assert main(["annotate", "in", "-o", "local.parquet"], fake_reader.load) == 1
    assert main(["annotate", "in", "nix.txt", "-o", "out", "--engine", "ray", "--workers", "2"], fake_reader.load) == 1
    assert "out: 601 articles; 3 bad records" in capsys.readouterr().err
    table = pa.concat_tables([pq.read_table(path) for path in sorted(Path("out").glob("*.parquet"))])
    table = table.sort_by([("file", "ascending"), ("line", "ascending")])
    bad = table.filter(pa.compute.is_valid(table["error"])).to_pylist()
    assert [(row["file"], row["line"]) for row in bad] == [("in/a.jsonl.gz", 6), ("in/b.csv", 3)]
    errors = [json.loads(line) for line in Path("local.parquet.errors.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["error"] for row in bad] == [error["reason"] for error in errors]
    good = table.filter(pa.compute.is_null(table["error"])).drop_columns(["file", "line", "error"])
    assert as_bytes(good) == as_bytes(pq.read_table("local.parquet"))


def as_bytes(table: object) -> bytes:
    """A table as Arrow IPC, in one chunk and without metadata."""
    import pyarrow as pa

    assert isinstance(table, pa.Table)
    whole = pa.Table.from_pylist(table.to_pylist(), table.schema.remove_metadata())
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, whole.schema) as writer:
        writer.write_table(whole)
    return bytes(sink.getvalue())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("cluster")
def test_refuses_a_folder_that_is_not_empty(tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", str(source), "-o", str(source), "--engine", "ray"], fake_reader.load) == 2
    assert "the folder is not empty" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("cluster")
def test_a_run_says_where_its_network_runs(tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", str(source / "c.txt"), "-o", str(tmp_path / "out"), "--engine", "ray", "--workers", "1"],
                fake_reader.load_broken) == 0
    assert capsys.readouterr().err.count(fake_reader.Broken.note) == 1


@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("cluster")
def test_a_bundle_that_cannot_be_loaded(tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", str(source), "-o", str(tmp_path / "out"), "--engine", "ray"], fake_reader.load_none) == 2
    assert "no such bundle folder" in capsys.readouterr().err


@pytest.mark.parametrize(("more", "message"), [
    (["--resume"], "--resume is not there with --engine ray"), (["-o", "-"], "it has no stdin and stdout")])
def test_what_ray_cannot_do(more: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", "x", "-o", "out", "--engine", "ray", *more], fake_reader.load) == 2
    assert message in capsys.readouterr().err
