"""The order log: one record an order, whatever the journal went through."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.market import Side, TokenId
from bot.domain.reports import CancelReason, RejectionReason, TradeState
from extractor.log import OrderLog, fold
from tests.extractor.conftest import SHARES, Day, Scribe


def test_a_life_is_one_record(scribe: Scribe) -> None:
    """Every step of an order ends up in its record."""
    scribe.submit("a", 0.0, level=2, mid=5000.0)
    scribe.accept("a", 100.0, latency_ms=100.0)
    scribe.fill("a", 500.0)
    scribe.settle("a", 4_500.0)
    scribe.mark("a", 60_500.0, 0.3)
    scribe.trace("a", 60_501.0, 400.0, ((10.0, "p", 5.0, 100.0),))
    (order,) = fold(scribe.events).orders.values()
    assert (2, 100.0, 1) == (order.level, order.ack_ms, len(order.fills))
    assert (TradeState.CONFIRMED, 4_000.0) == (order.fills[0].state, order.fills[0].settled_ms)
    assert {60: (0.3, 60.0)} == order.fills[0].markouts
    assert order.trace is not None


def test_a_cancel_keeps_its_request_and_its_answer(scribe: Scribe) -> None:
    """Latency, reason and refusals of a cancel are kept."""
    scribe.submit("a", 0.0)
    scribe.accept("a", 100.0)
    scribe.request_cancel("a", 1_000.0)
    scribe.request_cancel("a", 1_050.0)
    scribe.cancel("a", 1_120.0, latency_ms=120.0)
    (order,) = fold(scribe.events).orders.values()
    assert (CancelReason.REQUESTED, 120.0) == (order.cancel_reason, order.cancel_ms)
    assert order.cancel_requested_ns == scribe.events[2].ts_ns


def test_a_lost_answer_is_no_latency(scribe: Scribe) -> None:
    """An acceptance that a later query found rests, and its time is not an answer's."""
    scribe.submit("a", 0.0)
    scribe.lose("a", 10_000.0)
    scribe.lose("a", 11_000.0)
    scribe.accept("a", 15_000.0, latency_ms=15_000.0)
    (order,) = fold(scribe.events).orders.values()
    assert (True, None, 10_000.0) == (order.rested, order.ack_ms, order.lost_ms)


def test_events_without_their_order_are_counted(scribe: Scribe) -> None:
    """A journal that begins in the middle of an order is read on."""
    scribe.accept("ghost", 0.0)
    scribe.fill("ghost", 1.0)
    scribe.submit("a", 2.0)
    scribe.settle("a", 3.0)
    scribe.mark("a", 4.0, 0.1)
    log = fold(scribe.events)
    assert {
        "OrderAccepted_without_submit": 1,
        "OrderFilled_without_submit": 1,
        "settled_without_fill": 1,
        "markout_without_fill": 1,
    } == log.damage
    assert 1 == len(log.orders)


def test_what_is_told_twice_counts_once(scribe: Scribe) -> None:
    """A repeated step changes nothing, and is counted."""
    scribe.submit("a", 0.0)
    scribe.submit("a", 0.0)
    for _ in range(2):
        scribe.accept("a", 1.0)
        scribe.fill("a", 2.0)
        scribe.cancel("a", 3.0)
    log = fold([*scribe.events, *scribe.events])
    assert 1 == len(log.fills())
    assert {
        "submitted_twice": 1,
        "accepted_twice": 1,
        "filled_twice": 1,
        "canceled_twice": 1,
        "repeated": 8,
    } == log.damage


def test_runs_may_use_the_same_order_ids() -> None:
    """A paper bot counts its orders from 1 in every run."""
    first, second = Scribe(run_id="one"), Scribe(run_id="two")
    first.submit("1", 0.0)
    second.submit("1", 0.0)
    second.reject("1", 1.0, RejectionReason.PAUSED)
    log = fold([*first.events, *second.events])
    assert [None, RejectionReason.PAUSED] == [o.rejection_reason for o in log.orders.values()]
    assert {} == log.damage


def test_a_markout_that_is_no_number_is_damage(scribe: Scribe) -> None:
    """NaN never becomes a measurement."""
    scribe.submit("a", 0.0)
    scribe.fill("a", 1.0)
    scribe.mark("a", 2.0, float("nan"))
    log = fold(scribe.events)
    assert {"markout_not_a_number": 1} == log.damage
    assert {} == log.fills()[0][1].markouts


def test_time_alive_leaves_gaps_out(scribe: Scribe) -> None:
    """An hour with nothing in it is no hour of exposure."""
    for minute in (0, 1, 2, 60, 61, 62):
        scribe.quote(minute * 60_000.0)
    log = fold(scribe.events)
    assert pytest.approx(0.1) == log.hours
    assert {"run": scribe.events[-1].ts_ns} == log.ends_ns


def test_distance_knows_the_outcome_from_the_prices(scribe: Scribe) -> None:
    """A token priced around 0.30 in a market at 0.70 is the NO token."""
    scribe.submit("yes", 0.0, mid=7000.0, price=6900)
    scribe.submit("no", 0.0, mid=7000.0, price=2950, token=TokenId("2"))
    scribe.submit("sell", 0.0, mid=7000.0, price=7200, side=Side.SELL)
    scribe.submit("blind", 0.0, mid=None)
    log = fold(scribe.events)
    assert [1.0, 0.5, 2.0, None] == [log.distance_cents(o) for o in log.orders.values()]


def test_markets_and_venues_are_listed(scribe: Scribe) -> None:
    """What the log speaks of is known from its events."""
    scribe.started("paper")
    scribe.quote(0.0, market="b")
    scribe.submit("a", 0.0, market="a")
    log = fold(scribe.events)
    assert (("a", "b"), {"paper"}) == (log.markets, log.venues)


@given(st.data())
def test_any_part_of_a_journal_can_be_read(data: st.DataObject) -> None:
    """Cut, shuffled or repeated events never crash, and never fill more than was asked."""
    scribe = Scribe()
    for order_id in ("a", "b"):
        scribe.submit(order_id, 0.0)
        scribe.accept(order_id, 1.0)
        scribe.fill(order_id, 2.0)
        scribe.cancel(order_id, 3.0)
        scribe.settle(order_id, 4.0)
        scribe.trace(order_id, 5.0, 1.0, ())
    picked = data.draw(st.lists(st.sampled_from(scribe.events)))
    renumbered = [msgspec.structs.replace(e, seq=i) for i, e in enumerate(picked)]
    log = fold(renumbered)
    assert all(order.filled_size <= SHARES for order in log.orders.values())
    assert len(picked) == log.events


def test_folding_keeps_one_record_an_order(make_day: Callable[..., Day]) -> None:
    """A day's events fold into as many records as orders were submitted."""
    log = OrderLog()
    for event in make_day(orders=50).events:
        log.add(event)
    assert (50, {}) == (len(log.orders), log.damage)
