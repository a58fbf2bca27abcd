"""The page: everything escaped, nothing told by colour alone, no script, no request, correct for odd articles."""

from __future__ import annotations

from decimal import Decimal
from html.parser import HTMLParser

import fake_reader
from hypothesis import given, settings
from hypothesis import strategies as st

from ausblick.html import page
from ausblick.records import Record
from ausblick.schema import Article, Entity, Sentence
from ausblick.values import Money

VOID = {"meta", "input", "br"}


class Page(HTMLParser):
    """Checks that tags are closed in order; gathers text, tags and attributes."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: dict[str, list[str]] = {}
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.words.setdefault(tag, []).append(data)


def render(*articles: Article) -> str:
    return "".join(page(lambda: articles))


def sample() -> Article:
    return fake_reader.FakeReader().annotate(Record(
        "a", "Die Nordlicht AG erwartet, dass der Umsatz um 8 Prozent steigt. Der Gewinn sinkt auf 12 Mio. Euro."))


def test_mentions_and_outlooks_are_there_without_colour() -> None:
    source = render(sample())
    found = Page(source)
    marks = [attrs for tag, attrs in found.tags if tag == "mark" and attrs.get("tabindex") == "0"]
    assert [attrs["class"] for attrs in marks] == ["ORG", "PERCENT", "MONEY"]
    assert "→ 12\u202f000\u202f000 EUR" in source
    for sign in ("▲", "▼"):
        assert sign in source
    assert "91 %" in source
    assert 'aria-label="Outlook: 1 positive, 1 negative"' in source


def test_no_script_and_no_request() -> None:
    found = Page(render(sample(), sample()))
    assert not {tag for tag, _ in found.tags} & {"script", "link", "img", "iframe", "object", "form"}
    assert all(not name.startswith("on") for _, attrs in found.tags for name in attrs)
    assert all(str(attrs["href"]).startswith("#") for _, attrs in found.tags if "href" in attrs)
    assert "url(" not in render(sample())
    assert "@import" not in render(sample())
    assert "default-src 'none'" in render(sample())


def test_everything_is_escaped() -> None:
    evil = '</p><script>alert("1")</script>&amp;\'"\0\x1b[31m'
    article = Article(evil, evil, (Sentence(0, len(evil), "positive", {"positive": 1.0}),),
                      (Entity(0, len(evil), "ORG", evil, 0.5),), {"title": evil})
    source = render(article, article)
    found = Page(source)
    assert "script" not in {tag for tag, _ in found.tags}
    assert "\0" not in source
    assert "\x1b" not in source
    assert "&lt;script&gt;" in source


def test_articles_without_sentences_scores_or_values() -> None:
    text = "Eins. mehrere Millionen Kronen"
    open_value = Money(None, None, None, "exact", candidates=("SEK", "NOK"))
    gold = Article("g", text, (Sentence(0, 5),), (Entity(6, len(text), "MONEY", text[6:], None, open_value),))
    source = render(Article("leer", ""), gold)
    Page(source)
    assert "The text is empty." in source
    assert "number not named (currency not named) (one of SEK, NOK)" in source
    assert "Millionen Kronen" in source


def test_only_one_article_has_no_list() -> None:
    assert 'class="overview"' not in render(sample())
    assert 'class="overview"' in render(sample(), sample())


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.data())
def test_any_text_is_shown_whole(text: str, data: st.DataObject) -> None:
    """Whatever the offsets, well-formed HTML comes out, and no visible character is missing."""
    text = text.encode("utf-8", "replace").decode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    article = Article("x", text, tuple(Sentence(a, b, "none", {"none": 0.5}) for a, b in spans if a < b),
                      tuple(Entity(a, b, "MONEY", text[a:b], 0.5, Money(Decimal(1), Decimal(1), "EUR", "exact"))
                            for a, b in spans if a < b))
    shown = "".join(Page(render(article)).words.get("p", []))
    visible = [c for c in text if c.isalnum()]
    position = -1
    for character in visible:
        position = shown.find(character, position + 1)
        assert position >= 0
