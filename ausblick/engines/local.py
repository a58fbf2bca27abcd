"""One machine: the network in a thread beside reading and writing, or in several worker processes.

Both engines take chunks and give them back in the same order, each with its outcomes, and hold a bounded number of
them. Worker processes are started afresh (spawn), each loads its own reader, and none has more than two chunks.
"""

from __future__ import annotations

import contextlib
import multiprocessing as mp
import os
import queue
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from ausblick.engines.work import Failed, Load, Work, annotate
from ausblick.errors import EXIT_STOPPED, UserError
from ausblick.inputs import BadRecord, Located
from ausblick.records import Record

Chunk = list[Located | BadRecord]
PER_WORKER = 2
"""Chunks that a worker holds: the one at hand and the next, so that it never waits."""
MAX_DEATHS = 20
"""A run that loses more workers than this has another trouble than its articles."""


class Engine(Protocol):
    """Annotates chunks in order."""

    def map(self, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, Work]]: ...

    def close(self) -> None: ...


def records_of(chunk: Chunk) -> list[Record]:
    """The records of a chunk that can be annotated."""
    return [item.record for item in chunk if isinstance(item, Located)]


class InThread:
    """The reader in one thread; the caller reads the next chunk and writes the one before meanwhile."""

    def __init__(self, load: Load) -> None:
        self.reader = load()
        self.thread = ThreadPoolExecutor(1, "ausblick")

    def map(self, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, Work]]:
        running: deque[tuple[Chunk, Future[Work]]] = deque()
        for chunk in chunks:
            running.append((chunk, self.thread.submit(annotate, self.reader, records_of(chunk))))
            if len(running) > PER_WORKER:
                yield _result(running)
        while running:
            yield _result(running)

    def close(self) -> None:
        self.thread.shutdown(wait=False, cancel_futures=True)


def _result(running: deque[tuple[Chunk, Future[Work]]]) -> tuple[Chunk, Work]:
    chunk, future = running.popleft()
    return chunk, future.result()


@dataclass(slots=True)
class _Task:
    """A chunk on its way to one worker."""

    chunk: Chunk
    records: list[Record]
    work: Work | None = None
    """The outcomes, when all are there."""
    single: Work | None = None
    """After a death the records go one by one; these are through."""
    sent: bool = False


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    tasks: deque[_Task] = field(default_factory=deque)
    """In the order they were sent. While the first goes one by one, the others wait on our side."""
    ready: bool = False


class Processes:
    """`count` worker processes. One that dies is replaced; the article that killed it is reported and left out."""

    def __init__(self, load: Load, count: int) -> None:
        self.load = load
        self.context = mp.get_context("spawn")
        self.deaths = 0
        self.workers = [self._start() for _ in range(count)]

    def _start(self) -> _Worker:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=_serve, args=(theirs, self.load), daemon=True)
        with _interrupts_ignored():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def map(self, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, Work]]:
        pending: deque[_Task] = deque()
        bound = len(self.workers) * PER_WORKER * 2
        more = True
        while more or pending:
            while more and len(pending) < bound and (worker := self._free()):
                chunk = next(chunks, None)
                if chunk is None:
                    more = False
                else:
                    pending.append(self._submit(worker, chunk))
            while pending and (work := pending[0].work) is not None:
                yield pending.popleft().chunk, work
            if pending and not (more and len(pending) < bound and self._free()):
                self._collect()

    def _free(self) -> _Worker | None:
        """The worker with the least to do, if it may get more."""
        worker = min(self.workers, key=lambda w: len(w.tasks))
        return worker if len(worker.tasks) < PER_WORKER else None

    def _submit(self, worker: _Worker, chunk: Chunk) -> _Task:
        task = _Task(chunk, records_of(chunk))
        if not task.records:
            task.work = Work()
        else:
            worker.tasks.append(task)
            if worker.tasks[0].single is None:
                _advance(worker)
        return task

    def _collect(self) -> None:
        """Wait for answers; a pipe at its end is a dead worker."""
        by_pipe: dict[Any, _Worker] = {w.pipe: w for w in self.workers if w.tasks}
        for pipe in wait(list(by_pipe)):
            worker = by_pipe[pipe]
            try:
                answer = worker.pipe.recv()
            except (EOFError, OSError):
                self._revive(worker)
                continue
            if isinstance(answer, UserError):
                raise answer
            if answer is None:
                worker.ready = True
            else:
                _take(worker, answer)

    def _revive(self, worker: _Worker) -> None:
        """Replace a dead worker in place, and give it the chunk at hand again, article by article."""
        worker.process.join()
        cause = _cause(worker.process.exitcode)
        self.deaths += 1
        if self.deaths > MAX_DEATHS or not worker.ready:
            when = f"{self.deaths} of them so far" if worker.ready else "before it had loaded its bundle"
            raise UserError(f"a worker process died with {cause}, {when}; check the memory, or run with --workers 1 "
                            "to see the error", EXIT_STOPPED)
        worker.pipe.close()
        fresh = self._start()
        worker.process, worker.pipe, worker.ready = fresh.process, fresh.pipe, False
        for task in worker.tasks:
            task.sent = False
        head = worker.tasks[0]
        if head.single is None:
            head.single = Work()
        else:
            record = head.records[len(head.single.outcomes)]
            head.single.outcomes.append(Failed(f"article {record.id!r}: its worker process died with {cause}"))
        _advance(worker)

    def close(self) -> None:
        for worker in self.workers:
            worker.pipe.close()
        for worker in self.workers:
            worker.process.join(0.2)
            if worker.process.is_alive():
                worker.process.terminate()
                worker.process.join()


def _take(worker: _Worker, answer: Work) -> None:
    head = worker.tasks[0]
    if head.single is None:
        head.work = answer
        worker.tasks.popleft()
        return
    head.single.outcomes += answer.outcomes
    head.single.cut += answer.cut
    head.single.note = answer.note
    _advance(worker)


def _advance(worker: _Worker) -> None:
    """Send what is to be sent next."""
    head = worker.tasks[0]
    if head.single is not None and len(head.single.outcomes) == len(head.records):
        head.work = head.single
        worker.tasks.popleft()
        if not worker.tasks:
            return
        head = worker.tasks[0]
    if head.single is not None:
        _send(worker, [head.records[len(head.single.outcomes)]])
        return
    for task in worker.tasks:
        if not task.sent:
            task.sent = True
            _send(worker, task.records)


def _send(worker: _Worker, records: Sequence[Record]) -> None:
    with contextlib.suppress(OSError):  # it died: `_collect` finds its pipe at its end
        worker.pipe.send(records)


def _cause(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return f"{name} (out of memory?)" if name == "SIGKILL" else name
    return f"exit code {code}"


@contextlib.contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Ctrl-C reaches the whole group of processes; a worker that is started in here leaves it to us."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _serve(pipe: Connection, load: Load) -> None:
    """A worker: load a reader, answer every chunk with its Work, end when the pipe closes."""
    try:
        reader = load()
    except UserError as error:
        pipe.send(error)
        return
    pipe.send(None)
    inbox: queue.Queue[list[Record]] = queue.Queue()
    threading.Thread(target=_receive, args=(pipe, inbox), daemon=True).start()
    while True:
        pipe.send(annotate(reader, inbox.get()))


def _receive(pipe: Connection, inbox: queue.Queue[list[Record]]) -> None:
    """Take chunks off the pipe at once, so that neither side ever waits for the other to read."""
    while True:
        try:
            inbox.put(pipe.recv())
        except (EOFError, OSError):
            os._exit(0)  # the parent is gone or done
