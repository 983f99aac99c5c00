"""After a crash or a stop: holdings, matches under way and fills nobody wrote down."""

import msgspec
import pytest

from bot.domain import events
from bot.domain.errors import InvariantError
from bot.domain.ledger import Key, MarketLedger
from bot.domain.market import Side
from bot.domain.orders import LATE_NS, NewOrder, OrderId, OrderStatus
from bot.domain.reports import Evidence, Filled, TradeState, TradeUpdate
from bot.engine.resume import Past, PastOrder, resume
from tests.bot.engine.world import MARKET, NO, SHARE, START_NS, YES, World

OLD = OrderId("0xold")
ORDER = PastOrder(OLD, NewOrder(7, YES, Side.BUY, 4_800, 10 * SHARE, 0), START_NS - 1)


def fill(trade_id: str, state: TradeState, size: int = 5 * SHARE) -> Filled:
    """A leg of the old order."""
    return Filled(OLD, trade_id, YES, Side.BUY, 4_800, size, Evidence.EXCHANGE, state)


def resumed(past: Past) -> World:
    """An engine that went on from there."""
    world = World()
    resume(world.engine.accounting, world.publisher, MARKET, past, world.now_ns)
    return world


def ledger(world: World) -> MarketLedger:
    """The account of the market."""
    return world.engine.accounting.ledgers[MARKET.slug]


def test_holdings_are_there_and_are_no_profit() -> None:
    """10 YES and 4 NO at a mid of 52 cents: worth what they cost, and the journal says so."""
    world = resumed(Past(holdings={YES: 10 * SHARE, NO: 4 * SHARE}, mid=5_200))
    held = ledger(world)
    held.check()
    assert (10 * SHARE, 4 * SHARE, 6 * SHARE) == (
        held.sellable(YES), held.sellable(NO), held.net_size,
    )  # fmt: skip
    assert 0 == held.mark(5_200).equity
    assert 6 * SHARE // 100 == held.mark(5_300).equity
    (told,) = world.sink.of(events.EquityMarked)
    assert (0, 10 * SHARE, 4 * SHARE) == (told.equity, told.yes_settled, told.no_settled)


def test_an_account_is_opened_before_its_first_fill() -> None:
    """Average cost depends on the order."""
    world = resumed(Past(holdings={YES: SHARE}, mid=5_000))
    with pytest.raises(InvariantError, match="opened after trading began"):
        ledger(world).open({YES: SHARE}, 5_000)


def test_a_match_under_way_is_pending_and_settles_later() -> None:
    """It is in no balance yet; risk sees it at once."""
    world = resumed(Past(orders=[ORDER], fills=[fill("t", TradeState.MATCHED)]))
    assert (5 * SHARE, 0) == (ledger(world).pending(YES), ledger(world).sellable(YES))
    world.report(TradeUpdate(OLD, "t", TradeState.CONFIRMED))
    assert 5 * SHARE == ledger(world).sellable(YES)
    (told,) = world.sink.of(events.OrderFilled)
    assert (7, 5 * SHARE, None) == (told.decision_id, told.size, told.mid_before)


@pytest.mark.parametrize("end", [TradeState.CONFIRMED, TradeState.FAILED])
def test_the_end_of_a_trade_that_was_mined_at_the_start_is_told(end: TradeState) -> None:
    """It moves no holding; one that failed after all makes the opening wrong: no more trading."""
    mined = fill("t", TradeState.MINED)
    world = resumed(Past(orders=[ORDER], fills=[mined], holdings={YES: 5 * SHARE}, mid=5_000))
    world.report(TradeUpdate(OLD, "t", end), TradeUpdate(OLD, "t", end))
    assert [end] == [event.state for event in world.sink.of(events.TradeStateChanged)]
    assert (5 * SHARE, 0) == (ledger(world).settled(YES), ledger(world).pending(YES))
    is_wrong = end is TradeState.FAILED
    assert int(is_wrong) == world.engine.accounting.unbooked_fills
    assert is_wrong is world.engine.guard.is_tripped


@pytest.mark.parametrize("order_id", [OLD, OrderId("0xABCD")])
def test_a_trade_mined_at_the_start_may_fail_hours_later(order_id: OrderId) -> None:
    """Its order is not forgotten meanwhile, however its id is written; one that ended is."""
    order = msgspec.structs.replace(ORDER, order_id=order_id)
    mined = msgspec.structs.replace(fill("t", TradeState.MINED), order_id=order_id)
    world = resumed(Past(orders=[order], fills=[mined], holdings={YES: 5 * SHARE}, mid=5_000))
    accounting, later_ns = world.engine.accounting, world.now_ns + 2 * LATE_NS
    accounting.forget(later_ns)
    world.report(TradeUpdate(order_id, "t", TradeState.FAILED))
    assert (0, 1) == (accounting.foreign_reports, accounting.unbooked_fills)
    assert world.engine.guard.is_tripped
    accounting.forget(later_ns)
    assert 0 == len(accounting.orders)


def test_a_fill_in_the_balances_is_published_and_counted_once() -> None:
    """The dead process never wrote it down; the holdings have it."""
    past = Past(
        orders=[ORDER],
        fills=[fill("t", TradeState.CONFIRMED)],
        holdings={YES: 5 * SHARE},
        mid=5_000,
    )
    world = resumed(past)
    assert 5 * SHARE == ledger(world).holdings(YES)
    assert ["t"] == [told.trade_id for told in world.sink.of(events.OrderFilled)]


def test_what_the_journal_has_is_not_told_again() -> None:
    """Only how far it got since: confirmed, or failed."""
    told: dict[Key, TradeState] = {
        ("t", OLD): TradeState.MATCHED,
        ("f", OLD): TradeState.MATCHED,
    }
    world = resumed(
        Past(
            orders=[ORDER], fills=[fill("t", TradeState.CONFIRMED)], told=told, failed=[("f", OLD)]
        )
    )
    assert [] == world.sink.of(events.OrderFilled)
    stages = [(each.trade_id, each.state) for each in world.sink.of(events.TradeStateChanged)]
    assert [("t", TradeState.CONFIRMED), ("f", TradeState.FAILED)] == stages
    assert 0 == ledger(world).holdings(YES)


def test_a_fill_that_comes_late_finds_its_order() -> None:
    """An order of the dead process, closed for us, that had been hit before it was taken off."""
    world = resumed(Past(orders=[ORDER]))
    world.report(fill("t", TradeState.MATCHED, 10 * SHARE))
    order = world.engine.accounting.orders.get(OLD)
    assert order is not None
    assert (OrderStatus.FILLED, 10 * SHARE) == (order.status, ledger(world).pending(YES))
    world.engine.accounting.orders.check()


def test_a_fill_of_an_order_that_was_not_adopted_is_our_bug() -> None:
    """Who reads the journal names the orders first."""
    with pytest.raises(InvariantError, match="not adopted"):
        resumed(Past(fills=[fill("t", TradeState.MATCHED)]))


def test_an_earlier_fill_that_cannot_be_stops_the_start() -> None:
    """Who goes on from wrong accounts trades on them."""
    odd = fill("t", TradeState.MATCHED, size=11 * SHARE)
    with pytest.raises(InvariantError, match="fill t of 0xold: wrong size"):
        resumed(Past(orders=[ORDER], fills=[odd]))
