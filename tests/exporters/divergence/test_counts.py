"""Rates by their counts: what raises an alarm, and what must not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.divergence.counts import BAND_MIN, TARGET, CountComparison, Tally
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


def evidence_of_one_event(comparison: CountComparison) -> float:
    """What one more event of production adds at equal exposure."""
    before = comparison.cusum(Direction.PROD_HIGHER).evidence
    comparison.observe(Tally(0, 1, 1.0, 1.0), MINUTE_NS, 0)
    return comparison.cusum(Direction.PROD_HIGHER).evidence - before


def test_the_evidence_of_one_event_is_that_of_the_paper() -> None:
    """It is ln(share at the target / share within the band) (calibration.md 4.4)."""
    comparison = CountComparison()
    play(comparison)
    within, beyond = BAND_MIN / (1.0 + BAND_MIN), TARGET / (1.0 + TARGET)
    assert math.isclose(math.log(beyond / within), evidence_of_one_event(comparison))
    assert 0.0 == comparison.cusum(Direction.DEMO_HIGHER).evidence


def test_what_has_been_so_for_a_day_counts_as_agreeing() -> None:
    """Two bots 1.4x apart since yesterday need more events than two that agreed; none below 0."""
    agreed, apart = CountComparison(), CountComparison()
    for minute in range(24 * 60):
        agreed.observe(Tally(1, 1, 1.0, 1.0), MINUTE_NS, minute)
        apart.observe(Tally(1.0, 1.4, 1.0, 1.0), MINUTE_NS, minute)
    assert 0.0 < evidence_of_one_event(apart) < evidence_of_one_event(agreed)


def test_a_divergence_never_becomes_usual() -> None:
    """Three times as many for a week still raise alarms."""
    comparison = CountComparison()
    week = [Tally(1, 3, 1.0, 1.0)] * (7 * 24 * 60)
    play(comparison, *week)
    assert play(comparison, *[Tally(1, 3, 1.0, 1.0)] * 300)


def test_a_longer_past_than_the_last_events_is_forgotten() -> None:
    """After a day at 1.5x, four hours at 3x raise an alarm."""
    comparison = CountComparison()
    assert [] == play(comparison, *[Tally(2, 3, 1.0, 1.0)] * (24 * 60))
    assert play(comparison, *[Tally(1, 3, 1.0, 1.0)] * 240)


def test_weight_multiplies_evidence() -> None:
    """Twice the weight, twice the evidence."""
    once, twice = CountComparison(), CountComparison()
    for minute in range(60):
        for comparison in (once, twice):
            comparison.observe(Tally(0, 0, 1.0, 1.0), MINUTE_NS, minute)
    once.observe(Tally(0, 1, 1.0, 1.0), MINUTE_NS, 60)
    twice.observe(Tally(0, 1, 1.0, 1.0), MINUTE_NS, 60, weight=2.0)
    evidence = [one.cusum(Direction.PROD_HIGHER).evidence for one in (once, twice)]
    assert math.isclose(2.0 * evidence[0], evidence[1])


@given(st.floats(0.0, 1e4), st.floats(0.0, 1e4), st.floats(0.1, 1e3), st.floats(0.1, 1e3))
def test_the_usual_ratio_is_the_same_seen_from_both_sides(
    demo: float, prod: float, demo_exposure: float, prod_exposure: float
) -> None:
    """Production over demo is one over demo over production, and 1 without events."""
    forth = Tally(demo, prod, demo_exposure, prod_exposure).shrunk_ratio(50.0)
    back = Tally(prod, demo, prod_exposure, demo_exposure).shrunk_ratio(50.0)
    assert math.isclose(1.0, forth * back)
    assert math.isclose(1.0, Tally(0, 0, demo_exposure, prod_exposure).shrunk_ratio(50.0))


def test_half_an_event_is_added_to_each_side() -> None:
    """0 against 3 is 7, not infinite."""
    assert 7.0 == Tally(0, 3, 1.0, 1.0).ratio
