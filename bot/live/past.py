"""What the journal remembers of earlier runs: orders of which something may still come.

Every order that left is in it, because its intent is durable before it leaves. So a fill that the
exchange tells of is either of one of these, or not of this bot.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot.domain import events
from bot.domain.ledger import Key, trade_key
from bot.domain.market import Market
from bot.domain.orders import LATE_NS, NewOrder, OrderId
from bot.domain.reports import TradeState
from bot.domain.units import NS_PER_S
from bot.engine.resume import PastOrder
from bot.journal import last_event_ns, read_journal
from bot.journal.segment import segments

MEMORY_NS = 24 * 3_600 * NS_PER_S
"""How far back the journal is read, from its end."""
TRADES_BACK_S = 180
"""Trades are asked for from this long before the oldest such order."""
_FINAL = frozenset({TradeState.CONFIRMED, TradeState.FAILED})


class Recollection(msgspec.Struct, frozen=True):
    """Orders that may still be told of, and the stage of each fill in the journal.

    `trades_after_s`: trades since then (epoch s) tell what became of all of them.
    """

    orders: Sequence[PastOrder]
    told: dict[Key, TradeState]
    trades_after_s: int


class _Life:
    """One order in the journal: its intent, its end if one was told, and how much was filled."""

    __slots__ = ("ended_ns", "filled", "is_unsettled", "past")

    def __init__(self, past: PastOrder) -> None:
        self.past = past
        self.ended_ns: int | None = None
        self.filled = 0
        self.is_unsettled = False


def recollect(directory: Path, market: Market, now_ns: int) -> Recollection:
    """Read what may still matter of one market; nothing when there is no journal yet.

    Time counts from the last thing written: what was open when a bot died on Friday is still to be
    asked for on Monday. Raises JournalError for a damaged journal: who guesses here may count a
    fill twice.
    """
    lives: dict[OrderId, _Life] = {}
    told: dict[Key, TradeState] = {}
    last_ns = last_event_ns(directory)
    end_ns = now_ns if last_ns is None else min(now_ns, last_ns)
    has_journal = bool(segments(directory))
    for event in read_journal(directory, since_ns=end_ns - MEMORY_NS) if has_journal else ():
        _note(event, market, lives, told)
    unsettled = {order_id for (_, order_id), state in told.items() if state not in _FINAL}
    kept = [
        life.past
        for order_id, life in lives.items()
        if life.ended_ns is None
        or life.ended_ns > end_ns - LATE_NS
        or order_id.lower() in unsettled
    ]
    oldest_ns = min((past.submitted_ns for past in kept), default=now_ns)
    return Recollection(kept, told, oldest_ns // NS_PER_S - TRADES_BACK_S)


def _note(
    event: events.Event, market: Market, lives: dict[OrderId, _Life], told: dict[Key, TradeState]
) -> None:
    match event:
        case events.OrderSubmitted() if event.token in market.tokens:
            lives[event.order_id] = _Life(_past(event))
        case events.OrderCanceled() | events.OrderRejected() if event.order_id in lives:
            lives[event.order_id].ended_ns = event.ts_ns
        case events.OrderFilled() if event.order_id in lives:
            life = lives[event.order_id]
            told[trade_key(event.trade_id, event.order_id)] = event.state
            life.filled += event.size
            if life.filled >= life.past.new.size:
                life.ended_ns = event.ts_ns
        case events.TradeStateChanged():
            key = trade_key(event.trade_id, event.order_id)
            if key in told:
                told[key] = event.state
        case _:
            pass


def _past(event: events.OrderSubmitted) -> PastOrder:
    if event.token is None:
        raise AssertionError(event)
    new = NewOrder(
        decision_id=event.decision_id,
        token=event.token,
        side=event.side,
        price=event.price,
        size=event.size,
        level=event.level,
    )
    return PastOrder(event.order_id, new, event.ts_ns)
