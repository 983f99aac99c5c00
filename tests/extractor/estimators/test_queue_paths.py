"""When simulated orders in the place of a traced one were due."""

import math
from collections.abc import Sequence

import pytest

from extractor.estimators.queue_paths import PARTICLES, PaperQueue, power_of
from extractor.log import fold
from tests.extractor.conftest import Observation, Scribe

PHIS = (0.05, 0.5, 1.0)


def due(observations: Sequence[Observation], end_ms: float = 60_000.0) -> list[tuple[float, ...]]:
    """The due times of an order behind 100 shares."""
    scribe = Scribe()
    scribe.submit("a", 0.0)
    scribe.accept("a", 1.0)
    scribe.trace("a", 60_001.0, 60_000.0, tuple(observations))
    orders = fold(scribe.events).rested()
    trace = orders[0].trace
    assert trace is not None
    return list(PaperQueue(orders, seed=1)(trace, end_ms, PHIS))


def test_a_print_through_the_price_fills_everyone() -> None:
    """Whatever the queue, price has priority."""
    assert [(5_000.0,) * PARTICLES] * 3 == due([(5_000.0, "t", 10.0, 100.0)])


def test_a_print_beyond_the_queue_fills_everyone() -> None:
    """A trade of 105 shares goes through the 100 ahead; only the first print that does counts."""
    seen: list[Observation] = [
        (1_000.0, "p", 20.0, 80.0),
        (2_000.0, "p", 85.0, 0.0),
        (3_000.0, "p", 50.0, 0.0),
    ]
    assert [(2_000.0,) * PARTICLES] * 3 == due(seen)


def test_fewer_are_due_when_leavers_stand_behind() -> None:
    """With phi near 0 those who leave were ahead of us; with phi = 1 they never were."""
    seen: list[Observation] = [(100.0 * i, "a", 10.0, 90.0 + 10 * i) for i in range(1, 11)]
    seen += [(2_000.0 + 500 * i, "d", 10.0, 200.0 - 10 * i) for i in range(10)]
    seen += [(10_000.0, "p", 60.0, 100.0)]
    ahead, proportional, behind = (len(times) for times in due(seen))
    assert ahead >= proportional >= behind == 0
    assert ahead > 0


@pytest.mark.parametrize(
    ("observations", "end_ms"),
    [([], 60_000.0), ([(5.0, "d", 50.0, 100.0)], 60_000.0), ([(5_000.0, "t", 9.0, 0.0)], 4_999.0)],
)
def test_without_a_print_in_time_nothing_is_due(
    observations: list[Observation], end_ms: float
) -> None:
    """Shrinking levels fill nobody, and what comes after the end does not count."""
    assert [(), (), ()] == due(observations, end_ms)


def test_phi_is_the_exponent_on_a_bounded_scale() -> None:
    """Phi = n / (n + 1)."""
    assert (1.0, math.inf) == (power_of(0.5), power_of(1.0))
