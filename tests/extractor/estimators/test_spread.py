"""Spreads are weighted by time and leave one-sided books out."""

import pytest

from extractor.estimators import spread
from extractor.log import fold
from tests.extractor.conftest import Scribe


def test_a_sample_counts_for_as_long_as_it_stood(scribe: Scribe) -> None:
    """30 s at 2 cents and 10 s at 6 cents are 3 cents on average."""
    scribe.quote(0.0)
    scribe.quote(30_000.0, best_bid=4700, best_ask=5300)
    scribe.quote(40_000.0)
    estimate = spread.estimates(fold(scribe.events))["spread_cents"]
    assert pytest.approx(3.0) == estimate.value
    assert not estimate.sufficient
    assert "min of samples; 60 are needed" in estimate.note


def test_a_sample_speaks_for_a_minute_at_most(scribe: Scribe) -> None:
    """An hour of silence is no hour of spread."""
    scribe.quote(0.0)
    scribe.quote(3_600_000.0, best_bid=4700, best_ask=5300)
    scribe.quote(3_660_000.0)
    assert pytest.approx(4.0) == spread.estimates(fold(scribe.events))["spread_cents"].value


def test_one_sided_and_crossed_books_are_left_out_and_reported(scribe: Scribe) -> None:
    """Half of the time there was no ask."""
    scribe.quote(0.0)
    scribe.quote(10_000.0, best_ask=None)
    scribe.quote(20_000.0, best_bid=5100, best_ask=5100)
    scribe.quote(30_000.0)
    estimates = spread.estimates(fold(scribe.events))
    assert pytest.approx(2.0) == estimates["spread_cents"].value
    assert pytest.approx(2 / 3) == estimates["one_sided_share"].value
    assert pytest.approx(1_000.0 * 2 / 5) == estimates["spread_bps"].value


def test_our_quotes_are_measured_beside_the_market(scribe: Scribe) -> None:
    """Ours are 4 cents wide, and at the best price on one side of the two."""
    scribe.quote(0.0, our_bid=4900, our_ask=5300)
    scribe.quote(10_000.0, our_bid=None, our_ask=None)
    scribe.quote(20_000.0, best_bid=None)
    scribe.quote(30_000.0)
    estimates = spread.estimates(fold(scribe.events))
    assert pytest.approx((4.0 * 10 + 4.0 * 10) / 20) == estimates["our_spread_cents"].value
    assert pytest.approx(800.0) == estimates["our_spread_bps"].value
    assert pytest.approx(0.5) == estimates["at_best_share"].value


def test_hours_give_an_interval(scribe: Scribe) -> None:
    """Two hours and more are enough."""
    for minute in range(130):
        scribe.quote(minute * 60_000.0, best_ask=5100 + 100 * (minute // 60))
    estimate = spread.estimates(fold(scribe.events))["spread_cents"]
    assert estimate.sufficient
    assert estimate.interval is not None
    assert estimate.value is not None
    assert estimate.interval[0] <= estimate.value <= estimate.interval[1]


def test_no_sample_is_no_spread() -> None:
    """Every figure is nothing."""
    assert {None} == {estimate.value for estimate in spread.estimates(fold([])).values()}
