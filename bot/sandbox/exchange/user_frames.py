"""Orders and trades as their owners see them: user channel and REST (polymarket.md 1.6, 5.2).

Times are whole seconds except `timestamp`, which is ms. A trade's top-level fields are the
taker's; a maker finds its own part among `maker_orders`.
"""

from __future__ import annotations

from bot.domain.market import Outcome
from bot.domain.units import NS_PER_MS, NS_PER_S, format_price, format_size
from bot.sandbox.exchange.orders import RestingOrder
from bot.sandbox.exchange.trades import MakerLeg, Trade

Json = dict[str, object]


def order_event(order: RestingOrder, kind: str, now_ns: int) -> Json:
    """Return the order event `kind`: PLACEMENT, UPDATE or CANCELLATION."""
    return {
        "event_type": "order",
        "type": kind,
        **_order(order),
        "order_owner": order.key,
        "status": order.status,
        "created_at": str(order.created_ns // NS_PER_S),
        "timestamp": str(now_ns // NS_PER_MS),
    }


def rest_order(order: RestingOrder) -> Json:
    """Return the order as /data/orders lists it: statuses are prefixed there."""
    return {
        **_order(order),
        "status": f"ORDER_STATUS_{order.status}",
        "created_at": order.created_ns // NS_PER_S,
    }


def trade_event(trade: Trade, now_ns: int) -> Json:
    """Return the trade event in the state the trade is in now."""
    return {
        "event_type": "trade",
        "type": "TRADE",
        **_trade(trade),
        "trade_owner": trade.taker.key,
        "status": trade.state.value.upper(),
        "timestamp": str(now_ns // NS_PER_MS),
    }


def rest_trade(trade: Trade) -> Json:
    """Return the trade as /data/trades lists it for one of its makers."""
    return {
        **_trade(trade),
        "status": f"TRADE_STATUS_{trade.state.value.upper()}",
    }


def _order(order: RestingOrder) -> Json:
    return {
        "id": order.order_id,
        "owner": order.key,
        "maker_address": order.maker,
        "market": order.market,
        "asset_id": order.new.token,
        "side": order.new.side.value,
        "original_size": format_size(order.new.size),
        "size_matched": format_size(order.filled),
        "price": format_price(order.new.price),
        "outcome": _name(order.outcome),
        "expiration": str((order.expires_ns or 0) // NS_PER_S),
        "order_type": order.order_type,
        "associate_trades": list(order.trades),
    }


def _trade(trade: Trade) -> Json:
    taker = trade.taker
    return {
        "id": trade.trade_id,
        "taker_order_id": taker.order_id,
        "market": trade.market,
        "asset_id": taker.token,
        "side": taker.side.value,
        "size": format_size(taker.size),
        "price": format_price(taker.price),
        "fee_rate_bps": "0",
        "match_time": str(trade.matched_ns // NS_PER_S),
        "last_update": str(trade.updated_ns // NS_PER_S),
        "outcome": _name(taker.outcome),
        "owner": taker.key,
        "maker_address": taker.maker,
        "transaction_hash": trade.transaction_hash,
        "bucket_index": 0,
        "trader_side": "MAKER",
        "maker_orders": [_leg(leg) for leg in trade.legs],
    }


def _leg(leg: MakerLeg) -> Json:
    return {
        "order_id": leg.order_id,
        "owner": leg.key,
        "maker_address": leg.maker,
        "matched_amount": format_size(leg.size),
        "price": format_price(leg.price),
        "fee_rate_bps": "0",
        "asset_id": leg.token,
        "outcome": _name(leg.outcome),
        "outcome_index": 0 if leg.outcome is Outcome.YES else 1,
        "side": leg.side.value,
    }


def _name(outcome: Outcome) -> str:
    return outcome.value.capitalize()
