"""What the tests of our own orders share: one market, our account, and frames as the wire has them.

Ids are in mixed case on the wire on purpose: the exchange writes checksummed hex.
"""

from __future__ import annotations

import json
from typing import Any

from bot.domain.market import ConditionId, FeeSchedule, Market, Side, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.venues.polymarket.orders import OwnOrder, OwnOrders
from bot.venues.polymarket.outcomes import Taken
from bot.venues.polymarket.settlement import Owner, Settlement
from bot.venues.polymarket.user_wire import Trade, decode_user

YES, NO = TokenId("111"), TokenId("222")
MARKET = Market(
    condition_id=ConditionId("0x" + "c0" * 32),
    slug="will-it-rain",
    question="Will it rain?",
    yes=YES,
    no=NO,
    tick=100,
    size_min=5_000_000,
    fees=FeeSchedule(rate=0.04),
)
API_KEY = "0000-our-key"
WALLET = "0xAbCdEf0000000000000000000000000000000001"
OWNER = Owner(API_KEY, WALLET)
SHARES = 1_000_000


def order_id(number: int) -> OrderId:
    """The id of our order of this number, in lower case as we compute it."""
    return OrderId("0x" + f"{number:02x}" * 32)


def new_order(
    token: TokenId = YES, side: Side = Side.BUY, price: int = 4000, size: int = 10 * SHARES
) -> NewOrder:
    """An order of ten shares at 40 cents unless said otherwise."""
    return NewOrder(decision_id=1, token=token, side=side, price=price, size=size, level=0)


def resting(orders: OwnOrders, number: int = 0xAB, new: NewOrder | None = None) -> OwnOrder:
    """An order of ours that came to rest at time 0."""
    order = orders.prepare(order_id(number), new or new_order(), MARKET, 0)
    orders.on_post_answer(Taken(order.order_id), 0)
    return order


def book_keeping() -> tuple[OwnOrders, Settlement]:
    """No orders and no trades yet."""
    orders = OwnOrders()
    return orders, Settlement(orders, OWNER)


def leg(number: int = 0xAB, **fields: object) -> dict[str, Any]:
    """One maker order of a trade, ours unless said otherwise: five shares of YES at 40 cents."""
    base = {
        "order_id": order_id(number).upper().replace("0X", "0x"),
        "owner": API_KEY,
        "maker_address": WALLET,
        "matched_amount": "5",
        "price": "0.4",
        "fee_rate_bps": "0",
        "asset_id": YES,
        "outcome": "Yes",
        "outcome_index": 0,
        "side": "BUY",
    }
    return base | fields


def trade_event(*legs: dict[str, Any], **fields: object) -> dict[str, Any]:
    """A trade of the user channel: by default a taker sold 5 YES at 40 cents to our bid."""
    base = {
        "event_type": "trade",
        "type": "TRADE",
        "id": "28C4D2EB-BBEA-40E7-A9F0-B2FDB56B2C2E",
        "taker_order_id": "0x" + "99" * 32,
        "market": MARKET.condition_id,
        "asset_id": YES,
        "side": "SELL",
        "size": "5",
        "price": "0.4",
        "fee_rate_bps": "0",
        "status": "MATCHED",
        "match_time": "1700000000",
        "last_update": "1700000000",
        "timestamp": "1700000000",
        "outcome": "Yes",
        "owner": "0000-takers-key",
        "trade_owner": "0000-takers-key",
        "maker_address": "0xTaker",
        "transaction_hash": "",
        "bucket_index": 0,
        "trader_side": "MAKER",
        "maker_orders": list(legs) or [leg()],
    }
    return base | fields


def order_event(number: int = 0xAB, **fields: object) -> dict[str, Any]:
    """An order of the user channel: by default ours came to rest."""
    base = {
        "event_type": "order",
        "type": "PLACEMENT",
        "id": order_id(number).upper().replace("0X", "0x"),
        "owner": API_KEY,
        "order_owner": API_KEY,
        "market": MARKET.condition_id,
        "asset_id": YES,
        "outcome": "Yes",
        "side": "BUY",
        "price": "0.4",
        "original_size": "10",
        "size_matched": "0",
        "order_type": "GTC",
        "expiration": "0",
        "created_at": "1700000000",
        "timestamp": "1700000000123",
        "status": "LIVE",
        "maker_address": WALLET,
        "associate_trades": [],
    }
    return base | fields


def read_trade(event: dict[str, Any]) -> Trade:
    """The trade that a frame with this event holds."""
    (message,) = decode_user(json.dumps(event))
    assert isinstance(message, Trade), message
    return message
