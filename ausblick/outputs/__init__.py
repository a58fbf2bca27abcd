"""Outputs: JSON Lines, HTML, Parquet; written under temporary names until complete."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ausblick.errors import UserError
from ausblick.outputs.spool import Counts, packer, part_names
from ausblick.schema import Article

SUFFIXES = {".jsonl": "jsonl", ".jsonl.gz": "jsonl", ".jsonl.zst": "jsonl", ".html": "html", ".parquet": "parquet"}


def output_kind(name: str) -> str:
    """`jsonl`, `html` or `parquet`; raises UserError for any other suffix."""
    for suffix, kind in SUFFIXES.items():
        if name.lower().endswith(suffix):
            return kind
    known = ", ".join(SUFFIXES)
    raise UserError(f"-o {name}: unknown output format; expected a name that ends in {known}, or - for stdout")


def check_output(name: str) -> str:
    """The kind of an output; raises UserError for an unknown suffix or a package that is missing, before any work."""
    kind = output_kind(name)
    packer(name)
    if kind == "parquet":
        from ausblick.outputs.tables import arrow

        arrow()
    return kind


def errors_name(out: Path) -> Path:
    """Where the records go that could not be read."""
    return out.with_name(out.name + ".errors.jsonl")


def result_names(out: Path, flat: bool) -> list[Path]:
    """The files that a complete run leaves, without the errors."""
    if not flat:
        return [out]
    return [out.with_suffix(".mentions.parquet"), out.with_suffix(".sentences.parquet")]


def read_spool(part: Path) -> Iterator[Article]:
    """The articles of a spool."""
    import json

    with part.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield Article.from_json(json.loads(line))


def finish(out: Path, kind: str, counts: Counts, flat: bool = False) -> list[str]:
    """Turn the complete spool of `out` into its final form; returns notes for the user.

    May be run again after a crash at any point: every file appears at once and under its final name only when it is
    whole, and the spool goes last.
    """
    part, errors_part, _ = part_names(out)
    if errors_part.exists():
        if counts.bad:
            os.replace(errors_part, errors_name(out))
        else:
            errors_part.unlink()
            errors_name(out).unlink(missing_ok=True)  # of an earlier run: this one had none
    if kind == "jsonl":
        os.replace(part, out)
        return []
    notes: list[str] = []
    if kind == "html":
        from ausblick.html import write_page

        temporary = out.with_name(out.name + ".tmp")
        write_page(lambda: read_spool(part), temporary)
        os.replace(temporary, out)
    else:
        from ausblick.outputs.tables import write_tables

        notes = write_tables(part, result_names(out, flat))
    part.unlink()
    return notes
