"""Markouts are means per share with hours as clusters."""

from collections.abc import Callable

import pytest

from extractor.estimators import markouts
from extractor.log import fold
from tests.extractor.conftest import Day, Scribe


def marked(scribe: Scribe, costs: list[float]) -> None:
    """Fills an hour apart with these costs after 60 s."""
    for number, cost in enumerate(costs):
        at_ms = number * 3_600_000.0
        scribe.submit(f"{number}", at_ms)
        scribe.fill(f"{number}", at_ms + 1)
        scribe.mark(f"{number}", at_ms + 60_000, cost)


def test_the_true_cost_lies_in_the_interval(make_day: Callable[..., Day]) -> None:
    """0.2 cents at 60 s, sd 1 cent, some 160 fills."""
    estimate = markouts.markout(fold(make_day(orders=600).events), 60, "cents")
    assert estimate.interval is not None
    assert estimate.interval[0] <= 0.2 <= estimate.interval[1]
    assert estimate.sufficient


@pytest.mark.parametrize(("n", "enough"), [(74, False), (75, True)])
def test_seventy_five_fills_are_needed(scribe: Scribe, n: int, *, enough: bool) -> None:
    """Below, the t interval does not cover."""
    marked(scribe, [0.1, 0.3] * (n // 2) + [0.2] * (n % 2))
    estimate = markouts.markout(fold(scribe.events), 60, "cents")
    assert enough == estimate.sufficient
    assert pytest.approx(0.2) == estimate.value


def test_the_largest_fill_is_named_not_removed(scribe: Scribe) -> None:
    """Nothing is winsorised; the note says what the mean would be without it."""
    marked(scribe, [0.1, 0.1, 10.0])
    estimate = markouts.markout(fold(scribe.events), 60, "cents")
    assert pytest.approx(3.4) == estimate.value
    assert estimate.note.endswith("without the largest fill 0.1 cents")


def test_every_horizon_has_cents_and_bps(scribe: Scribe) -> None:
    """What was not measured is nothing."""
    marked(scribe, [0.5])
    estimates = markouts.by_horizon(fold(scribe.events))
    assert 10 == len(estimates)
    assert (0.5, 100.0) == (estimates["60s_cents"].value, estimates["60s_bps"].value)
    assert (None, False) == (estimates["300s_cents"].value, estimates["300s_cents"].sufficient)
