"""Going on where an earlier run stopped or died: nothing of it is lost, nothing counted twice.

What rested is off the book by now. Settled tokens are in the balances; a match that is not settled
is in no balance and counts as pending from here on. A fill that the journal never told of is
published now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from bot.domain import events
from bot.domain.ledger import Key, MarketLedger, trade_key
from bot.domain.market import Market, TokenId
from bot.domain.orders import NewOrder, Order, OrderId, Trigger
from bot.domain.reports import Filled, TradeState
from bot.engine.accounting import Accounting
from bot.engine.publisher import Publisher

IN_BALANCES = frozenset({TradeState.MINED, TradeState.CONFIRMED})
"""Stages at which both sides of a trade are in the exchange's balances."""


class PastOrder(msgspec.Struct, frozen=True):
    """An order of an earlier run, as its intent was written."""

    order_id: OrderId
    new: NewOrder
    submitted_ns: int


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What an earlier run left.

    `fills` are all legs of `orders` that did not fail, `told` their stages in the journal, `failed`
    the legs that did. `holdings` are the balances by token, `mid` the YES price they are taken at;
    no price is needed without holdings.
    """

    orders: Sequence[PastOrder] = ()
    fills: Sequence[Filled] = ()
    told: Mapping[Key, TradeState] = {}
    failed: Collection[Key] = ()
    holdings: Mapping[TokenId, int] = {}
    mid: int = 0


def resume(
    accounting: Accounting, publisher: Publisher, market: Market, past: Past, now_ns: int
) -> None:
    """Make `past` the state of the accounts of one market. Call once, before anything else."""
    ledger = accounting.ledgers[market.slug]
    for old in past.orders:
        order = Order(old.order_id, old.new, old.submitted_ns)
        order.apply(Trigger.CANCEL, now_ns)
        accounting.adopt(order)
    if any(past.holdings.values()):
        ledger.open(past.holdings, past.mid)
        _publish_opening(ledger, publisher, market, past.mid, now_ns)
    for fill in past.fills:
        told = past.told.get(trade_key(fill.trade_id, fill.order_id))
        is_pending = fill.state not in IN_BALANCES
        accounting.adopt_fill(fill, now_ns, is_pending=is_pending, is_told=told is not None)
        if told not in {None, fill.state} and fill.state is TradeState.CONFIRMED:
            _publish_stage(publisher, market, fill.token, fill, now_ns)
    for key in past.failed:
        if past.told.get(key) not in {None, TradeState.FAILED}:
            _publish_failure(publisher, market, key, now_ns)


def _publish_opening(
    ledger: MarketLedger, publisher: Publisher, market: Market, mid: int, now_ns: int
) -> None:
    worth = ledger.mark(mid)
    publisher.publish(
        events.EquityMarked(
            **publisher.stamp(now_ns, market.slug),
            cash=worth.cash,
            realised=worth.realised,
            unrealised=worth.unrealised,
            equity=worth.equity,
            drawdown=0,
            fees=0,
            yes_settled=ledger.settled(market.yes),
            yes_pending=0,
            no_settled=ledger.settled(market.no),
            no_pending=0,
        )
    )


def _publish_stage(
    publisher: Publisher, market: Market, token: TokenId, fill: Filled, now_ns: int
) -> None:
    publisher.publish(
        events.TradeStateChanged(
            **publisher.stamp(now_ns, market.slug, token),
            order_id=fill.order_id,
            trade_id=fill.trade_id,
            state=fill.state,
            pending_ms=0.0,
        )
    )


def _publish_failure(publisher: Publisher, market: Market, key: Key, now_ns: int) -> None:
    trade_id, order_id = key
    publisher.publish(
        events.TradeStateChanged(
            **publisher.stamp(now_ns, market.slug),
            order_id=OrderId(order_id),
            trade_id=trade_id,
            state=TradeState.FAILED,
            pending_ms=0.0,
        )
    )
