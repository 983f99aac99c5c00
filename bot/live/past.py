"""What the journal remembers of earlier runs: orders of which something may still come.

Every order that left is in the journal, because its intent is durable before it leaves. What may
still come is of an order that rested when the last run ended, or that had ended shortly before; so
that run is read from its start, and the last day in any case. A fill of no such order is not of
this bot, unless the order rested for longer than the journal is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from bot.domain import events
from bot.domain.intent import new_order_of
from bot.domain.ledger import Key, trade_key
from bot.domain.market import Market, TokenId
from bot.domain.orders import LATE_NS, OrderId
from bot.domain.reports import TradeState
from bot.domain.units import NS_PER_S
from bot.engine.resume import PastOrder
from bot.journal import last_event_ns, read_journal
from bot.journal.segment import run_starts, segments
from bot.venues.polymarket.look_back import TRADES_BACK_S

MEMORY_NS = 24 * 3_600 * NS_PER_S
"""How far back the journal is read at least, from its end, and trades are asked for at most."""
_FINAL = frozenset({TradeState.CONFIRMED, TradeState.FAILED})


class Recollection(msgspec.Struct, frozen=True):
    """Orders that may still be told of, and the stage of each fill in the journal.

    `trades_after_s`: trades since then (epoch s) tell what became of all of them. Those of more
    than a day before the end were told long ago, and are settled.
    """

    orders: Sequence[PastOrder]
    told: dict[Key, TradeState]
    trades_after_s: int


class _Life:
    """One order in the journal: its intent, its end if one was told, and how much was filled."""

    __slots__ = ("ended_ns", "filled", "past")

    def __init__(self, past: PastOrder) -> None:
        self.past = past
        self.ended_ns: int | None = None
        self.filled = 0


def recollect(directory: Path, market: Market, now_ns: int) -> Recollection:
    """Read what may still matter of one market; nothing when there is no journal yet.

    Time counts from the last thing written: what was open when a bot died on Friday is still to be
    asked for on Monday. Raises JournalError for a damaged journal: who guesses here may count a
    fill twice.
    """
    memory = _read(directory, now_ns, market.tokens)
    unsettled = {order_id for (_, order_id), state in memory.told.items() if state not in _FINAL}
    kept = [
        life.past
        for order_id, life in memory.lives.items()
        if life.ended_ns is None
        or life.ended_ns > memory.end_ns - LATE_NS
        or order_id.lower() in unsettled
    ]
    oldest_ns = min((past.submitted_ns for past in kept), default=now_ns)
    day_ns = memory.end_ns - MEMORY_NS
    return Recollection(kept, memory.told, max(oldest_ns, day_ns) // NS_PER_S - TRADES_BACK_S)


def known_orders(directory: Path, now_ns: int) -> frozenset[OrderId]:
    """Return every order of any market that may rest and that the journal tells of.

    As far back as a start reads; without those that ended over a day before the last event.
    Empty when there is no journal yet. Raises JournalError for a damaged one.
    """
    return frozenset(_read(directory, now_ns, None).lives)


class _Memory(msgspec.Struct):
    # What was read: orders by id, the stage of each fill, and when the last event was written.
    lives: dict[OrderId, _Life]
    told: dict[Key, TradeState]
    end_ns: int


def _read(directory: Path, now_ns: int, tokens: Collection[TokenId] | None) -> _Memory:
    """Read what may still be told of orders on `tokens`, `None` for all."""
    last_ns = last_event_ns(directory)
    end_ns = now_ns if last_ns is None else min(now_ns, last_ns)
    memory, paths = _Memory({}, {}, end_ns), segments(directory)
    since_ns = _read_since_ns(paths, end_ns)
    for event in read_journal(directory, since_ns=since_ns) if paths else ():
        if not isinstance(event, events.OrderSubmitted):
            _note(event, memory)
        elif tokens is None or event.token in tokens:
            memory.lives[event.order_id] = _Life(_past(event))
    return memory


def _read_since_ns(paths: Sequence[Path], end_ns: int) -> int:
    """A day before the end, or the start of the run that was on `LATE_NS` before it.

    Every run takes off what rests when it starts: of older orders nothing comes any more.
    """
    began = [ns for ns in run_starts(paths) if ns <= end_ns - LATE_NS]
    return min([end_ns - MEMORY_NS, *began[-1:]])


def _note(event: events.Event, memory: _Memory) -> None:
    lives, told = memory.lives, memory.told
    match event:
        case events.OrderCanceled() | events.OrderRejected() if event.order_id in lives:
            _end(event.order_id, event.ts_ns, memory)
        case events.OrderFilled() if event.order_id in lives:
            life = lives[event.order_id]
            told[trade_key(event.trade_id, event.order_id)] = event.state
            life.filled += event.size
            if life.filled >= life.past.new.size:
                _end(event.order_id, event.ts_ns, memory)
        case events.TradeStateChanged():
            key = trade_key(event.trade_id, event.order_id)
            if key in told:
                told[key] = event.state
        case _:
            pass


def _end(order_id: OrderId, ended_ns: int, memory: _Memory) -> None:
    if ended_ns < memory.end_ns - MEMORY_NS:
        del memory.lives[order_id]  # a run of months would not fit into memory
    else:
        memory.lives[order_id].ended_ns = ended_ns


def _past(event: events.OrderSubmitted) -> PastOrder:
    return PastOrder(event.order_id, new_order_of(event), event.ts_ns)
