import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from data import conll, exchange, label_studio
from data.corpus import CorpusError, Item
from tests.data.strategies import items

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

WAGNER = Item.from_json({
    "id": "w-1", "source": "own", "split": "train", "covers": ["ORG", "MONEY", "PERCENT", "outlook"],
    "text": "😀 Die Wagner AG wächst.\r\nSie erwartet 3,4 Mrd. Euro.",
    "sentences": [{"start": 0, "end": 23, "outlook": "none"}, {"start": 25, "end": 52, "outlook": "positive"}],
    "entities": [{"start": 6, "end": 15, "label": "ORG"}, {"start": 38, "end": 51, "label": "MONEY"}]})


@quick
@given(items())
def test_conll_round_trip(tmp_path: Path, item: Item) -> None:
    path = tmp_path / "a.conll"
    path.write_bytes(conll.dumps([item, WAGNER]).encode("utf8"))
    assert conll.load(path) == [item, WAGNER]


@quick
@given(items())
def test_label_studio_round_trip(tmp_path: Path, item: Item) -> None:
    path = tmp_path / "tasks.json"
    for unit in label_studio.UNITS:
        path.write_text(label_studio.dumps([item, WAGNER], unit=unit), encoding="utf8", newline="")
        assert label_studio.load(path) == [item, WAGNER]


def test_label_studio_offsets_count_emoji_as_asked() -> None:
    starts = [label_studio.task(WAGNER, unit=unit)["annotations"][0]["result"][0]["value"]["start"]
              for unit in label_studio.UNITS]
    assert starts == [6, 7]


def _export(tmp_path: Path, change: object) -> Path:
    tasks = json.loads(label_studio.dumps([WAGNER]))
    change(tasks[0])  # type: ignore[operator]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks), encoding="utf8")
    return path


def test_label_studio_takes_corrections(tmp_path: Path) -> None:
    def correct(task: dict) -> None:
        old, new = task["annotations"][0], json.loads(json.dumps(task["annotations"][0]))
        old["updated_at"], new["updated_at"] = "2024-01-02", "2024-01-03"
        new["result"][1]["value"] |= {"start": 37, "text": " 3,4 Mrd. Euro"}
        new["result"][3]["value"]["labels"] = ["neutral"]
        task["annotations"] = [new, old]

    got = label_studio.load(_export(tmp_path, correct))[0].article
    assert [e.text for e in got.entities] == ["Wagner AG", "3,4 Mrd. Euro"]
    assert [s.outlook for s in got.sentences] == ["none", "neutral"]


@pytest.mark.parametrize(("change", "says"), [
    (lambda t: t.update(annotations=[]), "no annotation"),
    (lambda t: t["annotations"][0]["result"][0]["value"].update(labels=["PER"]), "unknown label 'PER'"),
    (lambda t: t["annotations"][0]["result"][0]["value"].update(text="Wagner"), "not at their offsets"),
    (lambda t: t["annotations"][0]["result"].pop(), "no outlook although"),
    (lambda t: t.pop("data"), "not a task of this project"),
    (lambda t: t["annotations"][0]["result"][3]["value"].update(start=0, end=23, text="😀 Die Wagner AG wächst."),
     "two outlooks"),
])
def test_label_studio_says_what_is_wrong(tmp_path: Path, change: object, says: str) -> None:
    with pytest.raises(CorpusError, match=says):
        label_studio.load(_export(tmp_path, change))


def test_results_go_out_as_predictions_with_scores(tmp_path: Path) -> None:
    record = WAGNER.article.to_json()
    record["entities"][0]["score"] = 0.9
    record["sentences"][0]["scores"] = {"none": 0.7, "positive": 0.1, "neutral": 0.1, "negative": 0.1}
    path = tmp_path / "results.jsonl"
    path.write_text(json.dumps(record) + "\n", encoding="utf8")
    read, predicted = exchange.read_any(path)
    assert predicted
    task = label_studio.task(read[0], predictions=True)
    assert "annotations" not in task
    assert task["predictions"][0]["result"][0]["score"] == 0.9
    export = tmp_path / "export.json"
    export.write_text(json.dumps([task]), encoding="utf8")
    assert label_studio.load(export, predictions=True)[0] == read[0]
    task["annotations"] = [{"result": task["predictions"][0]["result"]}]
    export.write_text(json.dumps([task]), encoding="utf8")
    gold = label_studio.load(export)[0]
    assert gold.article.entities[0].score is None
    assert gold.article.sentences[0].scores is None


def test_conll_takes_changed_tags_and_reports_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    good = conll.dumps([WAGNER])
    path.write_bytes(good.replace("AG\t13\t15\tI-ORG", "AG\t13\t15\tO").encode("utf8"))
    assert [e.text for e in conll.load(path)[0].article.entities] == ["Wagner", "3,4 Mrd. Euro"]
    bad = good.replace("AG\t13\t15\tI-ORG", "AG\t13\t15\tI-MONEY").replace("wächst\t16", "schrumpft\t16")
    path.write_bytes(bad.replace("Sie\t25\t28\tO", "Sie\t25\t28").encode("utf8"))
    with pytest.raises(CorpusError) as error:
        conll.load(path)
    assert len(error.value.faults) == 3
    assert all(f"{path}:" in fault for fault in error.value.faults)


def test_conll_without_offsets(tmp_path: Path) -> None:
    path = tmp_path / "plain.conll"
    path.write_text("-DOCSTART- O\n\nDie O\nLindau B-ORG\nWerke I-ORG\n( O\nLW B-ORG\n) O\nwachsen O\n. O\n\n"
                    "Ja O\n! O\n", encoding="utf8")
    first, second = conll.load(path, "dev", ["ORG"])
    assert first.article.text == "Die Lindau Werke (LW) wachsen."
    assert [e.text for e in first.article.entities] == ["Lindau Werke", "LW"]
    assert (first.split, first.covers, second.article.text) == ("dev", {"ORG"}, "Ja!")
    path.write_text("Die X\nLindau B-FIRMA\n", encoding="utf8")
    with pytest.raises(CorpusError, match=r"plain\.conll:2: not `token tag`"):
        conll.load(path)
