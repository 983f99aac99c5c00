"""Markouts: each fill is measured once at each horizon, when it is due and not before."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.market import Side, TokenId
from bot.domain.markout import HORIZONS_S, MarkedFill, Markout, MarkoutTracker
from bot.domain.orders import OrderId
from bot.domain.ports import NEVER
from bot.domain.units import NS_PER_S

YES, NO = TokenId("111"), TokenId("222")


def fill(
    trade_id: str = "t1", token: TokenId = YES, side: Side = Side.BUY, ts_ns: int = 0
) -> MarkedFill:
    """A fill at a mid of 50 cents."""
    return MarkedFill(OrderId("o1"), trade_id, token, side, 1_000_000, 5_000.0, ts_ns)


def test_nothing_is_due_without_fills() -> None:
    """An empty tracker never asks to be called."""
    tracker = MarkoutTracker()
    assert (NEVER, []) == (tracker.next_due_ns, tracker.due(NEVER, lambda _: 1.0))


def test_each_horizon_comes_once_at_its_time() -> None:
    """One ns early nothing is due; at the horizon it is, and the next one is announced."""
    tracker, one = MarkoutTracker(), fill(ts_ns=7)
    tracker.add(one)
    for horizon_s in HORIZONS_S:
        due_ns = 7 + horizon_s * NS_PER_S
        assert due_ns == tracker.next_due_ns
        assert [] == tracker.due(due_ns - 1, lambda _: 5_100.0)
        assert [Markout(one, horizon_s, 5_100.0)] == tracker.due(due_ns, lambda _: 5_100.0)
    assert NEVER == tracker.next_due_ns


def test_a_horizon_without_a_mid_is_dropped_and_counted() -> None:
    """No mid is no measurement: the horizon is missed, the next ones still come."""
    tracker = MarkoutTracker()
    tracker.add(fill(token=YES))
    tracker.add(fill(token=NO))
    measured = tracker.due(NS_PER_S, {YES: None, NO: 4_000.0}.get)
    assert [(NO, 1)] == [(markout.fill.token, markout.horizon_s) for markout in measured]
    assert (1, 5 * NS_PER_S) == (tracker.missed, tracker.next_due_ns)


def test_due_together_come_as_they_were_added() -> None:
    """Equal times keep their order, so that a replay is equal to the byte."""
    tracker = MarkoutTracker()
    for trade_id in ("b", "a", "c"):
        tracker.add(fill(trade_id))
    measured = tracker.due(NS_PER_S, lambda _: 1.0)
    assert ["b", "a", "c"] == [markout.fill.trade_id for markout in measured]


@given(
    st.lists(st.integers(0, 400), max_size=12),
    st.lists(st.integers(0, 800), max_size=12).map(sorted),
)
def test_calls_at_any_times_miss_and_repeat_nothing(fills_s: list[int], calls_s: list[int]) -> None:
    """However the calls fall, the markouts are those due by the last call, in time order."""
    tracker, measured = MarkoutTracker(), []
    for number, ts_s in enumerate(fills_s):
        tracker.add(fill(str(number), ts_ns=ts_s * NS_PER_S))
    for now_s in calls_s:
        times = [
            markout.fill.ts_ns // NS_PER_S + markout.horizon_s
            for markout in tracker.due(now_s * NS_PER_S, lambda _: 1.0)
        ]
        assert sorted(times) == times
        measured += times
    last_s = max(calls_s, default=-1)
    expected = [ts_s + h for ts_s in fills_s for h in HORIZONS_S if ts_s + h <= last_s]
    assert sorted(expected) == sorted(measured)


@pytest.mark.parametrize(
    ("side", "mid_after", "cents", "bps"),
    [
        (Side.BUY, 4_900.0, 1.0, 200.0),
        (Side.BUY, 5_050.0, -0.5, -100.0),
        (Side.SELL, 5_100.0, 1.0, 200.0),
        (Side.SELL, 5_000.0, 0.0, 0.0),
    ],
)
def test_a_cost_is_positive_when_we_lose(
    side: Side, mid_after: float, cents: float, bps: float
) -> None:
    """A mid that falls after we bought, or rises after we sold, has cost us that much."""
    markout = Markout(fill(side=side), 5, mid_after)
    assert (cents, bps) == pytest.approx((markout.cost_cents, markout.cost_bps))


@pytest.mark.parametrize("mid", [0.0, -1.0, math.nan])
def test_a_fill_without_a_mid_cannot_be_marked(mid: float) -> None:
    """A cost relative to nothing does not exist."""
    with pytest.raises(ValueError, match="fill t1: mid before it is"):
        MarkedFill(OrderId("o1"), "t1", YES, Side.BUY, 1, mid, 0)
