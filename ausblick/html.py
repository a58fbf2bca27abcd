"""Annotated articles as one self-contained page: no script, no network, readable on a phone and on paper.

Everything that comes from the input is escaped, and the page's own policy forbids scripts and requests besides.
Nothing is told by colour alone: each kind of mention has an underline and a tag of its own, each outlook a sign.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ausblick import __version__
from ausblick.display import (
    SHOWN_OUTLOOKS,
    SIGNS,
    blocks,
    entity_counts,
    entity_value,
    headline,
    outlook_counts,
    percent_text,
    segments,
)
from ausblick.labels import ENTITY_LABELS
from ausblick.schema import Article, Entity, Sentence

NAMES = {"ORG": "organisation", "MONEY": "amount of money", "PERCENT": "percentage"}
TAGS = {"ORG": "ORG", "MONEY": "MONEY", "PERCENT": "PCT"}
OVERVIEW_FROM = 2
"""Pages with at least this many articles start with a list of them."""
MANY = 100
"""Pages with at least this many articles lay out only those in sight."""
LEAD = 160
"""A first line up to this many characters is set as a headline."""
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)), "\ufffd")


def write_page(articles: Callable[[], Iterable[Article]], path: Path) -> None:
    """Write a page; `articles` is called twice, for the overview and for the articles. Holds one article at a time."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(page(articles))


def page(articles: Callable[[], Iterable[Article]]) -> Iterator[str]:
    """The parts of the page, in order."""
    css = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    count = sentences = mentions = 0
    for article in articles():
        count, sentences, mentions = count + 1, sentences + len(article.sentences), mentions + len(article.entities)
    many = ' class="many"' if count >= MANY else ""
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Ausblick: {_plural(count, 'article')}</title>\n<style>\n{css}</style>\n</head>\n<body{many}>\n"
        f"<header>\n<h1>Ausblick<small>{_plural(count, 'article')}, {_plural(sentences, 'sentence')}, "
        f"{_plural(mentions, 'mention')}</small></h1>\n{_legend()}</header>\n"
        # The style sheet follows the switches through :has(), without a script.
        '<p class="switches"><label><input type="checkbox" id="values">Show values in the text</label> '
        '<label><input type="checkbox" id="fade">Fade sentences without an outlook</label></p>\n')
    if count >= OVERVIEW_FROM:
        yield from _overview(articles())
    yield "<main>\n"
    for number, article in enumerate(articles(), 1):
        yield article_html(article, number)
    yield (f"</main>\n<footer>Made by Ausblick {html.escape(__version__)}. Outlooks and mentions are estimates of a "
           "model; the percentages say how sure it is.</footer>\n</body>\n</html>\n")


def safe(text: str) -> str:
    """Text for HTML, in content or in quotes; control characters become visible."""
    return html.escape(text.translate(_CONTROL), quote=True)


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _legend() -> str:
    kinds = "".join(f'<li><mark class="{label}">{NAMES[label]}<span class="tag">{TAGS[label]}</span></mark></li>\n'
                    for label in ENTITY_LABELS)
    outlooks = "".join(f'<li class="{name}">{_sign(name)}{text}</li>\n'
                       for name, text in (("positive", "positive outlook"), ("neutral", "neutral"),
                                          ("negative", "negative"), ("none", "none: nothing about the future")))
    return f'<ul class="legend" aria-label="Legend">\n{kinds}{outlooks}</ul>\n'


def _overview(articles: Iterable[Article]) -> Iterator[str]:
    yield ('<nav class="overview" aria-label="Articles">\n<table>\n<thead><tr><th>Article</th><th>Outlook</th>'
           '<th class="n opt">Sentences</th><th class="n opt">Organisations</th><th class="n opt">Amounts</th></tr>'
           "</thead>\n")
    for number, article in enumerate(articles, 1):
        kinds = entity_counts(article)
        amounts = kinds["MONEY"] + kinds["PERCENT"]
        yield (f'<tr><td><a href="#a{number}" lang="de">{safe(headline(article))}</a></td>'
               f'<td class="mix">{_mix(article)}</td><td class="n opt">{len(article.sentences)}</td>'
               f'<td class="n opt">{kinds["ORG"]}</td><td class="n opt">{amounts}</td></tr>\n')
    yield "</table>\n</nav>\n"


