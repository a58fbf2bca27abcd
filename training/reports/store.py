"""`report.json` as text: stable, short numbers, small enough to be kept in a repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from training.reports.build import FORMAT
from training.reports.cases import Case, ReportError, case_from_json

WIDTH = 140


def dumps(report: dict[str, Any]) -> str:
    """JSON with an indent where a value does not fit on one line; numbers to six digits."""
    return _pretty(_rounded(report), 0) + "\n"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else value


def _pretty(value: Any, depth: int) -> str:
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(flat) + depth <= WIDTH or not isinstance(value, dict | list):
        return flat
    pad = " " * (depth + 1)
    if isinstance(value, dict):
        rows = [
            f"{pad}{json.dumps(key, ensure_ascii=False)}: {_pretty(inner, depth + 1)}" for key, inner in value.items()
        ]
        return "{\n" + ",\n".join(rows) + "\n" + " " * depth + "}"
    return "[\n" + ",\n".join(pad + _pretty(inner, depth + 1) for inner in value) + "\n" + " " * depth + "]"


def load_report(path: Path) -> dict[str, Any]:
    """Read `report.json`, given itself or its folder.

    Raises ReportError for another format or a file that is no report, OSError when it is missing.
    """
    file = path / "report.json" if path.is_dir() else path
    try:
        report = json.loads(file.read_text(encoding="utf8"))
    except ValueError as error:
        raise ReportError(f"{file}: not valid JSON: {error}") from error
    found = report.get("format") if isinstance(report, dict) else None
    if found != FORMAT:
        raise ReportError(
            f"{file}: format: got {found!r}, expected {FORMAT}; make it again with `python -m training evaluate`"
        )
    return dict(report)


def load_cases(folder: Path) -> list[Case]:
    """Read `documents.jsonl` of a report's folder; raises ReportError naming the line that cannot be read."""
    file = folder / "documents.jsonl"
    out: list[Case] = []
    with file.open(encoding="utf8") as lines:
        for number, row in enumerate(lines, 1):
            try:
                out.append(case_from_json(json.loads(row)))
            except (ValueError, KeyError, TypeError, IndexError) as error:
                raise ReportError(
                    f"{file}:{number}: not a document of a report: {error!r}; make the report again"
                ) from error
    return out
