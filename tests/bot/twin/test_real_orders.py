"""Production's orders are told from those of others by what the book and the answers say."""

from typing import Any

import pytest

from bot.domain import events
from bot.domain.errors import InvariantError
from bot.domain.market import Side
from bot.domain.orders import OrderId, OrderStatus
from bot.domain.reports import CancelReason, RejectionReason
from bot.twin.real_orders import PATIENCE_NS, Place, RealOrder, RealOrders
from tests.bot.engine.world import MARKET, NO, SHARE, START_NS, YES
from tests.exporters.samples import sample

SIZE = 5 * SHARE
BID: Place = (YES, True, 4_800)
MIRROR: Place = (NO, False, 5_200)
A = OrderId("a")


def placed(orders: RealOrders, order_id: OrderId = A, size: int = SIZE) -> RealOrder:
    """A bid for YES at 0.48 that is under way."""
    return orders.submit(
        sample(
            events.OrderSubmitted, order_id=order_id, token=YES, side=Side.BUY, price=4_800,
            size=size, ts_ns=START_NS,
        )
    )  # fmt: skip


def tell(orders: RealOrders, kind: type[Any], ns: int = START_NS, **fields: object) -> None:
    """Let production know something of its order."""
    orders.follow(sample(kind, **{"order_id": A, "ts_ns": ns, **fields}))


def test_a_growing_by_its_size_is_the_order_arriving() -> None:
    """On each of both books when that book shows it, not before, whatever the answer says."""
    orders = RealOrders(MARKET)
    real = placed(orders)
    assert (BID, MIRROR) == real.places
    orders.on_level(BID, 100 * SHARE, 107 * SHARE)
    tell(orders, events.OrderAccepted)
    assert 0 == orders.size_at(BID)
    orders.on_level(BID, 107 * SHARE, 112 * SHARE)
    assert (SIZE, 0) == (orders.size_at(BID), orders.size_at(MIRROR))
    orders.on_level(BID, 112 * SHARE, 117 * SHARE)  # somebody else of the same size
    assert SIZE == orders.size_at(BID)


def test_a_shrinking_by_its_rest_is_the_order_leaving_once_that_was_asked_for() -> None:
    """Before, it is somebody of the same size."""
    orders = RealOrders(MARKET)
    placed(orders)
    orders.on_level(BID, 0, SIZE)
    orders.on_level(BID, 10 * SHARE, SIZE)
    assert SIZE == orders.size_at(BID)
    tell(orders, events.CancelRequested)
    orders.on_level(BID, 20 * SHARE, 19 * SHARE)
    assert SIZE == orders.size_at(BID)
    orders.on_level(BID, 19 * SHARE, 14 * SHARE)
    assert 0 == orders.size_at(BID)
    orders.on_level(BID, 14 * SHARE, 19 * SHARE)  # it comes but once
    assert 0 == orders.size_at(BID)


def test_an_end_that_nobody_asked_for_lets_it_leave_too() -> None:
    """The exchange takes orders off by itself."""
    orders = RealOrders(MARKET)
    placed(orders)
    orders.on_level(BID, 0, SIZE)
    tell(orders, events.OrderCanceled, cancel_reason=CancelReason.HEARTBEAT)
    assert SIZE == orders.size_at(BID)
    orders.on_level(BID, SIZE, 0)
    assert 0 == orders.size_at(BID)


def test_a_fill_is_taken_off_when_it_is_told() -> None:
    """In whatever order it comes: even before the book has shown the order at all."""
    orders = RealOrders(MARKET)
    placed(orders)
    orders.on_level(BID, 0, SIZE)
    tell(orders, events.OrderFilled, size=2 * SHARE)
    orders.on_level(MIRROR, 0, SIZE)
    assert (3 * SHARE, 3 * SHARE) == (orders.size_at(BID), orders.size_at(MIRROR))
    tell(orders, events.OrderFilled, size=3 * SHARE)
    assert 0 == orders.size_at(BID)


def test_changes_that_came_as_one_are_waited_for_no_longer_than_a_second() -> None:
    """An answered order is shown by then, an ended one is not; the watch ends with it."""
    orders = RealOrders(MARKET)
    real = placed(orders)
    tell(orders, events.OrderAccepted)
    assert [] == orders.settle(START_NS + PATIENCE_NS - 1)
    assert 0 == orders.size_at(BID)
    assert [] == orders.settle(START_NS + PATIENCE_NS)
    assert (SIZE, SIZE) == (orders.size_at(BID), orders.size_at(MIRROR))
    tell(orders, events.OrderRejected, rejection_reason=RejectionReason.OTHER)
    assert [real] == orders.settle(START_NS + PATIENCE_NS)
    assert [] == orders.settle(START_NS + PATIENCE_NS)
    assert 0 == orders.size_at(BID)
    orders.forget(A)
    assert [] == list(orders)


def test_an_order_that_is_going_is_not_waited_for() -> None:
    """It may have left before any book showed it."""
    orders = RealOrders(MARKET)
    placed(orders)
    tell(orders, events.OrderAccepted)
    tell(orders, events.CancelRequested)
    orders.settle(START_NS + PATIENCE_NS)
    assert 0 == orders.size_at(BID)


def test_several_orders_at_one_place_add_up() -> None:
    """Each leaves by itself."""
    orders = RealOrders(MARKET)
    placed(orders)
    placed(orders, OrderId("b"), 7 * SHARE)
    orders.on_level(BID, 0, SIZE)
    orders.on_level(BID, SIZE, 12 * SHARE)
    assert 12 * SHARE == orders.size_at(BID)
    tell(orders, events.OrderRejected)
    orders.settle(START_NS + PATIENCE_NS)
    assert 7 * SHARE == orders.size_at(BID)


def test_news_that_does_not_concern_it_changes_nothing() -> None:
    """Other events, orders of an earlier run, a step that the table does not have."""
    orders = RealOrders(MARKET)
    real = placed(orders)
    assert orders.follow(sample(events.QuotingResumed)) is None
    tell(orders, events.OrderAccepted, order_id=OrderId("old"))
    tell(orders, events.OrderFilled, order_id=OrderId("old"))
    tell(orders, events.OrderRejected)
    tell(orders, events.CancelRequested)
    assert OrderStatus.REJECTED is real.order.status
    assert orders.get(A) is real
    with pytest.raises(InvariantError, match="for no token"):
        orders.submit(sample(events.OrderSubmitted, token=None))
