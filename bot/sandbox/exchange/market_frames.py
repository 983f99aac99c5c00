"""Messages of the market channel and answers about books, in the exchange's form.

Key order as in real recordings; numbers are text (polymarket.md 5.1, feed.md 1-3).
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.book import Book
from bot.domain.market import Market, Side, TokenId
from bot.domain.messages import LevelChange
from bot.domain.units import format_price, format_size
from bot.sandbox.exchange.books import PublicBooks

Json = dict[str, object]


def price_change(market: Market, changes: Sequence[LevelChange], ts_ms: int) -> Json:
    """Return the `price_change` of some levels, in order."""
    return {
        "market": market.condition_id,
        "price_changes": [
            {
                "asset_id": change.token,
                "price": format_price(change.price),
                "size": format_size(change.size),
                "side": "BUY" if change.is_bid else "SELL",
                "hash": change.hash,
                "best_bid": format_price(change.best_bid or 0),
                "best_ask": format_price(change.best_ask or 0),
            }
            for change in changes
        ],
        "timestamp": str(ts_ms),
        "event_type": "price_change",
    }


def opening_book(books: PublicBooks, token: TokenId, ts_ms: int) -> Json:
    """Return the `book` that a subscription starts with."""
    return {
        "market": books.market.condition_id,
        "asset_id": token,
        "timestamp": str(ts_ms),
        "hash": books.hash(token, ts_ms, tick=books.market.tick),
        **_levels(books.shown[token]),
        "tick_size": format_price(books.tick),
        "event_type": "book",
        "last_trade_price": books.last_trade[token],
    }


def book_after_trade(books: PublicBooks, token: TokenId, ts_ms: int) -> Json:
    """Return the `book` that follows a trade: without tick size and last trade price."""
    return {
        "market": books.market.condition_id,
        "asset_id": token,
        **_levels(books.shown[token]),
        "hash": books.hash(token, ts_ms, tick=books.market.tick),
        "timestamp": str(ts_ms),
        "event_type": "book",
    }


def last_trade_price(
    market: Market,
    token: TokenId,
    side: Side,
    price: int,
    size: int,
    transaction_hash: str,
    ts_ms: int,
) -> Json:
    """Return the print of one trade, in its taker's terms."""
    return {
        "market": market.condition_id,
        "asset_id": token,
        "price": format_price(price),
        "size": format_size(size),
        "fee_rate_bps": "0",
        "side": side.value,
        "timestamp": str(ts_ms),
        "event_type": "last_trade_price",
        "transaction_hash": transaction_hash,
    }


def tick_size_change(market: Market, token: TokenId, old: int, new: int, ts_ms: int) -> Json:
    """Return the news of another grid of a token."""
    return {
        "market": market.condition_id,
        "asset_id": token,
        "old_tick_size": format_price(old),
        "new_tick_size": format_price(new),
        "timestamp": str(ts_ms),
        "event_type": "tick_size_change",
    }


def best_bid_ask(market: Market, book: Book, ts_ms: int) -> Json:
    """Return the touch of a token; only sent to who asked for custom features."""
    return {
        "market": market.condition_id,
        "asset_id": book.token,
        "best_bid": format_price(book.best_bid),
        "best_ask": format_price(book.best_ask),
        "spread": format_price(book.best_ask - book.best_bid),
        "timestamp": str(ts_ms),
        "event_type": "best_bid_ask",
    }


def market_resolved(market: Market, winner: TokenId, ts_ms: int) -> Json:
    """Return the news that the market was decided; only for custom features too."""
    return {
        "id": market.condition_id,
        "market": market.condition_id,
        "question": market.question,
        "slug": market.slug,
        "assets_ids": list(market.tokens),
        "winning_asset_id": winner,
        "winning_outcome": "Yes" if winner == market.yes else "No",
        "timestamp": str(ts_ms),
        "event_type": "market_resolved",
    }


def rest_book(books: PublicBooks, token: TokenId, ts_ms: int) -> Json:
    """Return the answer of GET /book."""
    market = books.market
    return {
        "market": market.condition_id,
        "asset_id": token,
        "timestamp": str(ts_ms),
        "hash": books.hash(token, ts_ms, tick=books.tick),
        **_levels(books.shown[token]),
        "min_order_size": format_size(market.size_min),
        "tick_size": format_price(books.tick),
        "neg_risk": market.neg_risk,
        "last_trade_price": books.last_trade[token],
    }


def _levels(book: Book) -> Json:
    # Worst level first on both sides, so that the best is the last.
    return {
        "bids": _side(list(book.depth(is_bid=True))),
        "asks": _side(list(book.depth(is_bid=False))),
    }


def _side(levels: list[tuple[int, int]]) -> list[dict[str, str]]:
    return [
        {"price": format_price(price), "size": format_size(size)}
        for price, size in reversed(levels)
    ]
