"""Market messages have the exchange's form, and the bot's own decoder reads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.domain.book import Book
from bot.domain.book_hash import book_hash
from bot.domain.market import Side
from bot.domain.messages import (
    BookSnapshot,
    MarketMessage,
    MarketResolved,
    TickSizeChange,
    TradePrint,
)
from bot.sandbox.exchange import market_frames
from bot.venues.polymarket.wire import decode
from tests.bot.sandbox.exchange.world import MARKET, NO, YES, World, shares

MS = 1_800_000_000_000


def read(frame: object) -> list[MarketMessage]:
    """What the bot understands of a message."""
    return decode(json.dumps(frame))


def test_an_opening_book_is_read_back_whole(world: World) -> None:
    """Levels, tick and a hash that fits."""
    [snapshot] = read(market_frames.opening_book(world.books, YES, MS))
    assert isinstance(snapshot, BookSnapshot)
    assert ((4_800, shares(100)), 100) == (snapshot.bids[0], snapshot.tick)
    book = Book(YES, 100)
    book.load(snapshot.bids, snapshot.asks)
    assert snapshot.hash == book_hash(
        book,
        market=MARKET.condition_id,
        timestamp_ms=MS,
        min_order_size="5",
        neg_risk=False,
        last_trade_price="",
        tick_size="0.01",
    )


def test_the_worst_level_comes_first(world: World) -> None:
    """On both sides, so the best price is the last."""
    book = market_frames.rest_book(world.books, YES, MS)
    assert ["0.47", "0.48"] == [level["price"] for level in book["bids"]]  # type: ignore[attr-defined]
    assert ["0.53", "0.52"] == [level["price"] for level in book["asks"]]  # type: ignore[attr-defined]


def test_the_other_messages_are_read_back() -> None:
    """Prints, tick changes and resolutions."""
    trade = market_frames.last_trade_price(MARKET, NO, Side.SELL, 4_800, shares(1.5), "0xaa", MS)
    assert [TradePrint(MS * 10**6, NO, Side.SELL, 4_800, shares(1.5), "0xaa")] == read(trade)
    tick = market_frames.tick_size_change(MARKET, YES, 100, 10, MS)
    assert [TickSizeChange(MS * 10**6, YES, 10)] == read(tick)
    resolved = market_frames.market_resolved(MARKET, NO, MS)
    assert [MarketResolved(MS * 10**6, (YES, NO), NO)] == read(resolved)


def test_the_touch_is_told_with_its_spread(world: World) -> None:
    """For those who asked for custom features."""
    touch = market_frames.best_bid_ask(MARKET, world.books.shown[YES], MS)
    assert ("0.48", "0.52", "0.04") == (touch["best_bid"], touch["best_ask"], touch["spread"])


def test_keys_are_those_of_real_answers(world: World, data_dir: Path) -> None:
    """GET /book as recorded, key by key."""
    path = data_dir / "rest" / "trebuchet_fed_june_clob_books.json"
    if not path.is_file():
        pytest.skip(f"no recording {path.name}")
    real = json.loads(path.read_text())[0]
    assert list(real) == list(market_frames.rest_book(world.books, YES, MS))
