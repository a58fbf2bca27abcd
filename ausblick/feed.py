"""The input as chunks, from where a run stands."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from ausblick.engines.local import Chunk
from ausblick.errors import UserError
from ausblick.ids import SeenIds
from ausblick.inputs import BadRecord, Columns, Located, ReadMeter, read_inputs
from ausblick.inputs.sources import STDIN_NAME, find_sources
from ausblick.outputs.spool import Counts

CHUNK_RECORDS = 256
CHUNK_CHARS = 200_000
"""A chunk is as many records as fit: what a worker gets at once, and what is done again after a kill."""


class Feed:
    """The records of the inputs, in order, in chunks."""

    def __init__(self, inputs: Sequence[str], columns: Columns, forced: str | None, strict: bool) -> None:
        self.meter = ReadMeter()
        self.strict = strict
        """End after the first record that is bad."""
        self.items = read_inputs(inputs, columns, forced, self.meter)
        self.ids = SeenIds()
        self.repeated: list[str] = []
        """Places of the first articles whose id an earlier one has."""

    def skip(self, counts: Counts) -> None:
        """Pass over what an earlier run has done. Raises UserError when the input is not what it was."""
        place = ""
        for taken in range(counts.records):
            item = next(self.items, None)
            if item is None:
                raise UserError(f"--resume: the input ends after {taken:,} records, but {counts.records:,} were "
                                "annotated; it was changed. Start again without --resume")
            place = item.place
            self._is_repeated(item)
        if place != counts.last:
            raise UserError(f"--resume: record {counts.records:,} was at {counts.last!r}, now it is at {place!r}; the "
                            "input was changed. Start again without --resume")
        self.repeated = []

    def chunks(self) -> Iterator[Chunk]:
        """The records that are left, several at a time; the borders depend on the records alone."""
        chunk: Chunk = []
        size = 0
        for item in self.items:
            chunk.append(item)
            size += len(item.record.text) if isinstance(item, Located) else 0
            if self.strict and isinstance(item, BadRecord):
                break
            if len(chunk) >= CHUNK_RECORDS or size >= CHUNK_CHARS:
                yield chunk
                chunk, size = [], 0
        if chunk:
            yield chunk

    def count_repeated(self, chunk: Chunk) -> int:
        """How many articles of a chunk have the id of an earlier one."""
        again = [item.place for item in chunk if self._is_repeated(item)]
        self.repeated += again[: 3 - len(self.repeated)] if len(self.repeated) < 3 else []
        return len(again)

    def _is_repeated(self, item: Located | BadRecord) -> bool:
        return isinstance(item, Located) and not self.ids.add(item.record.id)


def fingerprint(inputs: Sequence[str], columns: Columns, forced: str | None) -> dict[str, Any]:
    """What must be the same for a run to go on: the names, sizes and times of all files, and how they are read."""
    digest, files = hashlib.sha256(), 0
    for source in find_sources(inputs, forced):
        line = f"{source.name}\0{source.format}\0{source.problem}"
        if source.problem is None and source.name != STDIN_NAME:
            with suppress(OSError):  # reading it will tell
                status = os.stat(source.name)
                line += f"\0{status.st_size}\0{status.st_mtime_ns}"
        digest.update(line.encode("utf-8", "surrogateescape") + b"\n")
        files += 1
    return {"inputs": list(inputs), "number of files": files,
            "names, sizes and times of the files": digest.hexdigest()[:16], "--format": forced,
            "--text-column": columns.text, "--id-column": columns.id, "--max-chars": columns.max_chars}
