"""Book update, and decode plus apply of a price change."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from benchmarks.measure import Row, median_cpu_s
from bot.domain.book import Book
from bot.domain.messages import BookSnapshot, LevelChanges
from bot.engine.market_data import MarketData
from bot.engine.tokens import TokenState
from bot.tape import read_tape
from bot.tape_markets import find_markets
from bot.venues.polymarket.wire import decode

FRAMES = 100_000


def rows(tape: Path, runs: int) -> list[Row]:
    """Return the rows of the feed: ns an update, µs a price change."""
    frames = [frame.payload for frame in islice(read_tape(tape), FRAMES)]
    return [_book_update(frames, runs), *_decode_apply(frames, runs)]


def _book_update(frames: list[bytes], runs: int) -> Row:
    messages = [message for frame in frames for message in decode(frame)]
    changes = [
        (change.is_bid, change.price, change.size)
        for message in messages
        if isinstance(message, LevelChanges)
        for change in message.changes[:1]
    ]
    market = find_markets(frames)[0]
    book = Book(market.yes, market.tick)
    snapshot = next(message for message in messages if isinstance(message, BookSnapshot))
    book.load(snapshot.bids, snapshot.asks)

    def apply() -> None:
        update = book.apply
        for is_bid, price, size in changes:
            update(is_bid, price, size)

    def call_nothing() -> None:
        update = _nothing
        for is_bid, price, size in changes:
            update(is_bid, price, size)

    bare_s, whole_s = median_cpu_s(call_nothing, runs), median_cpu_s(apply, runs)
    return Row(
        "book update",
        whole_s / len(changes) * 1e9,
        "ns",
        "<= 120",
        f"{whole_s / bare_s:.1f} times a call that does nothing",
    )


def _decode_apply(frames: list[bytes], runs: int) -> list[Row]:
    snapshots = [message for message in decode(frames[0]) if isinstance(message, BookSnapshot)]
    frames = [frame for frame in frames if b'"price_changes"' in frame]
    changes = 2 * len(frames)
    market = find_markets(frames)[0]

    def decode_only() -> None:
        for frame in frames:
            decode(frame)

    def decode_and_apply() -> None:
        data = MarketData({token: TokenState(market, token) for token in market.tokens}, ())
        for snapshot in snapshots:
            data.on_snapshot(snapshot, snapshot.ts_venue_ns)
        for frame in frames:
            for message in decode(frame):
                if isinstance(message, LevelChanges):
                    data.on_changes(message, message.ts_venue_ns)
            if data.moved:
                _see(data)

    decode_s, whole_s = median_cpu_s(decode_only, runs), median_cpu_s(decode_and_apply, runs)
    return [
        Row("decode", decode_s / changes * 1e6, "µs/change", "", "frames with 2 changes each"),
        Row("decode + apply", whole_s / changes * 1e6, "µs/change", "<= 1.5", "touch checked"),
    ]


def _see(data: MarketData) -> None:
    """Take note of moved touches, as the desk does."""
    for state in data.moved:
        state.bid_level, state.ask_level = state.book.bid_level, state.book.ask_level
    data.moved.clear()


def _nothing(is_bid: bool, price: int, size: int) -> int:  # noqa: ARG001, FBT001 - the yardstick
    return 0
