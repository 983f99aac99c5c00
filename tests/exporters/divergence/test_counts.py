"""Rates by their counts: what raises an alarm, and what must not."""

import math

import pytest

from exporters.divergence.counts import CountComparison, Tally
from exporters.divergence.outcome import Alarm, Direction

MINUTE_NS = 60 * 10**9


def play(comparison: CountComparison, *intervals: Tally) -> list[Alarm]:
    """The alarms of one interval a minute, after an hour of nothing that fills the exposure."""
    alarms = []
    for _ in range(60):
        comparison.observe(Tally(0, 0, 1.0, 1.0), MINUTE_NS, 0)
    for minute, interval in enumerate(intervals, start=1):
        alarms += comparison.observe(interval, MINUTE_NS, minute * MINUTE_NS)
    return alarms


@pytest.mark.parametrize(
    ("demo", "prod", "direction"),
    [(1, 3, Direction.PROD_HIGHER), (3, 1, Direction.DEMO_HIGHER), (0, 2, Direction.PROD_HIGHER)],
)
def test_three_times_the_rate_raises_an_alarm(demo: int, prod: int, direction: Direction) -> None:
    """In the direction of the higher side, 0 against some included."""
    alarms = play(CountComparison(), *[Tally(demo, prod, 1.0, 1.0)] * 100)
    assert {direction} == {alarm.direction for alarm in alarms}


@pytest.mark.parametrize(("demo", "prod"), [(1, 1), (2, 3), (0, 0)])
def test_rates_within_the_band_raise_none(demo: int, prod: int) -> None:
    """Up to 1.5 they agree, for as long as you like."""
    assert [] == play(CountComparison(), *[Tally(demo, prod, 1.0, 1.0)] * 5_000)


def test_three_times_the_exposure_explains_three_times_the_events() -> None:
    """What is compared is the rate."""
    comparison = CountComparison()
    for minute in range(60):
        comparison.observe(Tally(0, 0, 1.0, 3.0), MINUTE_NS, minute)
    intervals = [Tally(1, 3, 1.0, 3.0)] * 2_000
    assert not any(comparison.observe(one, MINUTE_NS, n) for n, one in enumerate(intervals))


def test_an_alarm_claims_what_was_seen() -> None:
    """Its ratio is beyond 2 and its rates are those since the evidence began."""
    first = play(CountComparison(), *[Tally(1, 3, 1.0, 1.0)] * 100)[0]
    assert (1.0, 3.0) == (first.seen.demo, first.seen.prod)
    assert first.seen.ratio is not None
    assert first.seen.ratio > 2.0


def test_a_side_without_exposure_says_nothing() -> None:
    """No order was placed on one side: its rate is unknown, not 0."""
    comparison = CountComparison()
    for minute in range(500):
        assert [] == comparison.observe(Tally(0, 1, 0.0, 1.0), MINUTE_NS, minute)
    assert (None, None) == (comparison.seen().demo, comparison.seen().ratio)


def test_the_evidence_of_one_event_is_that_of_the_paper() -> None:
    """One event of production at equal exposure adds ln(.75 / .6) (calibration.md 4.4)."""
    comparison = CountComparison()
    play(comparison, Tally(0, 1, 1.0, 1.0))
    cusum = comparison.cusum(Direction.PROD_HIGHER)
    assert math.isclose(math.log(0.75 / 0.6), cusum.evidence)
    assert 0.0 == comparison.cusum(Direction.DEMO_HIGHER).evidence


def test_half_an_event_is_added_to_each_side() -> None:
    """0 against 3 is 7, not infinite."""
    assert 7.0 == Tally(0, 3, 1.0, 1.0).ratio
