"""Reports into states, holdings and measurements, in whatever order they come."""

import pytest

from bot.domain import events
from bot.domain.market import Side
from bot.domain.orders import Order, OrderStatus
from bot.domain.reports import (
    Accepted,
    Canceled,
    CancelReason,
    CancelRefused,
    Lost,
    Rejected,
    RejectionReason,
    Sent,
    TradeState,
)
from bot.engine.tokens import level_key
from tests.bot.engine.world import NO, SHARE, YES, FakeVenue, World


def quoting() -> tuple[World, Order]:
    """A world that quotes, and its bid on YES."""
    world = World()
    world.quote()
    return world, world.order(Side.BUY, YES)


def status(order: Order) -> OrderStatus:
    """Where an order stands now."""
    return order.status


def net_size(world: World) -> int:
    """YES minus NO holdings."""
    return world.engine.accounting.ledgers["rain"].net_size


def test_a_fill_reaches_ledger_and_event_at_once() -> None:
    """A match counts before it is settled, with price, fee and time as told."""
    world, bid = quoting()
    world.fill(bid, fee=1_000)
    ledger = world.engine.accounting.ledgers["rain"]
    assert (5 * SHARE, 0, 5 * SHARE) == (net_size(world), ledger.settled(YES), ledger.pending(YES))
    assert -2_451_000 == ledger.cash
    (filled,) = world.sink.of(events.OrderFilled)
    assert (4900, 5 * SHARE, 1_000) == (filled.price, filled.size, filled.fee)
    assert pytest.approx(10_000 * 1_000 / 2_450_000) == filled.real_fee_bps
    assert not filled.after_cancel
    assert OrderStatus.FILLED is status(bid)


def test_that_an_order_left_changes_nothing_but_is_told() -> None:
    """No state, no holding, no reason to look again."""
    world, bid = quoting()
    before = status(bid), world.engine.accounting.version
    world.report(Sent(bid.order_id, decide_ns=1_500_000))
    assert before == (status(bid), world.engine.accounting.version)
    (sent,) = world.sink.of(events.OrderSent)
    assert (bid.order_id, 1.5) == (sent.order_id, sent.tick_to_order_ms)


def test_a_fill_told_twice_counts_once() -> None:
    """The key is (trade, order): a repeat changes neither holdings nor events."""
    world, bid = quoting()
    world.fill(bid, 2 * SHARE)
    world.fill(bid, 2 * SHARE)
    world.fill(bid, 2 * SHARE, trade_id="t2")
    assert 4 * SHARE == net_size(world)
    assert ["t1", "t2"] == [event.trade_id for event in world.sink.of(events.OrderFilled)]
    assert SHARE == bid.open_size


def test_a_fill_wins_the_race_against_our_cancel() -> None:
    """Requested, filled, refused: the fill counts as one after the cancel, the order is FILLED."""
    world, bid = quoting()
    world.engine.stop(world.now_ns)
    world.fill(bid)
    world.report(CancelRefused(bid.order_id))
    (filled,) = world.sink.of(events.OrderFilled)
    assert filled.after_cancel
    assert OrderStatus.FILLED is status(bid)
    assert 1 == len(world.sink.of(events.CancelRefused))
    assert 5 * SHARE == net_size(world)


def test_a_fill_after_the_cancel_was_confirmed_still_counts() -> None:
    """The exchange may tell of a match late: holdings are right, the order stays CANCELED."""
    world, bid = quoting()
    world.engine.stop(world.now_ns)
    world.confirm_cancels()
    world.fill(bid, 2 * SHARE)
    assert OrderStatus.CANCELED is status(bid)
    assert 2 * SHARE == net_size(world)
    world.engine.accounting.orders.check()


def test_a_fill_after_a_rejection_still_counts_and_reopens_the_order() -> None:
    """A rejection that was none: the order rests after all, and is managed again."""
    world = World()
    world.open_books()
    world.wait(1_000)
    bid = world.order(Side.BUY, YES)
    world.report(Rejected(bid.order_id, RejectionReason.OTHER))
    assert bid not in world.open_orders
    world.fill(bid, 2 * SHARE)
    assert OrderStatus.ACCEPTED is status(bid)
    assert bid in world.open_orders
    assert 2 * SHARE == net_size(world)


