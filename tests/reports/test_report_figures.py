"""Outlook, calibration, bootstrap and values, against scikit-learn, plain loops or figures worked out by hand."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score

from ausblick.labels import LAYERS, OUTLOOK_LABELS
from ausblick.schema import Entity
from ausblick.values import Money
from tests.reports.fake import FakeReader, make_items
from training.reports.amounts import value_scores
from training.reports.bootstrap import draws, interval, p_value, resample
from training.reports.build import System, differences, resampled
from training.reports.calibration import reliability, thresholds
from training.reports.cases import Case, make_cases, predict
from training.reports.figures import entity_counts, outlook_figures
from training.reports.outlook import curve, outlook_scores


def outlook_case(gold: list[str], found: list[str]) -> Case:
    spans = tuple((2 * i, 2 * i + 1) for i in range(len(gold)))
    return Case("x", "made", "", frozenset(LAYERS), spans, (), (), tuple(gold), tuple(found))


def test_outlook_agrees_with_sklearn_on_random_labels() -> None:
    rng = random.Random(1)
    for _ in range(150):
        n = rng.randint(1, 30)
        gold, found = ([rng.choice(OUTLOOK_LABELS) for _ in range(n)] for _ in range(2))
        table = outlook_scores([outlook_case(gold, found)])
        assert table is not None
        there = sorted({*gold, *found})
        assert table["macro_f1"] == pytest.approx(f1_score(gold, found, labels=there, average="macro", zero_division=0))
        has = [[label != "none" for label in side] for side in (gold, found)]
        if any(has[0]) or any(has[1]):
            assert table["detection_f1"] == pytest.approx(f1_score(*has, zero_division=0))
        both = [(g, f) for g, f in zip(gold, found, strict=True) if "none" not in (g, f)]
        assert table["directions_compared"] == len(both)
        if both:
            assert table["direction_accuracy"] == pytest.approx(sum(g == f for g, f in both) / len(both))


def test_outlook_without_directions_is_undefined_not_zero() -> None:
    table = outlook_scores([outlook_case(["none"], ["none"])])
    assert table is not None
    assert table["direction_accuracy"] is None
    assert table["detection_f1"] is None


def test_curve_agrees_with_sklearn() -> None:
    rng = np.random.default_rng(1)
    for _ in range(60):
        right = rng.random(40) < 0.3
        right[0] = True
        scores = np.round(rng.random(40) * 0.7 + 0.3 * right, 1)  # many ties
        found = curve(scores, right)
        assert found["average_precision"] == pytest.approx(average_precision_score(right, scores))
        assert found["points"][-1][2] == 1.0


def test_calibration_by_hand() -> None:
    table = reliability(np.array([0.95, 0.95, 0.65, 1.0]), np.array([True, False, True, True]))
    assert table is not None
    assert [b["n"] for b in table["bins"]] == [1, 3]
    assert table["ece"] == pytest.approx(0.25 * 0.35 + 0.75 * abs(2.9 / 3 - 2 / 3))
    assert table["brier"] == pytest.approx((0.0025 + 0.9025 + 0.1225 + 0) / 4)


def test_thresholds_count_what_is_kept() -> None:
    items = make_items(30)
    rows = thresholds(make_cases(items, predict(FakeReader(items), items)))["entities"]
    assert rows[0]["coverage"] == 1.0
    assert all(a["kept"] >= b["kept"] for a, b in pairwise(rows))


def test_resamples_are_sums_over_drawn_documents() -> None:
    counts = np.arange(24).reshape(4, 3, 2)
    sums = resample({"a": counts}, 50, 3)["a"]
    weights = draws(4, 50, 3, "a")
    assert (weights.sum(1) == 4).all()
    for row, weight in zip(sums, weights, strict=True):
        assert (row == sum(w * c for w, c in zip(weight, counts, strict=True))).all()
    assert (resample({"a": counts}, 50, 3)["a"] == sums).all()
    assert (draws(4, 50, 4, "a") != weights).any()


def test_interval_covers_the_figure_and_paired_difference_finds_a_change() -> None:
    items = make_items(60)
    systems = [
        resampled(System(str(noise), "bundle", make_cases(items, predict(FakeReader(items, noise), items))), 500, 1)
        for noise in (0.05, 0.5)
    ]
    found = differences(systems[0], systems[1], "made")["micro/f1"]
    assert found["interval"][0] <= found["difference"] <= found["interval"][1]
    assert found["difference"] > 0
    assert found["p"] == pytest.approx(2 / 501)
    same = differences(systems[0], systems[0], "made")["micro/f1"]
    assert (same["difference"], same["p"]) == (0, 1)


def test_undefined_resamples_are_left_out() -> None:
    assert interval(np.array([np.nan, 0.5, 0.5])) == [0.5, 0.5]
    assert interval(np.array([np.nan])) is None
    assert p_value(np.array([np.nan])) is None
    figures = outlook_figures(np.zeros((3, 4, 4)))
    assert np.isnan(figures["outlook/macro_f1"]).all()


def test_values_read_refused_wrong() -> None:
    text = "5 Euro und 6 Euro und 7 Euro"
    value = Money(Decimal(5), Decimal(5), "EUR", "exact")
    gold = (
        Entity(0, 6, "MONEY", "5 Euro", None, value),
        Entity(11, 17, "MONEY", "6 Euro", None, value),
        Entity(22, 28, "MONEY", "7 Euro", None, value),
    )
    found = (
        replace(gold[0], score=0.9),
        replace(gold[1], score=0.9, value=replace(value, currency="USD")),
        replace(gold[2], score=0.9, value=None),
    )
    case = Case("x", "made", text, frozenset({"MONEY"}), ((0, 28),), gold, found)
    assert entity_counts([case])[0, 1].tolist() == [3, 3, 3]
    table = value_scores([case])
    assert table["reader"]["MONEY"] == {
        "gold": 3,
        "read": 2,
        "refused": 1,
        "with_value": 3,
        "right": 1,
        "wrong": 1,
        "faults": {"currency": 1},
    }
    assert (table["grammar"]["MONEY"]["right"], table["grammar"]["MONEY"]["wrong"]) == (1, 2)
