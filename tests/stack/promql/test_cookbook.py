"""docs/promql.md: every query in it works, on a real Prometheus that scraped real metrics."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from exporters.catalogue import METRICS
from exporters.catalogue.orders import REJECTION_REASON
from grafana import compare
from tests.stack.promql.server import Prometheus

DOCUMENT = Path(__file__).parent.parent.parent.parent / "docs" / "promql.md"
RECIPE = re.compile(r"^### (.+?)$.*?```promql\n(.+?)```", re.MULTILINE | re.DOTALL)
RECIPES = dict(RECIPE.findall(DOCUMENT.read_text()))
REJECTION_SHARE = 0.05
"""What both bots are told to be refused."""


def test_there_is_a_query_below_every_question() -> None:
    """And enough of them."""
    assert DOCUMENT.read_text().count("\n### ") == len(RECIPES)
    assert 10 <= len(RECIPES) <= 15


@pytest.mark.parametrize("query", RECIPES.values(), ids=RECIPES.keys())
def test_metrics_of_the_document_are_in_the_catalogue(query: str) -> None:
    """A renamed metric is renamed here too."""
    series = {name for metric in METRICS.values() for name in metric.series}
    assert set(re.findall(r"pmm_[a-z_]+", query)) <= series


@pytest.mark.parametrize("query", RECIPES.values(), ids=RECIPES.keys())
def test_every_query_answers_with_numbers(query: str, prometheus: Prometheus) -> None:
    """Two bots that traded give each query something to say."""
    values = [float(sample["value"][1]) for sample in prometheus.ask(query)]
    assert values
    assert not any(map(math.isnan, values))


def test_the_share_of_refused_orders_is_what_it_was_made_to_be(prometheus: Prometheus) -> None:
    """Both sides are near the share that their venue was told."""
    shares = prometheus.ask(RECIPES["Which share of orders is refused?"])
    assert {"demo", "prod"} == {sample["metric"]["env"] for sample in shares}
    for sample in shares:
        assert REJECTION_SHARE == pytest.approx(float(sample["value"][1]), abs=0.03)


def test_every_reason_comes_back_even_at_zero(prometheus: Prometheus) -> None:
    """Series exist before anything happens."""
    reasons = {sample["metric"]["reason"] for sample in prometheus.ask(RECIPES["Why?"])}
    assert set(REJECTION_REASON.values or ()) == reasons


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (compare.fold("vector(3)", "vector(1)"), 3.0),
        (compare.fold("vector(1)", "vector(3)"), 3.0),
        (compare.fold("vector(0)", "vector(1)"), None),
        (compare.fold_of_shares(("vector(0)", "vector(1200)"), ("vector(3)", "vector(1200)")), 7.0),
        (compare.fold_of_signed("vector(-1)", "vector(-2)", 0.1), 2.0),
        (compare.fold_of_signed("vector(1)", "vector(-1)", 0.1), 100.0),
        (compare.fold_of_signed("vector(0.01)", "vector(-0.01)", 0.1), 1.25),
        (compare.where_enough("vector(7)", "vector(30)", "vector(30)"), 7.0),
        (compare.where_enough("vector(7)", "vector(29)", "vector(30)"), None),
    ],
)
def test_prometheus_agrees_with_the_arithmetic_of_folds(
    expr: str, expected: float | None, prometheus: Prometheus
) -> None:
    """What tests/grafana/test_compare.py works out by itself is what Prometheus answers."""
    values = [float(sample["value"][1]) for sample in prometheus.ask(expr)]
    assert ([] if expected is None else [pytest.approx(expected)]) == values
