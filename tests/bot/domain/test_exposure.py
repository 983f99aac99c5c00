"""Stale-quote exposure: size times time on the wrong side of the fair value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.exposure import StaleQuoteTracker, StaleSpan
from bot.domain.market import Side
from bot.domain.orders import OrderId
from bot.domain.units import NS_PER_S

ORDER = OrderId("o1")
SHARE = 1_000_000


@pytest.mark.parametrize(
    ("side", "fair", "stale"),
    [
        (Side.BUY, 4_999.9, True),
        (Side.BUY, 5_000.0, False),
        (Side.SELL, 5_000.1, True),
        (Side.SELL, 5_000.0, False),
    ],
)
def test_an_order_is_stale_when_it_pays_too_much(side: Side, fair: float, *, stale: bool) -> None:
    """A bid above the fair value or an ask below it is stale; at the fair value it is not."""
    tracker = StaleQuoteTracker()
    assert tracker.observe(ORDER, side, 5_000, SHARE, fair, 0) is None
    assert stale == (tracker.close(ORDER, 1) is not None)


def test_a_span_ends_when_the_fair_value_comes_back() -> None:
    """From the first stale look to the first fair one, once."""
    tracker = StaleQuoteTracker()
    times = {1: 4_900.0, 2: 4_800.0, 4: 5_100.0, 5: 5_100.0}
    spans = [
        tracker.observe(ORDER, Side.BUY, 5_000, 10 * SHARE, fair, now_s * NS_PER_S)
        for now_s, fair in times.items()
    ]
    assert [None, None, StaleSpan(ORDER, Side.BUY, 10 * SHARE, 3 * NS_PER_S, 30.0), None] == spans


def test_a_span_ends_when_the_order_leaves_the_book() -> None:
    """A cancel or a fill closes what was open; a second close finds nothing."""
    tracker = StaleQuoteTracker()
    tracker.observe(ORDER, Side.SELL, 5_000, SHARE, 6_000.0, 0)
    assert StaleSpan(ORDER, Side.SELL, SHARE, 2 * NS_PER_S, 2.0) == tracker.close(
        ORDER, 2 * NS_PER_S
    )
    assert tracker.close(ORDER, 3 * NS_PER_S) is None


def test_orders_are_stale_each_for_themselves() -> None:
    """Closing one leaves the other open."""
    tracker, other = StaleQuoteTracker(), OrderId("o2")
    for order_id in (ORDER, other):
        tracker.observe(order_id, Side.BUY, 5_000, SHARE, 4_000.0, 0)
    first, second = tracker.close(other, 1), tracker.close(ORDER, 2)
    assert first is not None
    assert second is not None
    assert [(other, 1), (ORDER, 2)] == [(s.order_id, s.duration_ns) for s in (first, second)]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 50)), min_size=1, max_size=20))
def test_exposure_follows_the_open_size(steps: list[tuple[int, int]]) -> None:
    """The exposure is the sum of open size times the time it stayed so."""
    tracker, now_s, expected = StaleQuoteTracker(), 0, 0
    for wait_s, shares in steps:
        tracker.observe(ORDER, Side.BUY, 5_000, shares * SHARE, 4_000.0, now_s * NS_PER_S)
        expected += wait_s * shares
        now_s += wait_s
    span = tracker.close(ORDER, now_s * NS_PER_S)
    assert StaleSpan(ORDER, Side.BUY, steps[0][1] * SHARE, now_s * NS_PER_S, expected) == span
