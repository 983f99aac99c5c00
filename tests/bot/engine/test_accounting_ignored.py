"""Reports that are not booked: they crash nothing, corrupt nothing, and are never silent."""

import msgspec
import pytest

from bot.domain import events
from bot.domain.market import Side
from bot.domain.orders import Order
from bot.domain.reports import Accepted, Canceled, Evidence, Filled, TradeState
from tests.bot.engine.test_accounting import net_size, quoting
from tests.bot.engine.world import NO, SHARE, YES, World


def filled(bid: Order, **changes: object) -> Filled:
    """A fill of one share of our bid, changed."""
    report = Filled(
        order_id=bid.order_id,
        trade_id="t1",
        token=YES,
        side=Side.BUY,
        price=4900,
        size=SHARE,
        evidence=Evidence.EXCHANGE,
        state=TradeState.MATCHED,
    )
    return msgspec.structs.replace(report, **changes)


IMPOSSIBLE = [
    ("foreign", {"order_id": World.foreign_id}),
    ("token", {"token": NO}),
    ("side", {"side": Side.SELL}),
    ("size", {"size": 0}),
    ("size", {"size": -SHARE}),
    ("size", {"size": 5 * SHARE + 1}),
    ("price", {"price": 4901}),
    ("price", {"price": -1}),
]
"""Fills that cannot be of our bid for 5 shares at 4900, and what is wrong with them."""


@pytest.mark.parametrize(("reason", "changes"), IMPOSSIBLE)
def test_a_fill_that_cannot_be_is_not_booked_and_stops_all_trading(
    reason: str, changes: dict[str, object]
) -> None:
    """Neither a crash nor a wrong ledger: it is counted and told, and the kill switch trips."""
    world, bid = quoting()
    world.report(filled(bid, **changes))
    assert 0 == net_size(world)
    world.engine.accounting.ledgers["rain"].check()
    assert 1 == world.engine.accounting.unbooked_fills
    told = [(event.report, event.reason) for event in world.sink.of(events.ReportIgnored)]
    assert [("Filled", reason)] == told
    assert ["unbooked_fill"] == [e.reason for e in world.sink.of(events.KillSwitchTripped)]
    assert set(world.venue.submitted) == set(world.venue.cancels)
    assert 1 == len(world.venue.cancel_alls)
    world.report(filled(bid))
    assert SHARE == net_size(world)


def test_reports_on_orders_we_do_not_know_are_told_and_change_nothing() -> None:
    """Only a fill among them is a reason to stop: it alone moves money."""
    world, _ = quoting()
    world.report(Canceled(World.foreign_id), Accepted(World.foreign_id))
    told = [(event.report, event.reason) for event in world.sink.of(events.ReportIgnored)]
    assert [("Canceled", "foreign"), ("Accepted", "foreign")] == told
    assert (2, 0) == (
        world.engine.accounting.foreign_reports,
        world.engine.accounting.unbooked_fills,
    )
    assert [] == world.sink.of(events.KillSwitchTripped)


def test_a_fill_an_hour_after_the_cancel_is_booked() -> None:
    """As long as the venue can still tell of one: the exchange's lists may be away that long."""
    world, bid = quoting()
    world.engine.stop(world.now_ns)
    world.confirm_cancels()
    world.wait(3_700_000)
    world.report(filled(bid))
    assert SHARE == net_size(world)
    assert [] == world.sink.of(events.ReportIgnored)
