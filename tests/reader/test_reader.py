"""The reader on a tiny random network: exact offsets, nothing lost, no influence between articles."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ausblick import Article, Reader, Record
from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS
from tests.tiny import TEXT

WORDS = [
    *TEXT.split(),
    "😀",
    "Um\u00adsatz",
    "u\u0308ber",
    "\r\n",
    "\u00a0",
    ".",
    "\ufeff",
    "\x00",
    "\u200b",
    "Q3",
    "1.234,56€",
]
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join))


def check(article: Article, text: str) -> None:
    assert article.text == text
    last = 0
    for sentence in article.sentences:
        assert last <= sentence.start < sentence.end <= len(text)
        assert not text[last : sentence.start].strip()
        assert sentence.outlook in OUTLOOK_LABELS
        assert sentence.scores is not None
        assert sum(sentence.scores.values()) == pytest.approx(1, abs=1e-4)
        last = sentence.end
    assert not text[last:].strip()
    last = 0
    for entity in article.entities:
        assert last <= entity.start < entity.end
        assert text[entity.start : entity.end] == entity.text
        assert entity.label in ENTITY_LABELS
        assert entity.score is not None
        assert 0 < entity.score <= 1
        assert any(s.start <= entity.start and entity.end <= s.end for s in article.sentences)
        last = entity.end
    assert Article.from_json(article.to_json()).to_json() == article.to_json()


@settings(deadline=None, max_examples=60)
@given(text=TEXTS)
def test_offsets_are_exact_for_any_text(tiny_reader: Reader, text: str) -> None:
    check(tiny_reader.read(text), text)


@settings(deadline=None, max_examples=15)
@given(texts=st.lists(TEXTS, max_size=8), tokens=st.sampled_from([16, 100, 4096]), chunk=st.sampled_from([1, 3, 64]))
def test_an_article_does_not_depend_on_its_companions(
    tiny_reader: Reader, texts: list[str], tokens: int, chunk: int
) -> None:
    together = list(tiny_reader.read_many((Record("x", t) for t in texts), batch_tokens=tokens, chunk=chunk))
    alone = [tiny_reader.read(Record("x", t)) for t in texts]
    assert [a.dumps() for a in together] == [a.dumps() for a in alone]


def test_the_random_network_tags_something(tiny_reader: Reader) -> None:
    """Otherwise the tests above would hold for a reader that finds nothing."""
    assert len(tiny_reader.read(TEXT * 5).entities) > 5


def test_order_ids_and_meta_are_kept(tiny_reader: Reader) -> None:
    records = [Record(f"id-{i}", TEXT[: 60 + i], meta={"n": i}) for i in range(10)]
    out = list(tiny_reader.read_many(iter(records), chunk=4))
    assert [(a.id, dict(a.meta)) for a in out] == [(r.id, dict(r.meta)) for r in records]


def test_reading_is_lazy(tiny_reader: Reader) -> None:
    taken = []

    def source():  # type: ignore[no-untyped-def]
        for i in range(1000):
            taken.append(i)
            yield f"Satz {i}."

    next(tiny_reader.read_many(source(), chunk=8))
    assert len(taken) <= 8


def test_an_empty_text_is_an_article_without_sentences(tiny_reader: Reader) -> None:
    article = tiny_reader.read("")
    assert (article.sentences, article.entities) == ((), ())
    assert tiny_reader.read(" \n\t").sentences == ()


def test_the_records_own_sentences_win(tiny_reader: Reader) -> None:
    text = "Eins. Zwei. Drei."
    article = tiny_reader.read(Record("a", text, ((0, 11), (12, 17))))
    assert [(s.start, s.end) for s in article.sentences] == [(0, 11), (12, 17)]


@pytest.mark.parametrize(
    ("sentences", "says"),
    [
        (((0, 5), (3, 17)), "sentence 3–17: sentences must be in order"),
        (((0, 99),), "sentence 0–99"),
        (((0, 5), (12, 17)), r"characters 5–12 \('Zwei\.'\) are in no sentence"),
        (((0, 5),), "are in no sentence"),
    ],
)
def test_sentences_that_do_not_fit_are_refused(
    tiny_reader: Reader, sentences: tuple[tuple[int, int], ...], says: str
) -> None:
    with pytest.raises(ValueError, match=f"article a: .*{says}"):
        tiny_reader.read(Record("a", "Eins. Zwei. Drei.", sentences))


def test_a_sentence_longer_than_a_window_is_read_whole_and_counted(tiny_bundle: object) -> None:
    reader = Reader.load(tiny_bundle, threads=1)  # type: ignore[arg-type]
    text = "Die Nordwerk AG erwartet " + "einen Umsatz von 2,5 Mio. Euro und " * 60 + "mehr."
    article = reader.read(Record("long", text, ((0, len(text)),)))
    check(article, text)
    assert reader.cut_sentences == 1
    assert max(e.end for e in article.entities) > len(text) * 0.8


def test_min_score_leaves_out_what_is_below(tiny_bundle: object, tiny_reader: Reader) -> None:
    every = tiny_reader.read(TEXT * 3).entities
    middle = sorted(e.score or 0 for e in every)[len(every) // 2]
    strict = Reader.load(tiny_bundle, threads=1, min_score=middle)  # type: ignore[arg-type]
    assert strict.read(TEXT * 3).entities == tuple(e for e in every if (e.score or 0) >= middle)
