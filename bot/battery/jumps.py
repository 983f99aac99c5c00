"""A market that jumps: every ten minutes takers sweep one side and every price is somewhere else.

The sweep is printed before the books move, so whatever we had on that side is filled at its old
price, which is what a jump does to a maker. Up and down in turn, so that a tape stays in its range.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from bot.battery.shadow import ShadowBooks
from bot.battery.streams import Stream
from bot.domain.market import Market, Side, TokenId
from bot.domain.messages import (
    BookSnapshot,
    LevelChange,
    LevelChanges,
    MarketMessage,
    TradePrint,
)
from bot.domain.units import NS_PER_S, PRICE_SCALE, SIZE_SCALE

JUMP = 1_000
"""Ten cents: a multiple of every tick size, and far beyond what an ordinary day brings."""
JUMP_FIRST_NS = 300 * NS_PER_S
JUMP_EVERY_NS = 600 * NS_PER_S
SWEEP_SIZE = 1_000 * SIZE_SCALE
"""More than any order of ours."""

Levels = tuple[tuple[int, int], ...]


def with_jumps(stream: Stream, markets: Sequence[Market]) -> Iterator[tuple[int, MarketMessage]]:
    """Yield the stream with all markets jumping away and back in turn."""
    shadow = ShadowBooks(markets)
    shifts = dict.fromkeys(shadow.books, 0)
    due_ns = 0
    for now_ns, message in stream:
        due_ns = due_ns or now_ns + JUMP_FIRST_NS
        if now_ns >= due_ns:
            due_ns = now_ns + JUMP_EVERY_NS
            for market in markets:
                for extra in _jump(market, shadow, shifts):
                    yield now_ns, extra
        shadow.take(message)
        yield now_ns, shifted(message, shifts)


def shifted(message: MarketMessage, shifts: dict[TokenId, int]) -> MarketMessage:
    """Return the message with the prices of each token moved; what leaves (0, 1) is gone.

    A moved book has no hash that could be checked.
    """
    match message:
        case LevelChanges():
            changes = (_change(each, shifts.get(each.token, 0)) for each in message.changes)
            kept = tuple(change for change in changes if change is not None)
            return LevelChanges(message.ts_venue_ns, kept)
        case BookSnapshot() if shift := shifts.get(message.token, 0):
            return msgspec.structs.replace(
                message,
                bids=_levels(message.bids, shift),
                asks=_levels(message.asks, shift),
                hash="",
            )
        case TradePrint() if shift := shifts.get(message.token, 0):
            price = min(PRICE_SCALE - 1, max(1, message.price + shift))
            return msgspec.structs.replace(message, price=price)
        case _:
            return message


def _jump(
    market: Market, shadow: ShadowBooks, shifts: dict[TokenId, int]
) -> Iterator[MarketMessage]:
    # Nothing while the YES book says no mid. `shifts` is changed on the way.
    book = shadow.books[market.yes]
    mid = book.mid
    if mid is None:
        return
    before = shifts[market.yes]
    after = 0 if before else (JUMP if mid < PRICE_SCALE / 2 else -JUMP)
    is_up = after > before
    touch = (book.best_ask if is_up else book.best_bid) + after
    yield TradePrint(
        ts_venue_ns=shadow.ts_venue_ns,
        token=market.yes,
        side=Side.BUY if is_up else Side.SELL,
        price=min(PRICE_SCALE - 1, max(1, touch)),
        size=SWEEP_SIZE,
        transaction_hash="",
    )
    shifts[market.yes], shifts[market.no] = after, -after
    for snapshot in shadow.snapshots():
        if snapshot.token in market.tokens:
            yield shifted(snapshot, shifts)


def _change(change: LevelChange, shift: int) -> LevelChange | None:
    if not shift:
        return change
    price = change.price + shift
    if not 0 < price < PRICE_SCALE:
        return None
    return msgspec.structs.replace(
        change,
        price=price,
        best_bid=_touch(change.best_bid, shift, empty=0),
        best_ask=_touch(change.best_ask, shift, empty=PRICE_SCALE),
        hash="",
    )


def _touch(price: int | None, shift: int, *, empty: int) -> int | None:
    if price is None or price == empty:
        return price
    moved = price + shift
    return moved if 0 < moved < PRICE_SCALE else empty


def _levels(levels: Levels, shift: int) -> Levels:
    moved = ((price + shift, size) for price, size in levels)
    return tuple((price, size) for price, size in moved if 0 < price < PRICE_SCALE)
