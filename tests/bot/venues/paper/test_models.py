"""The draws of the paper venue: right in distribution, and the same for the same seed."""

import random
import statistics

import pytest

from bot.domain.calibration import Latency, RejectionParameters, SettlementParameters
from bot.domain.reports import RejectionReason, TradeState
from bot.venues.paper import models

MS = 1_000_000


def test_streams_of_one_seed_are_independent_and_repeatable() -> None:
    """The same seed and purpose give the same numbers, another purpose or seed gives others."""
    assert models.stream(1, "a").random() == models.stream(1, "a").random()
    others = {models.stream(1, "b").random(), models.stream(2, "a").random()}
    assert models.stream(1, "a").random() not in others


def test_lognormal_latency_has_its_median_and_spread() -> None:
    """Half of the draws lie below the median, and sigma is that of the logarithm."""
    rng = random.Random(1)
    draws = [models.sample_ns(Latency(median_ms=250, sigma=0.39), rng) / MS for _ in range(4000)]
    assert 250 == pytest.approx(statistics.median(draws), rel=0.03)
    p16, p84 = statistics.quantiles(draws, n=100)[15], statistics.quantiles(draws, n=100)[83]
    assert 2.18 == pytest.approx(p84 / p16, rel=0.05)  # exp(2 * 0.39)


def test_a_quantile_table_wins_and_is_read_between_its_points() -> None:
    """Draws from a table are inside it, and its middle value is their median."""
    latency = Latency(median_ms=1, quantiles_ms=(100, 200, 1000))
    rng = random.Random(1)
    draws = [models.sample_ns(latency, rng) / MS for _ in range(4000)]
    assert 100 <= min(draws)
    assert max(draws) <= 1000
    assert 200 == pytest.approx(statistics.median(draws), rel=0.05)
    assert 600 == pytest.approx(statistics.quantiles(draws, n=4)[2], rel=0.05)


def test_one_round_trip_is_split_by_its_share() -> None:
    """Entry and response add up to one draw: a slow request is slow in both parts."""
    rng = random.Random(1)
    for _ in range(100):
        entry_ns, response_ns = models.round_trip(Latency(), 0.3, rng)
        assert 0.3 == pytest.approx(entry_ns / (entry_ns + response_ns), abs=1e-6)


def test_exogenous_rejections_come_at_their_rates() -> None:
    """Each reason is drawn with its probability, and most orders pass."""
    parameters = RejectionParameters(
        probability={RejectionReason.PAUSED: 0.1, RejectionReason.AUTH: 0.2}
    )
    rng = random.Random(1)
    draws = [models.draw_rejection(parameters, rng) for _ in range(5000)]
    assert 500 == pytest.approx(draws.count(RejectionReason.PAUSED), rel=0.15)
    assert 1000 == pytest.approx(draws.count(RejectionReason.AUTH), rel=0.15)
    assert {None, RejectionReason.PAUSED, RejectionReason.AUTH} == set(draws)


def test_settlement_fails_at_its_rate() -> None:
    """A trade is confirmed or fails, after the delay given."""
    parameters = SettlementParameters(
        delay=Latency(median_ms=4000, sigma=0), failure_probability=0.25
    )
    rng = random.Random(1)
    draws = [models.draw_settlement(parameters, rng) for _ in range(2000)]
    assert {4000 * MS} == {draw.delay_ns for draw in draws}
    assert 500 == pytest.approx([d.state for d in draws].count(TradeState.FAILED), rel=0.15)
    assert {TradeState.FAILED, TradeState.CONFIRMED} == {draw.state for draw in draws}


def test_charges_round_against_us() -> None:
    """Bps of the value plus cents per share; a fraction of a unit is charged, a rebate cut."""
    assert 0 == models.Charges().on(5000, 5_000_000)
    assert 2500 == models.Charges(bps=10).on(5000, 5_000_000)
    assert 50_000 == models.Charges(cents_per_share=1).on(5000, 5_000_000)
    assert 1 == models.Charges(bps=1).on(5000, 10)
    assert 0 == models.Charges(bps=-1).on(5000, 10)


def test_a_bucket_lets_its_burst_through_and_then_its_rate() -> None:
    """Sixty at once, then forty a second."""
    bucket = models.RateBucket(models.ORDERS_PER_S, models.ORDER_BURST)
    at_once = [bucket.take(1, 10**18) for _ in range(70)]
    assert 60 == sum(at_once)
    later = [bucket.take(1, 10**18 + 500 * MS) for _ in range(70)]
    assert 20 == sum(later)


def test_a_mass_cancel_is_let_through_and_paid_for_by_waiting() -> None:
    """The level goes below zero by one large request, and nothing passes until it is above."""
    bucket = models.RateBucket(10, 10)
    assert bucket.take(25, 0)
    assert not bucket.take(1, 1_500 * MS)
    assert bucket.take(1, 1_600 * MS)
