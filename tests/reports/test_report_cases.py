"""What is scored: only what gold covers, on gold sentences where they can be used; baselines and causes."""

from __future__ import annotations

import pytest

from ausblick.cue_rules import outlook_of
from ausblick.schema import Article, Entity, Sentence
from data.corpus import Item
from tests.reports.fake import FakeReader, make_items
from training.reports.baselines import RulesReader, majority_outlook
from training.reports.cases import covers_text, make_case, predict, to_record
from training.reports.mistakes import mistakes, outlook_cause
from training.reports.slices import seen_forms, slices
from training.reports.unreachable import why

TEXT = "Nordwerk zahlt 5 Euro. Das reicht."


def make_item(covers: set[str], sentences: tuple[Sentence, ...], entities: tuple[Entity, ...] = ()) -> Item:
    return Item(Article("a", TEXT, sentences, entities), "made", "test", frozenset(covers))


def test_types_that_gold_does_not_cover_are_left_out_on_both_sides() -> None:
    silver = Entity(15, 21, "MONEY", "5 Euro", silver=True)
    item = make_item({"ORG"}, (Sentence(0, 22), Sentence(23, 34)), (Entity(0, 8, "ORG", "Nordwerk"), silver))
    found = (Entity(0, 8, "ORG", "Nordwerk", 0.9), Entity(15, 21, "MONEY", "5 Euro", 0.9))
    case = make_case(item, Article("a", TEXT, (Sentence(0, 22, "none"), Sentence(23, 34, "none")), found))
    assert [e.label for e in case.gold] == [e.label for e in case.found] == ["ORG"]
    assert case.gold_outlook == case.outlook == ()


def test_silver_is_never_gold() -> None:
    item = make_item({"MONEY"}, (Sentence(0, 34),), (Entity(15, 21, "MONEY", "5 Euro", silver=True),))
    assert make_case(item, Article("a", TEXT)).gold == ()


def test_gold_sentences_go_to_the_reader_unless_they_leave_text_uncovered() -> None:
    whole = make_item({"outlook"}, (Sentence(0, 22, "none"), Sentence(23, 34, "positive")))
    assert to_record(whole).sentences == ((0, 22), (23, 34))
    assert to_record(whole, own_sentences=True).sentences is None
    part = make_item({"outlook"}, (Sentence(23, 34, "positive"),))
    assert not covers_text(part.article)
    assert to_record(part).sentences is None


def test_outlook_comes_from_the_sentence_that_shares_most_text() -> None:
    item = make_item({"outlook"}, (Sentence(0, 22, "none"), Sentence(23, 34, "positive")))
    case = make_case(item, Article("a", TEXT, (Sentence(0, 15, "negative"), Sentence(15, 34, "neutral"))))
    assert case.outlook == ("negative", "neutral")
    assert case.own_sentences
    joined = make_case(item, Article("a", TEXT, (Sentence(0, 34, "positive"),)))
    assert joined.outlook == ("positive", "positive")


@pytest.mark.parametrize(
    ("spans", "sentences", "cause"),
    [
        ([[(0, 8), (9, 14)]], [(0, 14)], None),
        ([[(0, 4)], [(4, 8), (9, 14)]], [(0, 14)], "cut"),
        ([[(0, 8), (9, 14)]], [(0, 4), (4, 14)], "sentence"),
        ([[(0, 14)]], [(0, 14)], "token"),
        ([], [(0, 14)], "token"),
    ],
)
def test_why_a_mention_is_out_of_reach(
    spans: list[list[tuple[int, int]]], sentences: list[tuple[int, int]], cause: str | None
) -> None:
    assert why(Entity(0, 8, "ORG", "Nordwerk"), sentences, spans) == cause


@pytest.mark.parametrize(
    ("sentence", "outlook"),
    [
        ("Der Vorstand rechnet für das Gesamtjahr mit steigenden Umsätzen.", "positive"),
        ("Für 2025 wird ein deutlicher Rückgang des Ergebnisses erwartet.", "negative"),
        ("Der Vorstand rechnet nicht mit einem Rückgang der Nachfrage.", "positive"),
        ("Im kommenden Jahr dürfte der Verlust kleiner ausfallen.", "positive"),
        ("Die Verluste dürften weiter steigen, erwartet die Bank.", "negative"),
        ("Zwar sollen die Erlöse steigen, die Marge werde aber sinken.", "negative"),
        ("Das Unternehmen bestätigt seine Prognose.", "neutral"),
        ("Der Konzern hält an seinen Zielen fest und plant keine Änderung.", "neutral"),
        ("Der Konzern hebt seine Prognose an.", "positive"),
        ("Nordwerk senkt die Prognose für das Gesamtjahr.", "negative"),
        ("Der Umsatz stieg im Vorjahr um zwölf Prozent.", "none"),
        ("Das Ergebnis fiel besser aus, als Analysten erwartet hatten.", "none"),
        ("Die Hauptversammlung wird voraussichtlich im Mai stattfinden.", "none"),
    ],
)
def test_lexicon(sentence: str, outlook: str) -> None:
    assert outlook_of(sentence) == outlook


def test_rules_tag_amounts_and_majority_is_that_of_training() -> None:
    items = make_items(20)
    articles = predict(RulesReader("neutral"), items)
    assert all(s.outlook == "neutral" for a in articles for s in a.sentences)
    assert {e.label for a in articles for e in a.entities} == {"MONEY", "PERCENT"}
    assert majority_outlook(items) == "none"
    assert majority_outlook([]) == "none"


def test_mistakes_are_counted_by_cause_and_taken_from_corpora_in_turn() -> None:
    items = [*make_items(40), *make_items(6, "small")]
    cases = [make_case(i, a) for i, a in zip(items, predict(FakeReader(items, 0.6), items), strict=True)]
    counts, worst = mistakes(cases, frozenset({"ezb"}), 4)
    assert counts["missed"] > 4
    missed = [m for m in worst if m.cause == "missed"]
    assert len(missed) == 4
    assert {m.corpus for m in missed[:2]} == {"made", "small"}
    for m in missed:
        assert any(label.endswith("!") for *_, label in m.gold_marks)
        assert m.seen is (m.shown[slice(*next(g for g in m.gold_marks if g[2].endswith("!"))[:2])].casefold() == "ezb")


@pytest.mark.parametrize(
    ("gold", "found", "cause"),
    [
        ("none", "none", None),
        ("positive", "none", "outlook missed"),
        ("none", "neutral", "outlook invented"),
        ("positive", "negative", "direction turned"),
        ("neutral", "negative", "neutral confused"),
    ],
)
def test_outlook_causes(gold: str, found: str, cause: str | None) -> None:
    assert outlook_cause(gold, found) == cause


def test_slices_split_gold_without_rest() -> None:
    items = make_items(30)
    cases = [make_case(i, a) for i, a in zip(items, predict(FakeReader(items), items), strict=True)]
    rows = slices(cases, seen_forms(items[:3]))
    total = sum(len(c.gold) for c in cases)
    assert {
        by: sum(r["micro"]["support"] for r in rows if r["by"] == by) for by in ("length", "words", "training")
    } == dict.fromkeys(("length", "words", "training"), total)
