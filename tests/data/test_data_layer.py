import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import fetch, layer
from data.corpus import Item
from tests.data.strategies import items


def bare(item: Item) -> Item:
    """The item as it is before the layer is joined."""
    sentences = tuple(replace(s, outlook=None) for s in item.article.sentences)
    return replace(item, article=replace(item.article, sentences=sentences), covers=item.covers - {"outlook"})


@given(items(), st.data())
def test_a_written_layer_joins_to_the_same_labels(tmp_path_factory: pytest.TempPathFactory, item: Item,
                                                  data: st.DataObject) -> None:
    names = st.sampled_from(["none", "positive", "neutral", "negative"])
    labels = {i: data.draw(names) for i in range(len(item.article.sentences))}
    gold = layer.with_outlook(bare(item), labels)
    assert [s.outlook for s in gold.article.sentences] == list(labels.values())
    path = tmp_path_factory.mktemp("layer") / "outlook.jsonl"
    assert layer.write(path, [gold, bare(item)]) == 1
    assert layer.join(path, [bare(item)]) == ([gold], [])
    assert item.article.text not in path.read_text(encoding="utf8") or len(item.article.text) < 20


@given(items())
def test_a_changed_article_keeps_its_other_layers(tmp_path_factory: pytest.TempPathFactory, item: Item) -> None:
    gold = layer.with_outlook(bare(item), {})
    path = tmp_path_factory.mktemp("layer") / "outlook.jsonl"
    layer.write(path, [gold])
    other = bare(replace(item, article=replace(item.article, text=item.article.text + ".")))
    kept, missed = layer.join(path, [other])
    assert kept == [other]
    assert missed == [f"{path}:1: the text of {item.article.id} has changed"]
    fewer = bare(replace(item, article=replace(item.article, sentences=item.article.sentences[1:])))
    kept, missed = layer.join(path, [fewer])
    assert kept == [fewer]
    assert "were labelled" in missed[0]
    assert layer.join(path, [])[1] == [f"{path}:1: {item.article.id} is not in the corpus"]


def test_broken_lines_are_refused_all_at_once(tmp_path: Path) -> None:
    path = tmp_path / "outlook.jsonl"
    path.write_text('{"id": "a"}\n{"id": "b", "sha256": "", "sentences": 2, "outlook": [[2, "positive"]]}\n'
                    '{"id": "c", "sha256": "", "sentences": 2, "outlook": [[1, "good"]]}\nx\n', encoding="utf8")
    with pytest.raises(ValueError, match=r"outlook\.jsonl:1: not a line") as error:
        layer.join(path, [])
    lines = str(error.value).splitlines()
    assert [line.split(": ")[0].rsplit(":", 1)[1] for line in lines] == ["1", "2", "3", "4"]
    assert "sentence 2 positive" in lines[1]
    assert "sentence 1 good" in lines[2]


def test_the_committed_layers_are_whole_and_hold_no_text() -> None:
    paths = sorted(fetch.HERE.glob("*/outlook.jsonl"))
    assert paths
    for path in paths:
        for raw in path.read_text(encoding="utf8").splitlines():
            record = json.loads(raw)
            assert set(record) == {"id", "sha256", "sentences", "outlook"}
            assert all(isinstance(i, int) and label in ("positive", "neutral", "negative")
                       for i, label in record["outlook"])
