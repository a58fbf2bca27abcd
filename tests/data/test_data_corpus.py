import json
import lzma
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from data import edits, leaks, markup, standoff, stats
from data.convert import shared, tidy
from data.corpus import CorpusError, Item, line_faults, read_corpus, write_corpus
from tests.data.strategies import items

LINE = {
    "id": "a-1", "source": "own", "split": "train", "covers": ["ORG", "outlook"],
    "text": "Die Wagner AG wächst. Sie hofft.",
    "sentences": [{"start": 0, "end": 21, "outlook": "none"}, {"start": 22, "end": 32, "outlook": "positive"}],
    "entities": [{"start": 4, "end": 13, "label": "ORG", "text": "Wagner AG"}]}


def changed(**keys: object) -> dict[str, object]:
    return LINE | keys


def test_a_valid_line_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.xz"
    path.write_bytes(lzma.compress((json.dumps(LINE) + "\n\n").encode()))
    (item,) = read_corpus(path)
    assert (item.source, item.split, item.covers) == ("own", "train", {"ORG", "outlook"})
    assert item.article.entities[0].text == "Wagner AG"
    assert item.to_json() == LINE
    assert write_corpus(tmp_path / "new" / "b.jsonl", [item]) == 1
    assert read_corpus(tmp_path / "new" / "b.jsonl") == [item]


@pytest.mark.parametrize(("line", "says"), [
    (changed(split="validation"), "split: input should be 'train', 'dev' or 'test', got 'validation'; use one of"),
    (changed(text=7), "text: input should be a valid string, got 7;"),
    (changed(extra=1), "extra: extra inputs are not permitted, got 1; remove the key, or move it into `meta`"),
    (changed(covers=["ORG", "PER"]), "covers.1: input should be"),
    (changed(entities=[{"start": 4, "end": 13.5, "label": "ORG"}]), "entities.0.end: input should be a valid integer"),
    (changed(entities=[{"start": 4, "end": 99, "label": "ORG"}]), "entities.0: offsets out of range, got 4–99"),
    (changed(entities=[{"start": 3, "end": 13, "label": "ORG"}]), "white space at the edge, got ' Wagner AG'"),
    (changed(entities=[{"start": 4, "end": 13, "label": "ORG"}, {"start": 11, "end": 13, "label": "ORG"}]),
     "entities.1: starts before the one before it ends (13), got 11–13"),
    (changed(entities=[{"start": 4, "end": 13, "label": "ORG", "text": "Wagner"}]), "is not the article's 'Wagner AG'"),
    (changed(entities=[{"start": 14, "end": 25, "label": "ORG"}]), "not inside one sentence"),
    (changed(entities=[{"start": 4, "end": 13, "label": "MONEY"}]), "a label that `covers` does not name, got 'MONEY'"),
    (changed(sentences=[{"start": 0, "end": 21}]), "no outlook although `covers` names it"),
    (changed(sentences=[{"start": 0, "end": 21, "outlook": "good"}]), "sentences.0.outlook"),
    (changed(sentences=[]), "sentences: none, got []"),
    (changed(covers=["ORG"]), "an outlook that `covers` does not name, got 'none'"),
    (changed(covers=["ORG", "ORG", "outlook"]), "covers: a layer is named twice"),
    ([1], "the line: input should be"),
])
def test_faults_say_what_value_and_fix(line: object, says: str) -> None:
    found = list(line_faults(line))
    assert any(says in fault for fault in found), found
    assert all("; " in fault for fault in found)


def test_silver_may_lie_outside_of_covers() -> None:
    assert not list(line_faults(changed(entities=[{"start": 4, "end": 13, "label": "MONEY", "silver": True}])))


def test_all_faults_of_a_file_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join([json.dumps(LINE), "{no", json.dumps(LINE), json.dumps(changed(id="b", split="x"))]))
    with pytest.raises(CorpusError) as error:
        read_corpus(path)
    assert [fault.split(": ")[0] for fault in error.value.faults] == [f"{path}:{n}" for n in (2, 3, 4)]
    assert "already in line 1" in error.value.faults[1]


def test_tidy_joins_sentences_that_cut_a_mention() -> None:
    item = tidy.finish(tidy.Gold("a", "own", "train", ("PERCENT",), "Es sind 73\n% mehr. ", [(8, 13, "PERCENT")],
                                 [(0, 11, None), (11, 20, None)]))
    assert [(s.start, s.end) for s in item.article.sentences] == [(0, 18)]
    assert item.article.entities[0].text == "73\n%"
    assert tidy.no_overlap([(0, 3, "ORG"), (2, 9, "ORG"), (9, 9, "ORG")]) == [(2, 9, "ORG")]


def test_shared_files_name_the_broken_line(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps(LINE) + "\n{}\n")
    with pytest.raises(ValueError, match=r"x\.jsonl:2: not a corpus line, 'entities'"):
        list(shared.read(path))


