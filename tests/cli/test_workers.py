"""Worker processes: the same bytes as without, in order; a worker that dies takes one article with it, not the run."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import fake_reader
import pytest

from ausblick import feed
from ausblick.cli import main
from ausblick.engines import local
from ausblick.engines.local import Chunk, InThread, Processes
from ausblick.engines.work import annotate
from ausblick.errors import UserError
from ausblick.inputs import Located
from ausblick.records import Record


def write(path: Path, texts: list[str]) -> Path:
    path.write_text("".join(json.dumps({"id": f"a{i}", "text": text}) + "\n" for i, text in enumerate(texts)),
                    encoding="utf-8")
    return path


def refuse(path: str | None = None, threads: int | None = None, min_score: float = 0.0) -> fake_reader.FakeReader:
    raise OSError("model.onnx: missing")


def test_the_same_bytes_with_any_number_of_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "CHUNK_RECORDS", 5)
    source = write(tmp_path / "in.jsonl", [f"Die Hafen {i} AG steigt um {i} Prozent." for i in range(101)])
    for workers in (1, 2):
        out = tmp_path / f"o{workers}.jsonl"
        assert main(["annotate", str(source), "-o", str(out), "--workers", str(workers)], fake_reader.load) == 0
    assert (tmp_path / "o1.jsonl").read_bytes() == (tmp_path / "o2.jsonl").read_bytes()


def test_a_worker_that_dies_is_replaced_and_its_article_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                              capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(feed, "CHUNK_RECORDS", 5)
    texts = [f"Die Hafen {i} AG steigt." for i in range(30)]
    texts[7] = "ABSTURZ"
    source, out = write(tmp_path / "in.jsonl", texts), tmp_path / "o.jsonl"
    assert main(["annotate", str(source), "-o", str(out), "--workers", "2"], fake_reader.load) == 1
    found = [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert found == [f"a{i}" for i in range(30) if i != 7]
    (error,) = (tmp_path / "o.jsonl.errors.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(error)["line"] == 8
    assert "article 'a7': its worker process died with exit code 9" in json.loads(error)["reason"]
    assert f"{source}:8: article 'a7'" in capsys.readouterr().err


def test_workers_that_keep_dying_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "MAX_DEATHS", 2)
    engine = Processes(partial(fake_reader.load, None), 1)
    try:
        with pytest.raises(UserError, match=r"died with exit code 9, 3 of them so far.*--workers 1"):
            list(engine.map(chunks(["ABSTURZ"] * 5)))
    finally:
        engine.close()
    assert not any(worker.process.is_alive() for worker in engine.workers)


def test_a_bundle_that_does_not_load_in_a_worker(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = write(tmp_path / "in.jsonl", ["Eins."]), tmp_path / "o.jsonl"
    for workers in ("1", "2"):
        assert main(["annotate", str(source), "-o", str(out), "--workers", workers], refuse) == 2
        assert "ausblick: model.onnx: missing" in capsys.readouterr().err
        assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def chunks(texts: list[str], size: int = 1) -> Iterator[Chunk]:
    items = [Located("f", i, Record(str(i), text)) for i, text in enumerate(texts)]
    for at in range(0, len(items), size):
        yield list(items[at : at + size])


def test_only_a_few_chunks_are_held() -> None:
    """However many come, the thread engine is at most three ahead of what it has given back."""
    taken = 0

    def counted() -> Iterator[Chunk]:
        nonlocal taken
        for chunk in chunks(["Eins."] * 50):
            taken += 1
            yield chunk

    engine = InThread(partial(fake_reader.load, None))
    for given, _ in enumerate(engine.map(counted()), 1):
        assert taken - given <= local.PER_WORKER
    engine.close()
    assert taken == 50


def test_one_article_that_breaks_the_reader_breaks_no_other() -> None:
    work = annotate(fake_reader.load(), [Record("a", "Eins."), Record("b", "KAPUTT"), Record("c", "Drei.")])
    assert [type(outcome).__name__ for outcome in work.outcomes] == ["Done", "Failed", "Done"]


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(status.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_is_left_behind(how: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C reaches the whole group of processes and gives one message; after a kill the workers end by themselves."""
    source = write(tmp_path / "in.jsonl", [f"Die Hafen {i} AG steigt." for i in range(5000)])
    code = ("import signal, sys, fake_reader\nfrom ausblick.cli import main\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job inherits it as ignored\n"
            "if __name__ == '__main__': sys.exit(main(sys.argv[1:], fake_reader.load_slow))")
    paths = os.pathsep.join((str(Path(__file__).parents[2]), str(Path(__file__).parent)))
    with subprocess.Popen([sys.executable, "-c", code, "annotate", str(source), "-o", str(tmp_path / "o.jsonl"),
                           "--workers", "2"], stderr=subprocess.PIPE, text=True, start_new_session=True,
                          env={**os.environ, "PYTHONPATH": paths}) as run:
        part = tmp_path / "o.jsonl.part"
        until = time.monotonic() + 30
        while not (part.exists() and part.stat().st_size) and time.monotonic() < until:
            time.sleep(0.02)
        workers = children(run.pid)
        assert len(workers) >= 2
        if how == signal.SIGINT:
            os.killpg(run.pid, how)
        else:
            os.kill(run.pid, how)
        assert run.stderr
        said = run.stderr.read()
    if how == signal.SIGINT:
        assert run.returncode == 130
        assert said.startswith("ausblick: interrupted; ") or said.startswith("ausblick: interrupted\n")
        assert "Traceback" not in said
    until = time.monotonic() + 10
    while any(map(alive, workers)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(map(alive, workers))


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be reaped does not."""
    with contextlib.suppress(OSError):
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    return False
