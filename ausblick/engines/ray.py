"""Many machines: the same reading and the same annotating as Ray Data operators (`ausblick[ray]`).

    files → read tasks (this package's own reading of every format) → `Annotator` actors → Parquet files

Ray distributes, retries and bounds the memory; nothing of our own stands in between. Inputs are local paths (which
every node must see) or what pyarrow reads: s3://, gs://, hdfs://. A read task takes whole files, so an archive should
come in more files than there are workers. The output is a folder of Parquet files with the columns of the local
Parquet output and three more: `file` and `line`, which give the order, and `error`, which holds the reason in the rows
of bad records and null in all others.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import ray
from ray.data.datasource import FileBasedDatasource

from ausblick.engines.work import Failed, Load, ReaderLike, annotate, network_note
from ausblick.errors import UserError
from ausblick.inputs import BadRecord, Columns, Located, read_file
from ausblick.inputs.sources import Source, find_sources, format_of
from ausblick.outputs.tables import Amounts, nested_row, nested_schema
from ausblick.records import Record

BATCH_ROWS = 256
BLOCK_ROWS = 2048
"""Records that a read task hands on at a time."""
TRANSIT = pa.schema([("file", pa.string()), ("line", pa.int64()), ("id", pa.string()), ("text", pa.string()),
                     ("sentences", pa.string()), ("meta", pa.string()), ("error", pa.string())])
"""What goes from reading to annotating: a record, or the reason why there is none, with its raw form as the text."""


def result_schema() -> Any:
    """The columns of the output."""
    more = [pa.field("file", pa.string()), pa.field("line", pa.int64()), pa.field("error", pa.string())]
    return pa.schema([*nested_schema(), *more])


class Articles(FileBasedDatasource):
    """Files of any of our formats as rows of TRANSIT."""

    def __init__(self, paths: list[str], names: dict[str, str], columns: Columns, forced: str | None) -> None:
        super().__init__(paths)
        self.names, self.columns, self.forced = names, columns, forced

    def _open_input_source(self, filesystem: Any, path: str, **open_args: Any) -> Any:
        if (self.forced or format_of(path)) == "parquet":
            return filesystem.open_input_file(path)
        return filesystem.open_input_stream(path, compression=None)

    def _read_stream(self, f: Any, path: str) -> Iterator[Any]:
        import io

        name = self.names.get(path, path)
        source = Source(name, self.forced or format_of(path) or "txt")
        stream = f if source.format == "parquet" else io.BufferedReader(f, 1 << 16)
        rows: list[dict[str, Any]] = []
        for item in read_file(stream, source, self.columns):
            rows.append(transit_row(item))
            if len(rows) == BLOCK_ROWS:
                yield pa.Table.from_pylist(rows, TRANSIT)
                rows = []
        if rows:
            yield pa.Table.from_pylist(rows, TRANSIT)


def transit_row(item: Located | BadRecord) -> dict[str, Any]:
    """A record, or a bad one, as a row of TRANSIT."""
    if isinstance(item, BadRecord):
        form = item.to_json()
        raw = form.get("raw", form.get("raw_base64"))
        return {"file": form["file"], "line": item.line, "text": raw, "error": form["reason"]}
    record = item.record
    return {"file": item.file, "line": item.line, "id": record.id, "text": record.text,
            "sentences": json.dumps(record.sentences) if record.sentences is not None else None,
            "meta": json.dumps(dict(record.meta), ensure_ascii=False) if record.meta else None}


def record_of(row: dict[str, Any]) -> Record:
    """The record in a row of TRANSIT."""
    spans = json.loads(row["sentences"]) if row["sentences"] is not None else None
    return Record(row["id"], row["text"], spans and tuple((start, end) for start, end in spans),
                  json.loads(row["meta"]) if row["meta"] is not None else {})


class Annotator:
    """A worker: loads its reader once, then turns batches of TRANSIT into rows of the output."""

    def __init__(self, load: Load) -> None:
        self.reader: ReaderLike = load()

    def __call__(self, batch: Any) -> Any:
        rows = batch.to_pylist()
        good = [row for row in rows if row["error"] is None]
        outcomes = iter(annotate(self.reader, [record_of(row) for row in good]).outcomes)
        amounts = Amounts()
        out = []
        for row in rows:
            place = {"file": row["file"], "line": row["line"]}
            if row["error"] is not None:
                out.append({**place, "text": row["text"], "error": row["error"]})
                continue
            outcome = next(outcomes)
            if isinstance(outcome, Failed):
                out.append({**place, "id": row["id"], "text": row["text"], "error": outcome.reason})
            else:
                out.append({**place, **nested_row(json.loads(outcome.line), amounts)})
        return pa.Table.from_pylist(out, result_schema())


@dataclass(frozen=True)
class RayCounts:
    """What a run on Ray has written."""

    articles: int
    bad: int
    missing: tuple[BadRecord, ...]
    """Inputs that are not there."""
    note: str = ""
    """What the network of a worker has to say about where it runs."""


def probe(load: Load) -> str:
    """Load a reader as a worker does; returns what its network has to say about where it runs."""
    return network_note(load())


def first_worker(load: Load) -> str:
    """`probe` on the cluster, before the run: a bundle that no worker can load is a message, not a stack of retries.

    Raises UserError for such a bundle.
    """
    try:
        note: str = ray.get(ray.remote(num_cpus=1)(probe).remote(load))
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, UserError):
            raise error.cause from error
        raise
    return note


def dataset(paths: list[str], names: dict[str, str], columns: Columns, forced: str | None, load: Load,
            workers: int) -> Any:
    """The Ray dataset of annotated rows, in the order of the input; nothing runs until it is consumed."""
    ray.data.DataContext.get_current().execution_options.preserve_order = True
    rows = ray.data.read_datasource(Articles(paths, names, columns, forced))
    return rows.map_batches(Annotator, fn_constructor_args=(load,), batch_size=BATCH_ROWS, batch_format="pyarrow",
                            concurrency=workers, num_cpus=1)


def run_ray(inputs: tuple[str, ...], output: str, columns: Columns, forced: str | None, load: Load,
            workers: int | None = None) -> RayCounts:
    """Annotate `inputs` into Parquet files under the folder or URL `output`, on the cluster at RAY_ADDRESS or here.

    workers: annotating actors; None takes the whole cluster.
    Raises UserError when `output` is not empty, or nothing is there to read.
    """
    if "://" not in output and os.path.isdir(output) and os.listdir(output):
        raise UserError(f"-o {output}: the folder is not empty; name a new one, so that no two runs mix")
    output = output if "://" in output else os.path.abspath(output)  # workers have folders of their own
    names, missing = {}, []
    paths = [name for name in inputs if "://" in name]
    for source in find_sources([name for name in inputs if "://" not in name], forced):
        if source.problem is not None:
            missing.append(BadRecord(source.name, None, source.problem))
        else:
            names[os.path.abspath(source.name)] = source.name
    paths += names
    if not paths:
        raise UserError("\n".join(f"{record.file}: {record.reason}" for record in missing))
    if not ray.is_initialized():
        ray.init(log_to_driver=False, logging_level=logging.WARNING)
    ray.data.DataContext.get_current().enable_progress_bars = sys.stderr.isatty()
    note = first_worker(load)
    dataset(paths, names, columns, forced, load, workers or cluster_cpus()).write_parquet(output, compression="zstd")
    rows, bad = count_rows(output)
    return RayCounts(rows - bad, bad, tuple(missing), note)


def cluster_cpus() -> int:
    """Actors for a whole cluster: one for each CPU, but one, which reads and writes."""
    resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return max(1, int(resources.get("CPU", 1)) - 1)


def count_rows(output: str) -> tuple[int, int]:
    """How many rows were written, and how many of them are bad records."""
    from pyarrow import dataset as files
    from pyarrow.fs import FileSelector, FileSystem, LocalFileSystem

    system, path = FileSystem.from_uri(output) if "://" in output else (LocalFileSystem(), output)
    found = system.get_file_info(FileSelector(path, allow_not_found=True))
    if not any(info.path.endswith(".parquet") for info in found):
        return 0, 0
    table = files.dataset(path, filesystem=system, format="parquet")
    return table.count_rows(), table.count_rows(filter=files.field("error").is_valid())
