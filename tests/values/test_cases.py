"""Every hand-made case: read from its sentence, parsed alone, and found with exactly its span."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ausblick.values import find_amounts, parse_money, parse_percent, read_value, value_from_json

CASES: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_name("cases.jsonl").read_text("utf-8").splitlines()
]


def mention_of(case: dict[str, Any]) -> str:
    text: str = case["text"]
    return text[case["start"] : case["end"]]


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 220
    assert len({case["text"] for case in CASES}) > 215


@pytest.mark.parametrize("case", CASES, ids=mention_of)
def test_case_is_read(case: dict[str, Any]) -> None:
    value = read_value(case["text"], case["start"], case["end"], case["label"])
    assert (value.to_json() if value else None) == case["value"]


@pytest.mark.parametrize("case", CASES, ids=mention_of)
def test_case_parses_alone(case: dict[str, Any]) -> None:
    mention, before = mention_of(case), case["text"][: case["start"]]
    parse = parse_money if case["label"] == "MONEY" else parse_percent
    value = parse(mention, before)
    assert (value.to_json() if value else None) == case["value"]


@pytest.mark.parametrize("case", [c for c in CASES if c["find"]], ids=mention_of)
def test_case_is_found(case: dict[str, Any]) -> None:
    found = {(a.start, a.end): a for a in find_amounts(case["text"])}
    assert (case["start"], case["end"]) in found
    amount = found[case["start"], case["end"]]
    assert amount.label == case["label"]
    assert amount.value.to_json() == case["value"]


@pytest.mark.parametrize("case", [c for c in CASES if c["value"]], ids=mention_of)
def test_case_round_trips_through_json(case: dict[str, Any]) -> None:
    value = value_from_json(json.loads(json.dumps(case["value"])))
    assert value.to_json() == case["value"]
    assert value_from_json(value.to_json()) == value
