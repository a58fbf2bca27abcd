"""Hard texts, written for this project: each line of `cases.jsonl` holds a text and the sentences expected in it."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from ausblick.sentences import split_sentences

CASES: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_name("cases.jsonl").read_text(encoding="utf-8").splitlines()
]


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 120
    assert len({case["text"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{case['about']}" for n, case in enumerate(CASES, 1)])
def test_hard_text(case: dict[str, Any]) -> None:
    assert sentences(case["text"]) == case["sentences"]


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{case['about']}" for n, case in enumerate(CASES, 1)])
def test_decomposed_umlauts_change_no_boundary(case: dict[str, Any]) -> None:
    found = sentences(unicodedata.normalize("NFD", case["text"]))
    assert [unicodedata.normalize("NFC", sentence) for sentence in found] == [
        unicodedata.normalize("NFC", sentence) for sentence in case["sentences"]
    ]


def test_windows_line_ends_change_no_boundary() -> None:
    for case in CASES:
        if "\r" not in case["text"]:
            found = sentences(case["text"].replace("\n", "\r\n"))
            assert [sentence.replace("\r\n", "\n") for sentence in found] == case["sentences"]


def test_cases_stand_together_in_one_text() -> None:
    """A blank line shields a text from its neighbours."""
    texts = [case["text"] for case in CASES if "\n" not in case["text"]]
    expected = [sentence for case in CASES if "\n" not in case["text"] for sentence in case["sentences"]]
    assert sentences("\n\n".join(texts)) == expected
