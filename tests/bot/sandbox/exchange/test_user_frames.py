"""User events and lists are read by the client's own models."""

from __future__ import annotations

from decimal import Decimal

from polymarket.models.clob.account import ClobTrade, OpenOrder
from polymarket.models.clob.user_events import UserOrderEvent, UserTradeEvent, parse_user_event

from bot.domain.market import Side
from bot.sandbox.exchange import user_frames
from tests.bot.sandbox.exchange.world import World


def test_order_events_are_read_by_the_client(world: World) -> None:
    """Sizes, prices and times come out."""
    order = world.place(4_900, 10)
    event = parse_user_event(user_frames.order_event(order, "PLACEMENT", world.now_ns))
    assert isinstance(event, UserOrderEvent)
    assert (Decimal("0.49"), Decimal(10), "LIVE", "Yes") == (
        event.payload.price, event.payload.original_size, event.payload.status,
        event.payload.outcome,
    )  # fmt: skip
    listed = OpenOrder.parse_response(user_frames.rest_order(order))
    assert ("ORDER_STATUS_LIVE", None) == (listed.status, listed.expires_at)


def test_trade_events_are_read_by_the_client(world: World) -> None:
    """Plain status on the channel, prefixed in lists; the legs are there in both."""
    order = world.place(4_900, 10)
    world.print(Side.SELL, 4_900, 4)
    [trade] = world.exchange.hall.trades.values()
    event = parse_user_event(user_frames.trade_event(trade, world.now_ns))
    assert isinstance(event, UserTradeEvent)
    listed = ClobTrade.parse_response(user_frames.rest_trade(trade))
    assert ("MATCHED", "MATCHED") == (event.payload.status, listed.status)
    assert [(order.order_id, Decimal(4))] == [
        (leg.order_id, leg.matched_amount) for leg in listed.maker_orders
    ]
    raw = user_frames.rest_trade(trade)
    assert "TRADE_STATUS_MATCHED" == raw["status"]
