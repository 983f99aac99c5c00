"""What DEMO and PROD are compared in."""

from __future__ import annotations

import pytest

from grafana.compare import EVENTS_MIN
from grafana.quantities import Quantity, all_quantities


@pytest.fixture(params=all_quantities(), ids=lambda quantity: quantity.name)
def quantity(request: pytest.FixtureRequest) -> Quantity:
    """Each quantity."""
    found: Quantity = request.param
    return found


def test_the_front_page_compares_these() -> None:
    """In this order."""
    assert [
        "Fill rate",
        "PnL an hour",
        "Adverse selection",
        "Latency",
        "Rejections",
        "Spread",
    ] == [quantity.name for quantity in all_quantities()]


def test_both_sides_are_measured_the_same_way(quantity: Quantity) -> None:
    """They differ in the environment and in nothing else."""
    assert quantity.right == quantity.left.replace('env="demo"', 'env="$right"')


def test_a_fold_needs_enough_events_on_each_side(quantity: Quantity) -> None:
    """The gate stands at the end of the expression, once for DEMO and once for the other."""
    *_, left, right = quantity.fold.split(" and ")
    assert 'env="demo"' in left
    assert left.endswith(f">= {EVENTS_MIN})")
    assert 'env="$right"' in right
    assert right.endswith(f">= {EVENTS_MIN})")


def test_its_meaning_is_put_into_sentences(quantity: Quantity) -> None:
    """So it has no full stop of its own."""
    assert not quantity.meaning.endswith(".")
