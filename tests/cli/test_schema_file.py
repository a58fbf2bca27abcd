"""The published JSON Schema and the code say the same."""

from __future__ import annotations

import json
from typing import Any

import fake_reader
import jsonschema
import pytest

from ausblick.labels import ENTITY_LABELS, OUTLOOK_LABELS
from ausblick.records import Record
from ausblick.schema import SCHEMA_FILE, Article, Entity, Sentence
from ausblick.values import find_amounts
from ausblick.values.model import BOUNDS, UNITS

SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
TEXT = ("Die Nordlicht AG erwartet zwischen 3 und 5 Prozent Wachstum und mehr als 316,9 Millionen Dollar Umsatz, dazu "
        "mehrere Millionen Euro Ertrag, 20 Mio. Kronen Gewinn, 1.234 Euro Zins, 0,25 Prozentpunkte und 1.500 Mio. USD.")


def test_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_predictions_are_valid() -> None:
    for text in ("", "Die Nordlicht AG steigt um 8 Prozent auf 12 Mio. Euro."):
        VALIDATOR.validate(fake_reader.FakeReader().annotate(Record("a", text, meta={"x": [1]})).to_json())


def test_every_kind_of_value_is_valid_and_survives() -> None:
    amounts = find_amounts(TEXT)
    assert len(amounts) >= 6
    entities = [Entity(a.start, a.end, a.label, TEXT[a.start:a.end], 0.5, a.value) for a in amounts]
    article = Article("a", TEXT, (Sentence(0, len(TEXT)),), (Entity(4, 16, "ORG", TEXT[4:16], silver=True), *entities))
    row = json.loads(article.dumps())
    VALIDATOR.validate(row)
    assert Article.from_json(row).to_json() == row


def test_labels_and_values_agree_with_the_code() -> None:
    parts = SCHEMA["$defs"]
    assert set(parts["entity"]["properties"]["label"]["enum"]) == set(ENTITY_LABELS)
    assert set(parts["sentence"]["properties"]["outlook"]["enum"]) == set(OUTLOOK_LABELS)
    assert set(parts["sentence"]["properties"]["scores"]["properties"]) == set(OUTLOOK_LABELS)
    assert set(parts["bound"]["enum"]) == set(BOUNDS)
    assert set(parts["percent"]["properties"]["unit"]["enum"]) == set(UNITS)


@pytest.mark.parametrize("change", [
    {"sentences": [{"start": 0, "end": 1, "outlook": "good"}]},
    {"entities": [{"start": 0, "end": 1, "label": "PERSON"}]},
    {"entities": [{"start": -1, "end": 1, "label": "ORG"}]},
    {"entities": [{"start": 0, "end": 1, "label": "MONEY", "value": {"kind": "money", "low": "1e3", "high": "1e3",
                                                                     "currency": "EUR", "bound": "exact"}}]},
    {"id": 5},
])
def test_refuses(change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({"id": "a", "text": "x", "sentences": [], "entities": [], **change})