def test_a_lost_order_stays_open_until_something_proves_its_end() -> None:
    """An unknown order still counts, so nothing is placed beside it; a fill makes it known."""
    world = World()
    world.open_books()
    world.wait(1_000)
    bid = world.order(Side.BUY, YES)
    world.report(Lost(bid.order_id))
    assert OrderStatus.UNKNOWN is status(bid)
    world.wait(60_000)
    assert 2 == len(world.venue.submitted)
    assert bid in world.open_orders
    world.fill(bid, 2 * SHARE)
    assert OrderStatus.ACCEPTED is status(bid)
    assert 1 == len(world.sink.of(events.OrderLost))


def test_an_answer_lost_after_the_order_ended_is_no_unknown_outcome() -> None:
    """The fill came over another channel: nothing is unknown, nothing trips."""
    world = World()
    world.open_books()
    world.wait(1_000)
    bid = world.order(Side.BUY, YES)
    world.fill(bid)
    for _ in range(3):
        world.report(Lost(bid.order_id))
    assert OrderStatus.FILLED is status(bid)
    assert [] == world.sink.of(events.OrderLost)
    assert not world.engine.guard.is_tripped


def test_a_rejection_is_told_with_its_reason_and_the_order_is_replaced() -> None:
    """The reason is from the closed set; the side is quoted again at the next look."""
    world = World()
    world.open_books()
    world.wait(1_000)
    bid = world.order(Side.BUY, YES)
    world.report(Rejected(bid.order_id, RejectionReason.POST_ONLY_CROSS, "crosses book"))
    (rejected,) = world.sink.of(events.OrderRejected)
    assert (RejectionReason.POST_ONLY_CROSS, 1_000.0) == (
        rejected.rejection_reason,
        rejected.latency_ms,
    )
    world.wait(1_000)
    assert 3 == len(world.venue.submitted)


@pytest.mark.parametrize("reason", [RejectionReason.OTHER, RejectionReason.DUPLICATE])
def test_a_rejection_told_twice_or_after_a_fill_changes_nothing(reason: RejectionReason) -> None:
    """Only the first counts; a filled order cannot have been refused."""
    world, bid = quoting()
    ask = world.order(Side.BUY, NO)
    world.fill(bid)
    world.report(Rejected(bid.order_id, reason))
    world.report(Rejected(ask.order_id, reason), Rejected(ask.order_id, reason))
    assert OrderStatus.FILLED is status(bid)
    assert [ask.order_id] == [e.order_id for e in world.sink.of(events.OrderRejected)]


def test_an_acceptance_told_twice_is_told_once() -> None:
    """The answer to the request and the user channel say the same."""
    world, bid = quoting()
    world.report(Accepted(bid.order_id, 0))
    told = [event.order_id for event in world.sink.of(events.OrderAccepted)]
    assert 1 == told.count(bid.order_id)


def test_levels_of_our_orders_are_watched_as_long_as_they_may_trade() -> None:
    """A rejected order that rests after all is watched again; a closed one is no more."""
    world = World()
    world.open_books()
    world.wait(1_000)
    bid = world.order(Side.BUY, YES)
    watch = world.tokens[YES].watch
    assert {level_key(4900, is_bid=True): 1} == watch
    world.report(Rejected(bid.order_id, RejectionReason.OTHER))
    assert {} == watch
    world.wait(1_000)
    assert {level_key(4900, is_bid=True): 1} == watch  # of its replacement
    world.report(Accepted(bid.order_id))
    assert {level_key(4900, is_bid=True): 2} == watch
    world.engine.stop(world.now_ns)
    world.confirm_cancels()
    assert {} == watch
    assert {} == world.tokens[YES].traces


def test_an_acceptance_that_comes_after_the_end_starts_no_trace() -> None:
    """A whole fill may overtake the acceptance: nothing is left to be traced."""
    world = World()
    world.open_books()
    world.wait(1_000)
    bid = world.order(Side.BUY, YES)
    world.fill(bid)
    world.report(Accepted(bid.order_id, 10 * SHARE))
    assert bid.order_id not in world.tokens[YES].traces
    assert OrderStatus.FILLED is status(bid)