def article_html(article: Article, number: int) -> str:
    """One article: its facts, its text, its mentions as a table."""
    title = article.meta.get("title")
    name = title if isinstance(title, str) and title.strip() else article.id
    parts = [f'<article id="a{number}">\n<h2>{safe(name)}</h2>\n', _facts(article, name)]
    parts.append('<div class="text" lang="de">\n')
    empty = True
    for sentence, first, paragraph in blocks(article):
        parts.append(_sentence(article, sentence, first, paragraph, lead=empty))
        empty = False
    if empty:
        parts.append('<p class="empty" lang="en">The text is empty.</p>\n')
    return "".join((*parts, "</div>\n", _table(article), "</article>\n"))


def _facts(article: Article, name: str) -> str:
    kinds = entity_counts(article)
    facts = [_plural(len(article.sentences), "sentence")]
    facts += [_plural(kinds[label], noun) for label, noun in (("ORG", "organisation"), ("MONEY", "amount"),
                                                              ("PERCENT", "percentage")) if kinds[label]]
    ident = f"<span>{safe(article.id)}</span>" if name != article.id else ""
    return f'<p class="facts">{ident}<span>{" · ".join(facts)}</span>{_mix(article, words=True)}</p>\n'


def _mix(article: Article, words: bool = False) -> str:
    """The distribution of the outlooks as a bar, and in words for those who do not see it."""
    counts = outlook_counts(article)
    if not counts:
        return ""
    names = [name for name in SHOWN_OUTLOOKS if counts[name]]
    said = ", ".join(f"{counts[name]} {name}" for name in names)
    bar = "".join(f'<i class="{name}" style="flex:{counts[name]}"></i>' for name in names)
    shown = "".join(f'<span class="{name}">{_sign(name)}{counts[name]} {name}</span>' for name in names if words)
    return f'<span class="bar" role="img" aria-label="Outlook: {said}" title="{said}">{bar}</span>{shown}'


def _sentence(article: Article, sentence: Sentence, first: int, paragraph: bool, lead: bool) -> str:
    label = sentence.outlook if sentence.outlook in SIGNS else None
    text = "".join(_segment(part, entity) for part, entity in segments(article, sentence, first))
    after = article.text[sentence.end : sentence.end + 2]
    is_lead = lead and sentence.end - sentence.start <= LEAD and "\n" in after
    classes = " ".join(filter(None, ("s", label or "open", "p" if paragraph else "", "lead" if is_lead else "")))
    return f'<div class="{classes}">{_gutter(sentence, label)}<p>{text}</p></div>\n'


def _gutter(sentence: Sentence, label: str | None) -> str:
    if label is None:
        return '<div class="gutter"></div>'
    score = (sentence.scores or {}).get(label)
    all_scores = ", ".join(f"{name} {percent_text(value)}" for name, value in (sentence.scores or {}).items())
    meter = "" if score is None else (f'<span class="score">{percent_text(score)}</span>'
                                      f'<span class="meter"><i style="width:{score * 100:.0f}%"></i></span>')
    return f'<div class="gutter" lang="en" title="{safe(all_scores)}">{_sign(label)}<b>{label}</b>{meter}</div>'


def _sign(outlook: str) -> str:
    return f'<span class="sign" aria-hidden="true">{SIGNS[outlook]}</span>'


def _segment(text: str, entity: Entity | None) -> str:
    if entity is None:
        return safe(text)
    name, tag = NAMES.get(entity.label, safe(entity.label)), TAGS.get(entity.label, safe(entity.label))
    value = safe(entity_value(entity))
    inline = f'<span class="val" lang="en"> → {value}</span>' if value else ""
    score = "" if entity.score is None else f", {percent_text(entity.score)} sure"
    tip = (f'<span class="tip" lang="en" aria-hidden="true">{f"<b>{value}</b><br>" if value else ""}'
           f"{name}{score}</span>")
    return (f'<mark class="{safe(entity.label)}" tabindex="0">{safe(text)}<span class="tag">{tag}</span>'
            f"{inline}{tip}</mark>")


def _table(article: Article) -> str:
    if not article.entities:
        return ""
    rows = "".join(
        f'<tr><td lang="de">{safe(e.text)}</td><td>{safe(NAMES.get(e.label, e.label))}</td>'
        f'<td>{safe(entity_value(e)) or "–"}</td><td class="n">{"" if e.score is None else percent_text(e.score)}</td>'
        f'<td class="n">{e.start}–{e.end}</td></tr>\n'
        for e in article.entities)
    return (f"<details><summary>{_plural(len(article.entities), 'mention')} as a table</summary>\n<table><thead><tr>"
            '<th>Mention</th><th>Kind</th><th>Value</th><th class="n">Score</th><th class="n">Characters</th></tr>'
            f"</thead>\n<tbody>\n{rows}</tbody></table></details>\n")
