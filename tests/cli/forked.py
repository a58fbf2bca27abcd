"""Runs of the command line in forked processes that are killed, starved or stopped; called as a script by the tests.

A fork starts in milliseconds, so that many interruptions fit into a test. Each scenario ends with an assertion error
or prints what it saw.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_reader

from ausblick import feed
from ausblick.cli import main

OUTPUTS = ("o.jsonl", "o.jsonl.gz")
RECORDS = 150


def make_input(folder: Path) -> Path:
    """Articles with a broken line here and there."""
    path = folder / "in.jsonl"
    lines = [json.dumps({"id": str(i), "text": f"Die Hafen {i} AG steigt um {i} Prozent auf {i} Mio. Euro."}) if i % 11
             else "kaputt" for i in range(RECORDS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def start(arguments: list[str], prepare: Callable[[], None] | None = None, slow: bool = True) -> int:
    """Fork a run; its stderr goes to the file `said`. Returns the process id."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    os.dup2(os.open("said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    try:
        if prepare:
            prepare()
        code = main(arguments, load=fake_reader.load_slow if slow else fake_reader.load)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        code = 99
    sys.stderr.flush()
    os._exit(code)


def ended(pid: int) -> int:
    """The exit code of a run; negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def content(name: str) -> tuple[bytes, bytes]:
    """The output and its errors."""
    return Path(name).read_bytes(), Path(name + ".errors.jsonl").read_bytes()


def names(prefix: str) -> list[str]:
    return sorted(path.name for path in Path().glob(prefix + "*"))


def expected(name: str, source: Path) -> tuple[bytes, bytes]:
    """What a run that nobody disturbs writes."""
    good = "good-" + name
    if not Path(good).exists():
        assert ended(start(["annotate", str(source), "-o", good], slow=False)) == 1
    return content(good)


def check(name: str, source: Path) -> None:
    """The output is complete, nothing lost or doubled, nothing left over."""
    assert content(name) == expected(name, source), f"{name} differs"
    assert names(name) == [name, name + ".errors.jsonl"], names(name)
    for path in (name, name + ".errors.jsonl"):
        Path(path).unlink()


def kills(source: Path) -> None:
    """Kill 20 times at random points; resume until the run is through."""
    rng = random.Random(7)
    count = runs = 0
    while count < 20:
        name = OUTPUTS[runs % 2]
        pid = start(["annotate", str(source), "-o", name, "--resume"])
        time.sleep(rng.uniform(0.0, 0.12))
        os.kill(pid, signal.SIGKILL)
        code = ended(pid)
        count += code == -signal.SIGKILL
        if code == 1:
            check(name, source)
            runs += 1
    name = OUTPUTS[runs % 2]
    assert ended(start(["annotate", str(source), "-o", name, "--resume"], slow=False)) == 1
    check(name, source)
    print(f"{count} kills, {runs + 1} runs")


def crashes(source: Path) -> None:
    """End the process at the n-th call to the system that matters, for every n."""
    points = 0
    import pyarrow.parquet  # noqa: F401  # once here rather than in every fork

    feed.CHUNK_RECORDS = 60
    for name in ("o.jsonl", "o.html", "o.parquet"):
        for n in range({"o.jsonl": 0, "o.html": 20}.get(name, 22), 10_000):  # before that, all are the same
            code = ended(start(["annotate", str(source), "-o", name], lambda n=n: crash_at(n), slow=False))
            if code == 1:
                check(name, source)
                break
            assert code == 9, (name, n, code, Path("said").read_text())
            code = ended(start(["annotate", str(source), "-o", name, "--resume"], slow=False))
            assert code == 1, (name, n, code, Path("said").read_text())
            check(name, source)
            points += 1
    print(f"{points} points")


def crash_at(n: int) -> None:
    """End this process at the n-th write, sync, renaming or removal, before or after it."""
    calls = iter(range(1 << 30))

    def wrap(owner: Any, function: str) -> None:
        original = getattr(owner, function)

        def wrapped(*arguments: Any, **more: Any) -> Any:
            if next(calls) == n:
                os._exit(9)
            result = original(*arguments, **more)
            if next(calls) == n:
                os._exit(9)
            return result

        setattr(owner, function, wrapped)

    for owner, function in ((os, "fsync"), (os, "replace"), (os, "truncate"), (Path, "unlink")):
        wrap(owner, function)


def full_disk(source: Path) -> None:
    """Files may not grow beyond a limit: a clear message, a valid part, and the run goes on when there is room."""
    for limit in (3_000, 9_000, 20_000):
        pid = start(["annotate", str(source), "-o", "o.jsonl"],
                    lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)), slow=False)
        assert ended(pid) == 3, Path("said").read_text()
        said = Path("said").read_text()
        assert "o.jsonl.part: cannot be written: File too large; make room, then go on with --resume" in said, said
        assert "Traceback" not in said
        for part in Path().glob("o.jsonl*.part"):
            for line in part.read_text(encoding="utf-8").splitlines():
                json.loads(line)
        assert ended(start(["annotate", str(source), "-o", "o.jsonl", "--resume"], slow=False)) == 1
        check("o.jsonl", source)
    print("ok")


def signals(source: Path) -> None:
    """Ctrl-C and SIGTERM: a message, exit codes 130 and 143, and the run goes on."""
    for number, code, word in ((signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")):
        pid = start(["annotate", str(source), "-o", "o.jsonl"],
                    lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        while not Path("o.jsonl.journal").exists() or Path("o.jsonl.journal").read_bytes().count(b"\n") < 3:
            time.sleep(0.005)
        os.kill(pid, number)
        found, said = ended(pid), Path("said").read_text()
        assert found == code, (found, said)
        assert f"ausblick: {word}" in said, said
        assert "are kept in o.jsonl.part; --resume goes on from there" in said, said
        assert "Traceback" not in said, said
        assert not Path("o.jsonl").exists()
        assert ended(start(["annotate", str(source), "-o", "o.jsonl", "--resume"], slow=False)) == 1
        check("o.jsonl", source)
    print("ok")


if __name__ == "__main__":
    feed.CHUNK_RECORDS = 7
    os.chdir(sys.argv[2])
    globals()[sys.argv[1]](make_input(Path()))
