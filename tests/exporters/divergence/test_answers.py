"""Latencies by sign: three times as slow is found within twenty answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.divergence.answers import AnswerComparison, count_over, median
from exporters.divergence.outcome import Direction
from exporters.divergence.totals import BOUNDS

MINUTE_NS = 60 * 10**9
NONE = [0.0] * (len(BOUNDS) + 1)


def at(latency_s: float, count: float = 1.0) -> list[float]:
    """Answers that all took so long."""
    counts, _ = np.histogram([latency_s], [0.0, *BOUNDS, np.inf])
    return [float(number) * count for number in counts]


def settled() -> AnswerComparison:
    """A comparison that has seen fifty answers of 0.22 s on each side."""
    comparison = AnswerComparison.of(BOUNDS)
    comparison.observe(at(0.22, 50), at(0.22, 50), MINUTE_NS, 0)
    return comparison


@pytest.mark.parametrize("direction", Direction)
def test_three_times_as_slow_is_found_within_twenty_answers(direction: Direction) -> None:
    """On either side."""
    comparison = settled()
    for answer in range(1, 21):
        slow, same = at(0.75), at(0.22)
        demo, prod = (same, slow) if direction is Direction.PROD_HIGHER else (slow, same)
        alarms = comparison.observe(demo, prod, MINUTE_NS, answer)
        if alarms:
            assert [direction] == [alarm.direction for alarm in alarms]
            assert alarms[0].seen.ratio is not None
            return
    pytest.fail("twenty answers were not enough")


@pytest.mark.parametrize("prod_s", [0.22, 0.28, 0.04])
def test_a_little_slower_or_faster_is_no_alarm_for_production(prod_s: float) -> None:
    """Up to 1.41 times, and a fast production is not slow."""
    comparison = settled()
    for answer in range(1, 500):
        comparison.observe(at(0.22), at(prod_s), MINUTE_NS, answer)
    assert comparison.cusum(Direction.PROD_HIGHER).raised_since_ns is None


def test_too_few_answers_make_no_median() -> None:
    """Nineteen are not compared."""
    comparison = AnswerComparison.of(BOUNDS)
    comparison.observe(at(0.22, 19), at(0.75, 19), MINUTE_NS, 0)
    assert [] == comparison.observe(NONE, at(0.75, 50), MINUTE_NS, 1)


def test_answers_off_the_scale_are_over_every_line() -> None:
    """And their median is the last bound, a lower limit of the truth."""
    assert 1.0 == count_over(BOUNDS, at(99.0), 20.0)
    assert BOUNDS[-1] == median(BOUNDS, at(99.0))


def test_no_answers_have_no_median() -> None:
    """Unknown is not 0."""
    assert median(BOUNDS, NONE) is None


@given(st.lists(st.floats(0.01, 29.0), min_size=1), st.floats(0.01, 29.0))
def test_counts_over_a_line_are_right_within_the_bucket(times: list[float], line: float) -> None:
    """Off by no more than the answers in the bucket of the line."""
    edges = [0.0, *BOUNDS, np.inf]
    counts = np.histogram(times, edges)[0].tolist()
    in_bucket = counts[int(np.searchsorted(BOUNDS, line, side="right"))]
    assert abs(count_over(BOUNDS, counts, line) - sum(t > line for t in times)) <= in_bucket + 1
