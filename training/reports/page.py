"""`report.html`: one file with pictures, tables and errors inside; its script only filters, it can be read without."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from training.reports.charts import charts
from training.reports.markdown import facts, title
from training.reports.mistakes import CAUSES, Mistake
from training.reports.more_tables import sections
from training.reports.pictures import Picture, pictures
from training.reports.tables import Table

HERE = Path(__file__).parent


def render(report: Mapping[str, Any], worst: Sequence[Mistake]) -> str:
    """The page, with the text of the mistakes `worst`."""
    drawn = [*pictures(report), *charts(report)]
    names = list(sections(report))
    body = [
        f"<h1>{escape(title(report))}</h1>",
        "<ul class='facts'>",
        *(f"<li>{escape(fact)}</li>" for fact in facts(report)),
        "</ul>",
        "<nav>",
        *(f"<a href='#{name.lower()}'>{name}</a>" for name in names),
        "</nav>",
    ]
    for name, tables in sections(report).items():
        body += [f"<section id='{name.lower()}'>", f"<h2>{name}</h2>"]
        if shown := [picture for picture in drawn if picture.section == name]:
            body += ["<div class='pictures'>", *map(picture_html, shown), "</div>"]
        body += [table_html(table) for table in tables]
        if name == "Errors":
            body += [controls(worst), *causes(report, worst)]
        body.append("</section>")
    style, script = ((HERE / name).read_text(encoding="utf8") for name in ("page.css", "page.js"))
    return (
        "<!doctype html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        f"<title>{escape(title(report))}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + f"\n</main>\n<script>\n{script}</script>\n</body>\n</html>\n"
    )


def picture_html(picture: Picture) -> str:
    """A picture inside the page."""
    data = base64.b64encode(picture.svg.encode()).decode("ascii")
    return (
        f"<figure><img alt='{escape(picture.alt, quote=True)}' src='data:image/svg+xml;base64,{data}'>"
        f"<figcaption>{escape(picture.caption)}</figcaption></figure>"
    )


def table_html(table: Table) -> str:
    """A table that scrolls sideways on its own; details are folded away."""
    head = "".join(f"<th scope='col'{_kind(i, table)}>{escape(cell)}</th>" for i, cell in enumerate(table.head))
    rows = []
    previous = ""
    grouped = len({row[0] for row in table.rows}) < len(table.rows)
    for row in table.rows:
        starts = " class='group'" if grouped and row[0] != previous else ""
        previous = row[0]
        cells = "".join(_cell(i, cell, table) for i, cell in enumerate(row))
        rows.append(f"<tr{starts}>{cells}</tr>")
    grid = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    grid = f"<div class='scroll' tabindex='0'>{grid}</div>"
    note = f"<p class='note'>{escape(table.note)}</p>" if table.note else ""
    if table.fold:
        return f"<details><summary>{escape(table.title)}</summary>{note}{grid}</details>"
    return f"<h3>{escape(table.title)}</h3>{note}{grid}"


def _kind(column: int, table: Table) -> str:
    return "" if column < table.names else " class='number'"


def _cell(column: int, cell: str, table: Table) -> str:
    if column == 0:
        return f"<th scope='row'>{escape(cell)}</th>"
    value, bracket, rest = cell.partition(" (")
    if column >= table.names and bracket:
        return f"<td class='number'>{escape(value)} <small>({escape(rest)}</small></td>"
    return f"<td{_kind(column, table)}>{escape(cell)}</td>"


def controls(worst: Sequence[Mistake]) -> str:
    """The filter; hidden until the script runs."""

    def select(name: str, values: Sequence[str]) -> str:
        options = "".join(f"<option>{escape(v)}</option>" for v in values)
        return f"<label>{name} <select data-filter='{name}'><option value=''>all</option>{options}</select></label>"

    corpora = list(dict.fromkeys(m.corpus for m in worst))
    labels = sorted({label for m in worst for label in _labels(m)})
    seen = ["seen", "unseen"] if any(m.seen is not None for m in worst) else []
    fields = [
        select("cause", [c for c in CAUSES if any(m.cause == c for m in worst)]),
        select("corpus", corpora),
        select("label", labels),
        *([select("training", seen)] if seen else []),
        "<label>text <input type='search' data-filter='text'></label>",
    ]
    return f"<form class='filter' hidden>{''.join(fields)}<output></output></form>"


def _labels(mistake: Mistake) -> list[str]:
    known = [mistake.gold, mistake.found] if not mistake.cause.startswith("value") else []
    return [label for label in known if label]


def causes(report: Mapping[str, Any], worst: Sequence[Mistake]) -> list[str]:
    """The mistakes, one part for each cause."""
    out = []
    if (texts := report["made"]["texts"]) is not None:
        out.append(
            f"<p>This report shows text of {escape(', '.join(texts) or 'no corpus')} only; report.json lists all.</p>"
        )
    for cause, text in CAUSES.items():
        if found := [m for m in worst if m.cause == cause]:
            total = report["errors"]["counts"][cause]
            out.append(
                f"<section class='cause'><h3>{escape(cause.capitalize())}</h3>"
                f"<p class='note'>{escape(text)}: {total} in all, {len(found)} shown, from the corpora in turn; "
                "the most certain first, then the most frequent.</p>"
            )
            out += map(mistake_html, found)
            out.append("</section>")
    return out


def mistake_html(m: Mistake) -> str:
    """One mistake: gold above prediction."""
    facts_ = [
        m.corpus,
        m.id,
        *([f"score {m.score:.2f}"] if m.score is not None else []),
        *([f"{m.times} times"] if m.times > 1 else []),
        *([] if m.seen is None else ["seen" if m.seen else "unseen"]),
    ]
    attributes = {
        "cause": m.cause,
        "corpus": m.corpus,
        "label": " ".join(_labels(m)),
        "training": "" if m.seen is None else "seen" if m.seen else "unseen",
    }
    data = "".join(f" data-{k}='{escape(v, quote=True)}'" for k, v in attributes.items())
    whole = m.cause.startswith("outlook") or m.cause in ("direction turned", "neutral confused")
    sides = []
    for side, label, marks in (("gold", m.gold, m.gold_marks), ("found", m.found, m.found_marks)):
        text = "" if whole and side == "found" else marked(m.shown, marks)
        badge = (
            f"<b class='badge {escape(label)}'>{escape(label)}</b> "
            if label and (whole or m.cause.startswith("value"))
            else ""
        )
        sides.append(
            f"<div class='side'><span class='who'>{'gold' if side == 'gold' else 'predicted'}</span>"
            f"<p lang='de'>{badge}{text}</p></div>"
        )
    return f"<article class='mistake'{data}><header>{escape(' · '.join(facts_))}</header>{''.join(sides)}</article>"


def marked(text: str, marks: Sequence[tuple[int, int, str]]) -> str:
    """The text with its mentions marked; the mistake's own mention is emphasised."""
    out: list[str] = []
    at = 0
    for start, end, label in marks:
        kind, own = label.rstrip("!"), label.endswith("!")
        out.append(escape(text[at:start]))
        out.append(f"<mark class='{kind}{' own' if own else ''}'>{escape(text[start:end])}<i>{kind}</i></mark>")
        at = end
    return "".join(out) + escape(text[at:])
