"""Estimators: right in known cases, bounded, forgetting, and safe against odd times."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.market import Side
from bot.domain.units import NS_PER_S
from bot.strategy.estimators import Decay, FlowEstimator, ToxicityEstimator, VolatilityEstimator

S = NS_PER_S
SHARE = 1_000_000
START_NS = 1_780_000_000 * S


def test_half_is_gone_after_a_half_life() -> None:
    """The factor is 1 at first, 1/2 after one half-life, 1/4 after two more from there."""
    decay = Decay(10.0)
    steps = [decay.step(START_NS), decay.step(START_NS + 10 * S), decay.step(START_NS + 30 * S)]
    assert steps == pytest.approx([1.0, 0.5, 0.25])


def test_time_that_stands_or_goes_back_decays_nothing() -> None:
    """The factor is 1, and the latest time seen stays the one to count from."""
    decay = Decay(10.0)
    decay.step(START_NS)
    assert [1.0, 1.0] == [decay.step(START_NS), decay.step(START_NS - 5 * S)]
    assert 0.5 == pytest.approx(decay.peek(START_NS + 10 * S))


@pytest.mark.parametrize("half_life_s", [0.0, -1.0, float("nan")])
def test_a_half_life_is_positive(half_life_s: float) -> None:
    """Anything else is refused by every estimator."""
    for make in (Decay, VolatilityEstimator, ToxicityEstimator, lambda s: FlowEstimator(s, 1)):
        with pytest.raises(ValueError, match="half-life"):
            make(half_life_s)


def test_volatility_starts_at_zero() -> None:
    """One mid says nothing about moves."""
    volatility = VolatilityEstimator(60.0)
    volatility.observe(5_000.0, START_NS)
    assert 0.0 == volatility.per_sqrt_s


@pytest.mark.parametrize("step_s", [1, 2, 5])
def test_volatility_of_a_random_walk_is_found_at_any_pace(step_s: int) -> None:
    """A walk of 3 units per root second is measured within 10 %, sampled fast or slowly."""
    volatility, generator, mid = VolatilityEstimator(6_000.0), random.Random(7), 5_000.0
    for i in range(60_000 // step_s):
        volatility.observe(mid, START_NS + i * step_s * S)
        mid += generator.gauss(0.0, 3.0 * step_s**0.5)
    assert 3.0 == pytest.approx(volatility.per_sqrt_s, rel=0.1)


def test_flicker_is_hardly_volatility() -> None:
    """A mid that flips by a tick every second moves nothing: under a tenth of its squared moves."""
    volatility = VolatilityEstimator(600.0)
    for i in range(3_600):
        volatility.observe(5_000.0 + 50.0 * (i % 2), START_NS + i * S)
    assert volatility.per_sqrt_s < 50.0 / 10


def test_time_that_goes_back_is_the_same_moment() -> None:
    """The mid is taken, the time is not: no error, and no volatility from it."""
    volatility = VolatilityEstimator(60.0)
    volatility.observe(5_000.0, START_NS)
    volatility.observe(5_900.0, START_NS - 5 * S)
    assert 0.0 == volatility.per_sqrt_s


def test_volatility_fades_when_the_mid_stands_still() -> None:
    """Once a jump has been smoothed in, one half-life of standing still halves the variance."""
    volatility = VolatilityEstimator(600.0)
    volatility.observe(5_000.0, START_NS)
    volatility.observe(5_100.0, START_NS + S)
    for minute in range(1, 20):
        volatility.observe(5_100.0, START_NS + minute * 60 * S)
    before = volatility.per_sqrt_s
    for minute in range(20, 30):
        volatility.observe(5_100.0, START_NS + minute * 60 * S)
    assert before**2 / 2 == pytest.approx(volatility.per_sqrt_s**2, rel=0.01)


def test_flow_counts_half_at_its_scale() -> None:
    """Buying as much as the scale gives 1/2; the same sold again gives 0."""
    flow = FlowEstimator(60.0, 100 * SHARE)
    assert 0.0 == flow.imbalance(START_NS)
    flow.observe(Side.BUY, 100 * SHARE, START_NS)
    assert 0.5 == flow.imbalance(START_NS)
    flow.observe(Side.SELL, 100 * SHARE, START_NS)
    assert 0.0 == flow.imbalance(START_NS)


def test_flow_fades_without_trades() -> None:
    """Half of the weight after a half-life, none after many."""
    flow = FlowEstimator(60.0, 100 * SHARE)
    flow.observe(Side.SELL, 100 * SHARE, START_NS)
    assert -1 / 3 == pytest.approx(flow.imbalance(START_NS + 60 * S))
    assert 0.0 == pytest.approx(flow.imbalance(START_NS + 6_000 * S), abs=1e-9)


@pytest.mark.parametrize("scale", [0, -1])
def test_flow_scale_is_positive(scale: int) -> None:
    """Anything else would divide by zero in a market without trades."""
    with pytest.raises(ValueError, match="flow scale"):
        FlowEstimator(60.0, scale)


@given(
    st.lists(
        st.tuples(st.sampled_from(Side), st.integers(1, 10**15), st.integers(-(10**12), 10**12))
    ),
    st.integers(-(10**12), 10**12),
)
def test_imbalance_is_bounded(trades: list[tuple[Side, int, int]], ask_ns: int) -> None:
    """It lies in [-1, 1] for any trades at any times, backwards ones included."""
    flow = FlowEstimator(5.0, 100 * SHARE)
    for side, size, offset_ns in trades:
        flow.observe(side, size, START_NS + offset_ns)
    assert -1.0 <= flow.imbalance(START_NS + ask_ns) <= 1.0


def test_one_bad_fill_proves_nothing() -> None:
    """A cost of 6 cents measured once counts 1 cent; measured often it counts nearly whole."""
    toxicity = ToxicityEstimator(600.0)
    assert 0.0 == toxicity.cost_cents(START_NS)
    toxicity.observe(6.0, START_NS)
    assert 1.0 == pytest.approx(toxicity.cost_cents(START_NS))
    for _ in range(500):
        toxicity.observe(6.0, START_NS)
    assert 6.0 == pytest.approx(toxicity.cost_cents(START_NS), rel=0.02)


def test_toxicity_fades_without_fills() -> None:
    """Quotes so wide that nothing fills come back by themselves."""
    toxicity = ToxicityEstimator(600.0)
    for _ in range(50):
        toxicity.observe(6.0, START_NS)
    costs = [toxicity.cost_cents(START_NS + i * 600 * S) for i in range(12)]
    assert costs == sorted(costs, reverse=True)
    assert 0.05 > costs[-1] > 0.0
