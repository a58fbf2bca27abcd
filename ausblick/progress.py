"""What a run says while it runs, on stderr: a progress bar, JSON lines, or only what must be said."""

from __future__ import annotations

import json
import sys
import time
from typing import Any, Protocol

from ausblick.inputs import BadRecord, ReadMeter
from ausblick.inputs.checks import printable
from ausblick.outputs.spool import Counts

SHOWN = 5
"""Bad records that are shown one by one."""
EVERY = 10.0
"""Seconds between two progress lines of --log-json."""


class Reporter(Protocol):
    """How a run talks."""

    wants_total: bool
    """Whether it can use the size of the input; for many small files it takes time to know."""

    def start(self, total_bytes: int | None, meter: ReadMeter, counts: Counts) -> None: ...

    def update(self, counts: Counts) -> None: ...

    def bad(self, record: BadRecord) -> None: ...

    def note(self, text: str) -> None: ...

    def end(self, text: str, **facts: Any) -> None: ...

    def stop(self) -> None: ...


class Plain:
    """Messages only: the first bad records, notes, the last line."""

    wants_total = False

    def __init__(self) -> None:
        self.shown = 0

    def start(self, total_bytes: int | None, meter: ReadMeter, counts: Counts) -> None:
        """Nothing to prepare."""

    def update(self, counts: Counts) -> None:
        """Quiet."""

    def bad(self, record: BadRecord) -> None:
        self.shown += 1
        if self.shown <= SHOWN:
            self.note(f"{record.place}: {record.reason}")
        elif self.shown == SHOWN + 1:
            self.note("… further bad records are not shown here")

    def note(self, text: str) -> None:
        self.say(text)

    def end(self, text: str, **facts: Any) -> None:
        self.stop()
        self.say(text)

    def stop(self) -> None:
        """Nothing to take down."""

    def say(self, text: str) -> None:
        print(clean(text), file=sys.stderr, flush=True)


class Bar(Plain):
    """A rich progress bar with articles, articles per second and the time left, judged by the bytes read."""

    wants_total = True

    def start(self, total_bytes: int | None, meter: ReadMeter, counts: Counts) -> None:
        from rich import progress as bars
        from rich.console import Console

        self.meter, self.began, self.before = meter, time.monotonic(), counts.articles
        self.progress = bars.Progress(
            bars.TextColumn("[bold]Ausblick[/bold]"), bars.BarColumn(), bars.TaskProgressColumn(),
            bars.TextColumn("{task.fields[articles]}"), bars.TimeElapsedColumn(), bars.TextColumn("left"),
            bars.TimeRemainingColumn(), console=Console(stderr=True), transient=True)
        self.task = self.progress.add_task("", total=total_bytes or None, articles="reading …")
        self.progress.start()

    def update(self, counts: Counts) -> None:
        rate = (counts.articles - self.before) / max(time.monotonic() - self.began, 1e-6)
        self.progress.update(self.task, completed=self.meter.bytes,
                             articles=f"{counts.articles:,} articles, {rate:,.1f}/s")

    def say(self, text: str) -> None:
        if hasattr(self, "progress") and self.progress.live.is_started:
            self.progress.console.print(clean(text), markup=False, highlight=False, soft_wrap=True)
        else:
            super().say(text)

    def stop(self) -> None:
        if hasattr(self, "progress"):
            self.progress.stop()


class Json:
    """One JSON object a line: start, progress, bad_record, note, end."""

    wants_total = True

    def start(self, total_bytes: int | None, meter: ReadMeter, counts: Counts) -> None:
        self.total, self.meter, self.began, self.said = total_bytes, meter, time.monotonic(), time.monotonic()
        self.before, self.bytes_before = counts.articles, 0
        self.say("start", total_bytes=total_bytes, articles=counts.articles, bad=counts.bad)

    def update(self, counts: Counts) -> None:
        now = time.monotonic()
        if now - self.said < EVERY:
            return
        self.said, seconds, done = now, now - self.began, self.meter.bytes
        left = seconds * (self.total - done) / done if self.total and done else None
        self.say("progress", articles=counts.articles, bad=counts.bad, sentences=counts.sentences,
                 entities=counts.entities, per_second=round((counts.articles - self.before) / seconds, 2),
                 seconds=round(seconds, 1), seconds_left=None if left is None else round(left, 1))

    def bad(self, record: BadRecord) -> None:
        self.say("bad_record", file=record.file, line=record.line, reason=record.reason)

    def note(self, text: str) -> None:
        self.say("note", message=text)

    def end(self, text: str, **facts: Any) -> None:
        self.say("end", message=text, **facts)

    def stop(self) -> None:
        """Nothing to take down."""

    def say(self, event: str, **facts: Any) -> None:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = json.dumps({"time": stamp, "event": event, **facts}, ensure_ascii=False)
        print(printable(line), file=sys.stderr, flush=True)


def make_reporter(log_json: bool) -> Reporter:
    """JSON lines when asked for, a bar on a terminal, otherwise plain messages."""
    if log_json:
        return Json()
    return Bar() if sys.stderr.isatty() else Plain()


def clean(text: str) -> str:
    """Without control characters, which could play tricks on a terminal; line ends stay."""
    return "".join(c if c == "\n" or c.isprintable() or c in "\u00ad\u200b" else "\ufffd" for c in printable(text))