def test_latencies_and_resting_times_are_from_our_own_clock() -> None:
    """Entry = accepted - submitted; cancel = canceled - requested; resting = since accepted."""
    world = World()
    world.open_books()
    submitted_ns = world.now_ns
    world.wait(1_250)
    world.accept()
    (accepted, _) = world.sink.of(events.OrderAccepted)
    assert (world.now_ns - submitted_ns) / 1e6 >= accepted.latency_ms > 0
    world.wait(700)
    world.engine.stop(world.now_ns)
    world.wait(300)
    world.confirm_cancels()
    canceled = world.sink.of(events.OrderCanceled)[0]
    assert (300.0, 1_000.0) == (canceled.latency_ms, canceled.resting_ms)
    assert (CancelReason.REQUESTED, 0) == (canceled.cancel_reason, canceled.filled)


def test_a_cancel_told_twice_or_unasked_is_told_once() -> None:
    """The exchange may cancel by itself, and say so again."""
    world, bid = quoting()
    world.report(Canceled(bid.order_id, CancelReason.HEARTBEAT), Canceled(bid.order_id))
    (canceled,) = world.sink.of(events.OrderCanceled)
    assert (CancelReason.HEARTBEAT, None) == (canceled.cancel_reason, canceled.latency_ms)


def test_settlement_moves_the_holding_once() -> None:
    """MATCHED, MINED, CONFIRMED: pending becomes settled at the end, and is told with its delay."""
    world, bid = quoting()
    world.fill(bid)
    world.wait(4_000)
    for state in (TradeState.MINED, TradeState.CONFIRMED, TradeState.CONFIRMED):
        world.settle(bid, state)
    ledger = world.engine.accounting.ledgers["rain"]
    assert (5 * SHARE, 0) == (ledger.settled(YES), ledger.pending(YES))
    told = [(event.state, event.pending_ms) for event in world.sink.of(events.TradeStateChanged)]
    assert [(TradeState.MINED, 4_000.0), (TradeState.CONFIRMED, 4_000.0)] == told


def test_a_failed_settlement_takes_the_fill_back() -> None:
    """FAILED reverses holdings and cash exactly; a later CONFIRMED changes nothing."""
    world, bid = quoting()
    world.fill(bid)
    world.settle(bid, TradeState.FAILED)
    world.settle(bid, TradeState.CONFIRMED)
    ledger = world.engine.accounting.ledgers["rain"]
    assert (0, 0) == (net_size(world), ledger.cash)
    ledger.check()
    assert [TradeState.FAILED] == [e.state for e in world.sink.of(events.TradeStateChanged)]


def test_a_fill_seen_first_at_confirmed_is_settled_at_once() -> None:
    """A fill may be told only when it is settled already."""
    world, bid = quoting()
    world.fill(bid, state=TradeState.CONFIRMED)
    assert 5 * SHARE == world.engine.accounting.ledgers["rain"].settled(YES)


def test_a_settlement_that_comes_before_its_fill_is_told_after_it() -> None:
    """The fill settles at once, and its readers hear of both, in that order."""
    world, bid = quoting()
    world.settle(bid)
    world.settle(bid, TradeState.MINED)
    assert [] == world.sink.of(events.TradeStateChanged)
    world.fill(bid, 2 * SHARE)
    (stage,) = world.sink.of(events.TradeStateChanged)
    (fill,) = world.sink.of(events.OrderFilled)
    assert (TradeState.CONFIRMED, "t1", 0.0) == (stage.state, stage.trade_id, stage.pending_ms)
    assert fill.seq < stage.seq
    assert 2 * SHARE == world.engine.accounting.ledgers["rain"].settled(YES)
    world.settle(bid)
    assert 1 == len(world.sink.of(events.TradeStateChanged))


