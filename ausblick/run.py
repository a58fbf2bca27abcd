"""`ausblick annotate`: inputs through an engine into an output, safe against every kind of interruption."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from ausblick.engines.local import Chunk, Engine, InThread, Processes
from ausblick.engines.work import Done, Failed, Load, Work
from ausblick.errors import (
    EXIT_BAD_RECORDS,
    EXIT_CLOSED_PIPE,
    EXIT_INTERRUPTED,
    EXIT_STOPPED,
    EXIT_TERMINATED,
    UserError,
)
from ausblick.feed import Feed, fingerprint
from ausblick.inputs import BadRecord, Columns, Located
from ausblick.inputs.sources import check_inputs, total_bytes
from ausblick.outputs import check_output, errors_name, finish, result_names
from ausblick.outputs.spool import Counts, Spool
from ausblick.progress import Reporter

STDOUT = "-"


@dataclass(frozen=True)
class Job:
    """One run of `ausblick annotate`."""

    inputs: tuple[str, ...]
    output: str
    """A path, or `-` for JSON Lines on stdout."""
    workers: int = 1
    resume: bool = False
    strict: bool = False
    format: str | None = None
    flat: bool = False
    columns: Columns = field(default_factory=Columns)
    identity: dict[str, Any] = field(default_factory=dict)
    """What else must be the same for --resume: version, bundle, minimal score."""


class _Terminated(BaseException):
    """SIGTERM, raised where the program stands."""


class _Stdout:
    """JSON Lines on stdout, in the place of a spool."""

    def __init__(self) -> None:
        self.counts = Counts()

    def add(self, lines: list[str], bad: list[BadRecord]) -> None:
        if lines:
            sys.stdout.buffer.write(("\n".join(lines) + "\n").encode("utf-8"))
            sys.stdout.buffer.flush()

    def kept(self) -> str:
        return ""


def run(job: Job, load: Load, reporter: Reporter) -> Counts:
    """Annotate everything; returns the counts of the complete run.

    Raises UserError with its exit code when the run stops early; what is done by then is kept for `resume`.
    """
    began = time.monotonic()
    check_inputs(job.inputs, job.format)
    if job.output == STDOUT:
        sink = _Stdout()
        _annotate(job, sink, load, reporter)
        _last_words(sink.counts, began, "stdout", None, reporter)
        return sink.counts
    out, kind = Path(job.output), check_output(job.output)
    facts = {**job.identity, **fingerprint(job.inputs, job.columns, job.format), "--flat": job.flat}
    with _open(out, facts, job.resume) as spool:
        if spool.counts.complete:
            reporter.note(f"{out}: all records were annotated already")
        elif spool.counts.records:
            reporter.note(f"{out}: going on after {spool.counts.records:,} records, {spool.counts.articles:,} articles")
        if not spool.counts.complete:
            _annotate(job, spool, load, reporter)
            with _writing(out, spool):
                spool.complete()
        if not spool.placed:
            with _writing(out, spool):
                for note in finish(out, kind, spool.counts, job.flat):
                    reporter.note(note)
        spool.remove_journal()
    _last_words(spool.counts, began, ", ".join(map(str, result_names(out, job.flat))), errors_name(out), reporter)
    return spool.counts


def _open(out: Path, facts: dict[str, Any], resume: bool) -> Spool:
    if out.is_dir():
        raise UserError(f"-o {out}: is a folder; name a file in it")
    try:
        return Spool.open(out, facts, resume)
    except OSError as error:
        raise UserError(f"-o {out}: cannot be written: {error.strerror or error}") from error


def _annotate(job: Job, sink: Spool | _Stdout, load: Load, reporter: Reporter) -> None:
    """Read, annotate and write. However it ends early, the message says what is kept."""
    feed = Feed(job.inputs, job.columns, job.format, job.strict)
    engine: Engine | None = None
    try:
        with _terminable():
            total = total_bytes(job.inputs, job.format) if reporter.wants_total else None
            reporter.start(total, feed.meter, sink.counts)
            feed.skip(sink.counts)
            engine = Processes(load, job.workers) if job.workers > 1 else InThread(load)
            said: set[str] = set()
            for chunk, work in engine.map(feed.chunks()):
                if work.note and work.note not in said:  # each worker says it
                    said.add(work.note)
                    reporter.note(work.note)
                _write(chunk, work, sink, job.strict, feed, reporter)
                reporter.update(sink.counts)
    except KeyboardInterrupt:
        _stop("interrupted", EXIT_INTERRUPTED, sink)
    except _Terminated:
        _stop("terminated", EXIT_TERMINATED, sink)
    except UserError as error:
        _stop(str(error), error.code, sink)
    finally:
        reporter.stop()
        if engine is not None:
            engine.close()
    if feed.repeated:
        reporter.note(f"{sink.counts.repeated:,} articles have the id of an earlier one (first: "
                      f"{', '.join(feed.repeated)}); all are in the output")


def _stop(message: str, code: int, sink: Spool | _Stdout) -> NoReturn:
    kept = sink.kept()
    raise UserError(f"{message}\n{kept}" if kept else message, code) from None


def _write(chunk: Chunk, work: Work, sink: Spool | _Stdout, strict: bool, feed: Feed, reporter: Reporter) -> None:
    """Count and write a chunk with its outcomes; with `strict` only what comes before the first bad record."""
    counts = sink.counts
    lines: list[str] = []
    bad: list[BadRecord] = []
    outcomes = iter(work.outcomes)
    stopped: BadRecord | None = None
    repeated = feed.count_repeated(chunk)
    for item in chunk:
        outcome = item if isinstance(item, BadRecord) else _outcome(item, next(outcomes))
        if isinstance(outcome, BadRecord):
            if strict:
                stopped = outcome
                break
            bad.append(outcome)
            reporter.bad(outcome)
        else:
            lines.append(outcome.line)
            counts.sentences += outcome.sentences
            counts.entities += outcome.entities
            if outcome.empty:
                counts.empty += 1
                if counts.empty <= 3:
                    reporter.note(f"{item.place}: the text is empty; its article has no sentences")
        counts.records += 1
        counts.last = item.place
    counts.articles += len(lines)
    counts.bad += len(bad)
    counts.cut += work.cut
    counts.repeated += repeated
    with _writing(None, sink):
        sink.add(lines, bad)
    if stopped is not None:
        raise UserError(f"{stopped.place}: {stopped.reason}\nstopped by --strict", EXIT_BAD_RECORDS)


def _outcome(item: Located, outcome: Done | Failed) -> Done | BadRecord:
    if isinstance(outcome, Done):
        return outcome
    return BadRecord(item.file, item.line, outcome.reason, item.record.text)


@contextlib.contextmanager
def _writing(out: Path | None, sink: Spool | _Stdout) -> Iterator[None]:
    """Turn what can go wrong while writing into a message."""
    try:
        yield
    except BrokenPipeError:
        # What is left in the buffer would be flushed at exit and fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        message = f"stdout was closed by its reader after {sink.counts.articles:,} articles"
        raise UserError(message, EXIT_CLOSED_PIPE) from None
    except OSError as error:
        name = out or (sink.part if isinstance(sink, Spool) else "stdout")
        what_next = "; make room, then go on with --resume" if isinstance(sink, Spool) else ""
        raise UserError(f"{name}: cannot be written: {error.strerror or error}{what_next}", EXIT_STOPPED) from error


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends the run as Ctrl-C does, with its parts in order."""
    def handler(number: int, frame: FrameType | None) -> None:
        raise _Terminated

    try:
        before = signal.signal(signal.SIGTERM, handler)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _last_words(counts: Counts, began: float, names: str, errors: Path | None, reporter: Reporter) -> None:
    seconds = time.monotonic() - began
    if counts.cut:
        reporter.note(f"{counts.cut:,} sentences are longer than a window and were read in pieces")
    if counts.empty > 3:
        reporter.note(f"{counts.empty:,} texts are empty")
    where = f" ({errors})" if errors and counts.bad else ""
    text = (f"{names}: {counts.articles:,} articles, {counts.sentences:,} sentences, {counts.entities:,} mentions; "
            f"{counts.bad:,} bad records{where}; {seconds:.1f} s")
    shown = ("articles", "sentences", "entities", "bad", "empty", "cut", "repeated")
    reporter.end(text, output=names, seconds=round(seconds, 3), **{name: getattr(counts, name) for name in shown})
