from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ausblick.values import read_value
from data import amount_forms, markup, namelists
from data.augment import Augmentation, augment
from data.corpus import Item, line_faults
from tests.data.strategies import items


def article(marked: str) -> Item:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "w.txt"
        path.write_text("## a-1 | agency\n" + marked, encoding="utf8")
        return markup.parse(path)[0][0]


TEXT = """none | Die [ORG Hegenbart AG] und [ORG Hegenbart]-Chef Uhl nennen [ORG Hegenbarts] Zahlen laut \
[ORG Bundesfinanzministerium] gut.
positive | [ORG Hegenbart] rechnet mit [MONEY 316,9 Millionen Dollar] und [PERCENT 12 Prozent], auch die \
[ORG Rödel Gruppe] wächst auf [MONEY 3,4 Mrd.  Euro]."""


@settings(max_examples=80, deadline=None)
@given(items(), st.integers(0, 999))
def test_augmented_items_are_valid_and_keep_all_else(item: Item, seed: int) -> None:
    item = Item(item.article, item.source, "train", item.covers)
    new = augment(item, Random(seed), Augmentation(1.0, 1.0))
    assert not list(line_faults(new.to_json()))
    assert [e.label for e in new.article.entities] == [e.label for e in item.article.entities]
    assert [s.outlook for s in new.article.sentences] == [s.outlook for s in item.article.sentences]

    def without(i: Item) -> str:
        text, at, parts = i.article.text, 0, []
        for e in i.article.entities:
            parts += [text[at:e.start], "\0"]
            at = e.end
        return "".join([*parts, text[at:]])

    assert without(new) == without(item)
    assert new == augment(item, Random(seed), Augmentation(1.0, 1.0))


def test_off_changes_nothing_and_strength_counts() -> None:
    item = article(TEXT)
    assert augment(item, Random(1), Augmentation()) is item
    assert augment(item, Random(1), Augmentation(names=1.0)) != item
    some = sum(augment(item, Random(seed), Augmentation(names=0.3)) != item for seed in range(100))
    assert 40 < some < 100
    with pytest.raises(ValueError, match=r"augmentation\.names: got 2, expected a number from 0 to 1"):
        Augmentation(names=2)
    with pytest.raises(ValueError, match="split 'test' is not augmented"):
        augment(Item(item.article, "own", "test", item.covers), Random(1), Augmentation(1, 1))


def test_a_name_changes_everywhere_in_its_own_form() -> None:
    item = article(TEXT)
    for seed in range(60):
        new = augment(item, Random(seed), Augmentation(names=1.0)).article
        legal, compound, genitive, ministry, plain, group = [e.text for e in new.entities if e.label == "ORG"]
        assert legal.endswith(" AG")
        core = legal.removesuffix(" AG")
        assert plain == core or plain == "Hegenbart"
        assert compound in ("Hegenbart", "-".join(core.split()))
        assert genitive in ("Hegenbarts", core + "s")
        assert namelists.institution_kind(ministry) == ("ministry", "n")
        assert group.endswith(" Gruppe")


def test_names_after_an_article_keep_its_gender() -> None:
    item = article("none | Bei der [ORG Hegenbart] und beim [ORG Rödel] lief es laut [ORG Landgericht Ulm] gut.\n"
                   "none | Die [ORG Hegenbart AG] und die [ORG Rödel KG] loben die [ORG Runde Quirl].")
    for seed in range(40):
        new = augment(item, Random(seed), Augmentation(names=1.0)).article.entities
        first, second, court, _, _, unknown = [e.text for e in new]
        assert first == "Hegenbart" or first.endswith((" AG", " GmbH", " SE"))
        assert second == "Rödel"
        assert unknown == "Runde Quirl"
        assert namelists.institution_kind(court) == ("court", "n")


def money(text: str) -> tuple[object, ...]:
    """Everything of the value but whether the currency was assumed (a bare Dollar is USD)."""
    value = read_value(text, 0, len(text), "MONEY")
    assert value is not None
    return value.low, value.high, value.currency, value.bound  # type: ignore[union-attr]


@pytest.mark.parametrize("text", [
    "316,9 Millionen Dollar", "268,6 Mio Euro", "1.234,56 EUR", "CHF 4,2 Mrd.", "$5 Mio.", "-3,4 Mio. Euro",
    "minus 8 Mio. Euro", "800 bis 850 Mio. Euro", "5 €", "£ 12", "12 Yen", "1 Million Euro"])
def test_other_forms_of_an_amount_mean_the_same(text: str) -> None:
    value = money(text)
    forms = {amount_forms.money(text, Random(seed)) for seed in range(60)}
    assert len(forms) > 2
    for form in forms:
        assert form is not None
        assert money(form) == value, form


@pytest.mark.parametrize("text", ["12 Prozent", "-3,4 %", "3 bis 5 Prozent", "minus 8,4 %", "100%"])
def test_other_forms_of_a_percentage_mean_the_same(text: str) -> None:
    value = read_value(text, 0, len(text), "PERCENT")
    forms = {amount_forms.percent(text, Random(seed)) for seed in range(40)}
    assert len(forms) > 2
    assert all(form and read_value(form, 0, len(form), "PERCENT") == value for form in forms)


@pytest.mark.parametrize("text", ["zweistelliger Millionenbetrag", "400-Millionen-Euro", "52,3 (36,8) Mio. Euro",
                                  "mehrere Millionen Euro", "TEUR 53"])
def test_unknown_forms_are_left_alone(text: str) -> None:
    assert amount_forms.money(text, Random(1)) is None
    assert amount_forms.percent("30-prozentige", Random(1)) is None


def test_the_full_stop_of_a_sentence_is_neither_lost_nor_doubled() -> None:
    item = article("none | Es waren [MONEY 3,4 Mrd. Euro].\nnone | Es waren [MONEY CHF 4,2 Mrd.]\nnone | Ende.")
    for seed in range(60):
        text = augment(item, Random(seed), Augmentation(amounts=1.0)).article.text
        assert ".." not in text
        assert text.count("Es waren") == 2
        assert ". Ende." in text


def test_the_lists_are_long_clean_and_typed() -> None:
    companies = namelists.companies()
    assert len(companies) >= 1500
    assert len({c.core + c.form for c in companies}) == len(companies)
    assert all(c.core == c.core.strip() and c.core and "\t" not in c.core for c in companies)
    shapes = [any(c.form for c in companies), any(c.core[0].isdigit() for c in companies),
              any(c.core.islower() for c in companies), any(set("äöüß") & set(c.core) for c in companies),
              any(c.core.isupper() for c in companies)]
    assert all(shapes)
    assert {"ministry", "court", "association", "union", "media"} <= {kind for kind, _ in namelists.institutions()}
    for key, names in namelists.institutions().items():
        assert len(names) >= 5, key
        assert {namelists.institution_kind(name) is not None for name in names} == {True}
    assert namelists.institution_kind("Wagner Amtsblatt GmbH") is None