def test_mid_before_is_strictly_older_than_the_match() -> None:
    """The book moves up to 30 ms before the print: the mid 50 ms before the match is meant."""
    world, bid = quoting()
    world.wait(1_000)
    world.change(4800, 0, is_bid=True)  # the trade empties the level: the mid falls to 4950
    world.wait(25)
    matched_ns = world.now_ns
    world.wait(100)
    world.fill(bid, matched_ns=matched_ns)
    (filled,) = world.sink.of(events.OrderFilled)
    assert 5_000.0 == filled.mid_before


def test_markouts_are_read_at_their_horizons_after_the_match() -> None:
    """1, 5, 30, 60 and 300 s after the match, against the mid before it: cost is positive."""
    world, bid = quoting()
    world.wait(1_000)
    matched_ns = world.now_ns
    world.fill(bid, matched_ns=matched_ns)
    world.wait(2_000)
    world.change(4800, 0, is_bid=True)
    world.wait(400_000)
    measured = world.sink.of(events.MarkoutMeasured)
    assert [1, 5, 30, 60, 300] == [event.horizon_s for event in measured]
    assert [matched_ns + event.horizon_s * 10**9 for event in measured] == [
        event.ts_ns for event in measured
    ]
    assert [5_000.0, 4_950.0, 4_950.0, 4_950.0, 4_950.0] == [e.mid_after for e in measured]
    assert [0.0, 0.5, 0.5, 0.5, 0.5] == [event.cost_cents for event in measured]
    assert pytest.approx(100.0) == measured[1].cost_bps


def test_a_fill_without_any_mid_has_no_markouts() -> None:
    """Without a mid before it nothing can be measured."""
    world, bid = quoting()
    world.tokens[YES].mids.clear()
    world.fill(bid)
    world.wait(400_000)
    assert [None] == [event.mid_before for event in world.sink.of(events.OrderFilled)]
    assert [] == world.sink.of(events.MarkoutMeasured)


def test_a_markout_without_a_trusted_mid_is_dropped() -> None:
    """A guess is no measurement: a book that is not valid at the horizon gives none."""
    world, bid = quoting()
    world.fill(bid)
    world.engine.data.lose([YES], world.now_ns)
    world.wait(400_000)
    assert [] == world.sink.of(events.MarkoutMeasured)
    assert 5 == world.engine.accounting.markouts.missed


def test_a_trace_follows_the_level_from_acceptance_to_the_end() -> None:
    """Growth, shrinking and prints at the price are observed."""
    world = World()
    world.open_books()
    world.wait(1_000)
    world.change(4900, 30 * SHARE, is_bid=True)
    world.accept(queue_ahead=30 * SHARE)
    bid = world.order(Side.BUY, YES)
    world.change(4900, 40 * SHARE, is_bid=True)
    world.change(4900, 35 * SHARE, is_bid=True)
    world.print(Side.SELL, 4900, 5 * SHARE)
    world.report(world.canceled(bid))
    (traced,) = world.sink.of(events.QueueTraced)
    assert (30.0, True) == (traced.queue_position, traced.is_whole)
    expected = [("a", 10.0, 30.0), ("d", 5.0, 40.0), ("p", 5.0, 35.0)]
    assert expected == [(kind, size, shown) for _, kind, size, shown in traced.observations]


@pytest.mark.parametrize("is_answer_first", [True, False], ids=["answer first", "book first"])
def test_a_trace_is_of_the_others_where_the_feed_shows_our_orders(*, is_answer_first: bool) -> None:
    """Our order comes and goes on its level without a trace, whichever side tells of it first."""
    venue = FakeVenue()
    venue.shows_own_orders = True
    world = World(venue=venue)
    world.open_books()
    world.wait(1_000)
    bid = world.order(Side.BUY, YES)
    if is_answer_first:
        world.accept(queue_ahead=0)
    world.change(4900, 5 * SHARE, is_bid=True)
    if not is_answer_first:
        world.accept(queue_ahead=0)
    world.change(4900, 15 * SHARE, is_bid=True)
    world.change(4900, 12 * SHARE, is_bid=True)
    world.report(world.canceled(bid))
    (traced,) = world.sink.of(events.QueueTraced)
    expected = [("a", 10.0, 0.0), ("d", 3.0, 10.0)]
    assert expected == [(kind, size, shown) for _, kind, size, shown in traced.observations]
