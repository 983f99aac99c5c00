"""From one typed event of the wire to domain messages, number by number: the careful way."""

from __future__ import annotations

import reprlib
from typing import assert_never

from bot.domain.errors import WireError
from bot.domain.market import Side
from bot.domain.messages import (
    BookSnapshot,
    DamagedFrame,
    LevelChange,
    LevelChanges,
    MarketMessage,
    MarketResolved,
    TickSizeChange,
    TradePrint,
)
from bot.venues.polymarket import wire_schema as schema
from bot.venues.polymarket.wire_numbers import (
    LEVEL_UNITS,
    level_units,
    size_units,
    tick_units,
    time_ns,
    touch_units,
)

TEXT_MAX = 300
"""Characters kept of what is wrong and of the data it is wrong in."""

_brief = reprlib.Repr()  # bounded however deep, long or wide the data is
_brief.maxstring = _brief.maxother = TEXT_MAX


def read_event(event: schema.WireEvent) -> list[MarketMessage]:
    """Return the messages of one event: none when it is ignored, damage when a number is bad."""
    try:
        return _read(event)
    except WireError as error:
        return [damaged("number", error, event)]


def read_changes(ts_venue_ns: int, entries: list[schema.Change]) -> list[MarketMessage]:
    """Return the good changes as one message, then one damage for each bad one."""
    changes: list[LevelChange] = []
    damage: list[MarketMessage] = []
    for entry in entries:
        try:
            changes.append(_change(entry))
        except WireError as error:
            damage.append(damaged("number", error, entry))
    return [LevelChanges(ts_venue_ns, tuple(changes)), *damage] if changes else damage


def _read(event: schema.WireEvent) -> list[MarketMessage]:
    if isinstance(event, schema.BestBidAsk | schema.NewMarket):
        return []
    ts_venue_ns = time_ns(event.timestamp)
    match event:
        case schema.PriceChange():
            return read_changes(ts_venue_ns, event.price_changes)
        case schema.Book():
            return [_snapshot(event)]
        case schema.LastTradePrice():
            return [_print(event)]
        case schema.TickSize():
            return [TickSizeChange(ts_venue_ns, event.asset_id, tick_units(event.new_tick_size))]
        case schema.Resolved():
            return [MarketResolved(ts_venue_ns, tuple(event.assets_ids), event.winning_asset_id)]
        case _:
            assert_never(event)


def _change(entry: schema.Change) -> LevelChange:
    return LevelChange(
        entry.asset_id,
        entry.side is Side.BUY,
        level_units(entry.price),
        size_units(entry.size),
        touch_units(entry.best_bid),
        touch_units(entry.best_ask),
        entry.hash,
    )


def _snapshot(book: schema.Book) -> BookSnapshot:
    return BookSnapshot(
        time_ns(book.timestamp),
        book.asset_id,
        tuple(sorted(_levels(book.bids), reverse=True)),
        tuple(sorted(_levels(book.asks))),
        None if book.tick_size is None else tick_units(book.tick_size),
        book.hash,
        touch_units(book.last_trade_price),
    )


def _levels(levels: list[schema.Level]) -> list[tuple[int, int]]:
    # A price stated twice means its last size. One unreadable level condemns the snapshot: a book
    # with a hole would look whole.
    sizes = {
        LEVEL_UNITS.get(level.price) or level_units(level.price): size_units(level.size)
        for level in levels
    }
    return [(price, size) for price, size in sizes.items() if size]


def _print(trade: schema.LastTradePrice) -> TradePrint:
    size = size_units(trade.size)
    if not size:
        raise WireError("a trade of size 0")
    return TradePrint(
        time_ns(trade.timestamp),
        trade.asset_id,
        trade.side,
        level_units(trade.price),
        size,
        trade.transaction_hash,
    )


def damaged(reason: str, error: object, culprit: object) -> DamagedFrame:
    """Return the damage of `culprit`, with as much of it as is worth looking at."""
    text = culprit.decode(errors="replace") if isinstance(culprit, bytes) else culprit
    return DamagedFrame(reason, f"{error} in {_brief.repr(text)}"[:TEXT_MAX])
