"""A reporter that says nothing, so that no terminal is measured."""

from __future__ import annotations

from typing import Any


class Quiet:
    """Takes everything that a run has to say."""

    wants_total = False

    def start(self, total_bytes: int | None, meter: Any, counts: Any) -> None: ...

    def update(self, counts: Any) -> None: ...

    def bad(self, record: Any) -> None: ...

    def note(self, text: str) -> None: ...

    def end(self, text: str, **facts: Any) -> None: ...

    def stop(self) -> None: ...
