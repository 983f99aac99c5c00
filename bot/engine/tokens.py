"""What the engine keeps for one outcome token: its book, where our orders stand, recent mids."""

from __future__ import annotations

from collections import deque

from bot.domain.book import VALID, Book
from bot.domain.market import BUY, YES, Market, TokenId
from bot.domain.orders import Order, OrderId
from bot.domain.queue_trace import QueueTrace
from bot.engine.hash_check import HashCheck
from bot.engine.own_levels import OwnLevels

MID_HISTORY = 512
"""Mids remembered a token; they change far less often than the book."""

MATCH_LEAD_NS = 50_000_000
"""The level shrinks 18-30 ms before the print tells of the trade (feed.md 3): "just before" a match
is this much before its print."""


class TokenState:
    """One token's book and what hangs on it.

    `watch` counts our orders by level key (price * 2 + is_bid), so that the hot path asks one
    dictionary whether a change concerns us. `traces` are of the orders known to rest, with their
    level keys. `own` is what of ours the book shows. `bid_level` and `ask_level` are the touch the
    desk was last told of, `told_state` the last state published.
    """

    __slots__ = (
        "ask_level", "bid_level", "book", "hash_check", "market", "mids",
        "outcome", "own", "told_state", "traces", "watch",
    )  # fmt: skip

    def __init__(self, market: Market, token: TokenId) -> None:
        """Start with an INVALID book."""
        self.market = market
        self.outcome = market.outcome(token)
        self.book = Book(token, market.tick)
        self.hash_check = HashCheck(market)
        self.own = OwnLevels(token)
        self.watch: dict[int, int] = {}
        self.traces: dict[OrderId, tuple[Order, QueueTrace]] = {}
        self.told_state = self.book.state
        self.bid_level = 0
        self.ask_level = self.book.levels
        self.mids: deque[tuple[int, float]] = deque(maxlen=MID_HISTORY)

    @property
    def is_yes(self) -> bool:
        """True for the YES token, on which the desk thinks."""
        return self.outcome is YES

    @property
    def mid(self) -> float | None:
        """The mid of the others in price units; `None` unless they are on both sides."""
        return self.own.mid(self.book)

    def watch_order(self, order: Order) -> None:
        """Have changes at the order's level reported."""
        key = order_key(order)
        self.watch[key] = self.watch.get(key, 0) + 1

    def unwatch_order(self, order: Order) -> None:
        """Undo `watch_order`."""
        key = order_key(order)
        left = self.watch.get(key, 0) - 1
        if left > 0:
            self.watch[key] = left
        else:
            self.watch.pop(key, None)

    def take_terms(self, market: Market) -> None:
        """Take the changed terms of the market; those that its hash covers are among them."""
        self.market = self.hash_check.market = market

    def note_mid(self, now_ns: int) -> float | None:
        """Remember the mid when it changed and return it.

        `None`, and nothing remembered, for a book that is one-sided or may not be trusted.
        """
        if self.book.state is not VALID:
            return None
        mid = self.mid
        if mid is not None and (not self.mids or self.mids[-1][1] != mid):
            self.mids.append((now_ns, mid))
        return mid

    def mid_before(self, ns: int) -> float | None:
        """Return the last mid strictly before a time; the oldest known when none is that old."""
        for at_ns, mid in reversed(self.mids):
            if at_ns < ns:
                return mid
        return self.mids[0][1] if self.mids else None


def level_key(price: int, *, is_bid: bool) -> int:
    """Return the key of one level within a token."""
    return price * 2 + is_bid


def order_key(order: Order) -> int:
    """Return the key of the level where an order of ours stands."""
    return level_key(order.new.price, is_bid=order.new.side is BUY)
