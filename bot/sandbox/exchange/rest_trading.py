"""Answers to orders, cancels and heartbeats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from bot.sandbox.exchange.calls import Answer, Call, signed_by
from bot.sandbox.exchange.keys import ApiKey
from bot.sandbox.exchange.orders import RestingOrder, read_order, read_orders
from bot.sandbox.exchange.refusals import Refused, bad_request
from bot.sandbox.exchange.state import Exchange

_T = TypeVar("_T")


class _OneId(msgspec.Struct):
    order_id: str = msgspec.field(name="orderID")


class _Scope(msgspec.Struct):
    market: str = ""
    asset_id: str = ""


class _Heartbeat(msgspec.Struct):
    heartbeat_id: str = ""


def post_order(exchange: Exchange, call: Call) -> Answer:
    """Take one order; a refusal is an error answer."""
    key = signed_by(exchange, call)
    [placed] = exchange.place(key, [read_order(call.body)], call.now_ns)
    if isinstance(placed, Refused):
        raise placed
    is_lost = exchange.hall.dice.hits("lose_answer", exchange.faults.lose_answer)
    return Answer(_placed(placed), exchange.limits(key).orders.headers(), is_lost)


def post_orders(exchange: Exchange, call: Call) -> Answer:
    """Take up to 15 orders; a refusal is one of the answers, and says success all the same."""
    key = signed_by(exchange, call)
    placed = exchange.place(key, read_orders(call.body), call.now_ns)
    is_lost = exchange.hall.dice.hits("lose_answer", exchange.faults.lose_answer)
    headers = exchange.limits(key).orders.headers()
    return Answer([_placed(each) for each in placed], headers, is_lost)


def cancel_order(exchange: Exchange, call: Call) -> Answer:
    """Withdraw one order."""
    key = signed_by(exchange, call)
    return _cancel(exchange, call, key, [_read(call.body, _OneId).order_id])


def cancel_orders(exchange: Exchange, call: Call) -> Answer:
    """Withdraw some orders."""
    key = signed_by(exchange, call)
    return _cancel(exchange, call, key, _read(call.body, list[str]))


def cancel_all(exchange: Exchange, call: Call) -> Answer:
    """Withdraw every order of the key."""
    key = signed_by(exchange, call)
    ids = [order.order_id for order in exchange.desk.open_orders(key.key)]
    return _cancel(exchange, call, key, ids, extra_tokens=1)


def cancel_market_orders(exchange: Exchange, call: Call) -> Answer:
    """Withdraw every order of the key in a market, or on a token."""
    key = signed_by(exchange, call)
    scope = _read(call.body, _Scope)
    orders = exchange.desk.open_orders(key.key, scope.market or None, scope.asset_id or None)
    return _cancel(exchange, call, key, [each.order_id for each in orders], extra_tokens=1)


def heartbeat(exchange: Exchange, call: Call) -> Answer:
    """Take a heartbeat; the answer carries the id of the next."""
    key = signed_by(exchange, call)
    given = _read(call.body, _Heartbeat).heartbeat_id
    return Answer({"heartbeat_id": exchange.heartbeat(key, given, call.now_ns)})


def _cancel(
    exchange: Exchange, call: Call, key: ApiKey, ids: Sequence[str], *, extra_tokens: int = 0
) -> Answer:
    done, failed = exchange.cancel(key, ids, call.now_ns, extra_tokens=extra_tokens)
    body = {"canceled": done, "not_canceled": failed}
    return Answer(body, exchange.limits(key).cancels.headers())


def _placed(placed: object) -> dict[str, object]:
    order_id, text, status = "", "", ""
    if isinstance(placed, RestingOrder):
        order_id, status = placed.order_id, "live"
    elif isinstance(placed, Refused):
        text = placed.error
    return {
        "success": True,
        "errorMsg": text,
        "orderID": order_id,
        "status": status,
        "makingAmount": "",
        "takingAmount": "",
        "tradeIDs": [],
        "transactionsHashes": [],
    }


def _read(body: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise bad_request("Invalid orderID") from error