@settings(max_examples=60, deadline=None)
@given(items())
def test_standoff_joins_and_refuses_changed_text(item: Item) -> None:
    gold = Item.from_json(item.to_json() | {"entities": [
        e for e in item.to_json()["entities"] if not e.get("silver")], "source": "adhoc"})
    gold = replace(gold, article=replace(gold.article, meta={}))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "labels.jsonl"
        standoff.write(path, [gold])
        assert standoff.join(path, {gold.article.id: gold.article.text}, "adhoc") == [gold]
        with pytest.raises(ValueError, match="has changed, its SHA-256 is"):
            standoff.join(path, {gold.article.id: gold.article.text + "."}, "adhoc")
        with pytest.raises(ValueError, match="no text for"):
            standoff.join(path, {}, "adhoc")


MARKUP = """## nw-1 | agency
none | [ORG Nordwerk] legt zu

positive | Der [ORG Nordwerk]-Chef erwartet [MONEY 90 bis 95 Mio. Euro].
neutral | Es bleibt bei [PERCENT 3 %].

## nw-2 | market
negative | Es wird enger.
"""


def test_markup_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "w.txt"
    path.write_text(MARKUP, encoding="utf8")
    first, second = markup.read([path])
    assert first.article.text == ("Nordwerk legt zu\n\nDer Nordwerk-Chef erwartet 90 bis 95 Mio. Euro. "
                                  "Es bleibt bei 3 %.")
    assert [(e.label, e.text) for e in first.article.entities] == [
        ("ORG", "Nordwerk"), ("ORG", "Nordwerk"), ("MONEY", "90 bis 95 Mio. Euro"), ("PERCENT", "3 %")]
    assert [s.outlook for s in first.article.sentences] == ["none", "positive", "neutral"]
    assert (first.source, first.article.meta, len(first.covers)) == ("ausblick-news", {"style": "agency"}, 4)
    assert markup.dumps([first, second]) == MARKUP


def test_markup_reports_all_faults(tmp_path: Path) -> None:
    path = tmp_path / "w.txt"
    path.write_text("none | zu früh\n## no header\n## x | y\ngut | Ja.\nnone | [PER Uhl] [ORG a ] ] \n",
                    encoding="utf8")
    with pytest.raises(CorpusError) as error:
        markup.read([path, path])
    text = str(error.value)
    for says in ("w.txt:1: neither header", "w.txt:2: not a header", "w.txt:4: unknown outlook, got 'gut'",
                 "w.txt:5: unknown label, got '[PER Uhl]'", "white space at the edge", "a bracket that is no mention",
                 "white space at the end"):
        assert says in text
    path.write_text(MARKUP, encoding="utf8")
    with pytest.raises(CorpusError, match=r"id nw-1 is also in"):
        markup.read([path, path])


def test_markup_says_what_it_cannot_hold() -> None:
    item = Item.from_json(changed(covers=["ORG"], sentences=[{"start": 0, "end": 13}, {"start": 22, "end": 32}]))
    with pytest.raises(CorpusError, match=r"no outlook for 'Die Wagner AG'(.|\n)*between sentences"):
        markup.dumps([item])


def item(key: str, split: str, text: str, source: str = "own") -> Item:
    return Item.from_json({"id": key, "source": source, "split": split, "covers": ["ORG"], "text": text,
                           "sentences": [{"start": 0, "end": len(text)}], "entities": []})


LONG = "Der Umsatz der Wagner AG ist im dritten Quartal um ein Zehntel gestiegen, teilte sie am Montag mit."


def test_leaks_are_found_dropped_and_gathered() -> None:
    corpus = [item("a", "train", LONG), item("b", "dev", "Kurz: " + LONG), item("c", "test", "Etwas ganz anderes.")]
    (leak,) = leaks.within(corpus)
    assert str(leak).startswith("own/train a  ~  own/dev b")
    kept, dropped = leaks.drop(corpus)
    assert ([i.article.id for i in kept], dropped) == (["b", "c"], {"train": 1})
    moved, count = leaks.gather(corpus)
    assert ([i.split for i in moved], count) == (["train", "train", "test"], 1)
    (other,) = leaks.between([item("n", "train", LONG, "ausblick-news")], {"own": corpus[1:]})
    assert (other.left, other.right) == ("n", "b")


def test_statistics_tell_zero_from_unlabelled() -> None:
    table = stats.table({"own": [Item.from_json(LINE)]}).splitlines()
    cells = [cell.strip() for cell in table[2].strip("|").split("|")]
    assert cells == ["own", "train", "1", "2", "8", "1", "–", "–", "0", "1", "1", "0", "0"]
    assert len({len(line) for line in table}) == 1


def test_edits_refuse_what_is_no_mention() -> None:
    gold = Item.from_json(LINE)
    with pytest.raises(ValueError, match="no whole mention"):
        edits.apply(gold, [edits.Edit(4, 10, "Huber")])
    new = edits.apply(gold, [edits.Edit(4, 13, "Huber Holding AG")])
    assert new.article.text == "Die Huber Holding AG wächst. Sie hofft."
    assert [(s.start, s.end) for s in new.article.sentences] == [(0, 28), (29, 39)]
    assert not list(line_faults(new.to_json()))
