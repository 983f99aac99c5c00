"""The trading floor: one book, one schedule, and a list of what just happened.

Traders act only through it, so every change of the book becomes exactly one event.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from bot.sandbox.market.book import FifoBook, RestingOrder

Action: TypeAlias = Callable[[int], None]
"""Something to do at a time: takes the time in ns."""


class LevelSet(msgspec.Struct, frozen=True, gc=False):
    """One level of the YES book now shows `size` in all; the touch is the one after this change.

    `level`, `best_bid` and `best_ask` count ticks; 0 and `level_count` stand for an empty side.
    `on_no`: the order behind it named the NO token.
    """

    ts_ns: int
    is_bid: bool
    level: int
    size: int
    best_bid: int
    best_ask: int
    on_no: bool


class Execution(msgspec.Struct, frozen=True, gc=False):
    """One taker order that traded.

    `taker_buys` is in YES terms; `on_no`: the taker named the NO token, and so did the opposite of
    it. `fills` are (level, size), best first, never empty, one a level; `changes` are what each of
    them made of its level, in the same order.
    """

    ts_ns: int
    taker_buys: bool
    on_no: bool
    fills: tuple[tuple[int, int], ...]
    changes: tuple[LevelSet, ...]


MarketEvent: TypeAlias = LevelSet | Execution


class Floor:
    """The book, the clockwork that calls traders, and the events since the last `drain`."""

    def __init__(self, level_count: int, start_ns: int) -> None:
        """Start with an empty book and nothing scheduled."""
        self.book = FifoBook(level_count)
        self.now_ns = start_ns
        self._events: list[MarketEvent] = []
        self._schedule: list[tuple[int, int, Action]] = []
        self._count = 0

    def call_at(self, at_ns: int, action: Action) -> None:
        """Have `action` called at `at_ns`; equal times keep the order of asking."""
        self._count += 1
        heapq.heappush(self._schedule, (at_ns, self._count, action))

    def next_ns(self) -> int | None:
        """Return the time of the next action, `None` when nothing is scheduled."""
        return self._schedule[0][0] if self._schedule else None

    def run_next(self) -> None:
        """Do the next scheduled action. Raises IndexError when there is none."""
        self.now_ns, _, action = heapq.heappop(self._schedule)
        action(self.now_ns)

    def drain(self) -> list[MarketEvent]:
        """Return the events since the last call, oldest first, and forget them."""
        events, self._events = self._events, []
        return events

    def place(self, order: RestingOrder) -> None:
        """Rest the order. Raises InvariantError when it would cross."""
        total = self.book.add(order)
        self._events.append(self._level_set(order.is_bid, order.level, total, order.on_no))

    def cancel(self, order: RestingOrder) -> None:
        """Withdraw the order. Raises ValueError when it does not rest."""
        total = self.book.cancel(order)
        self._events.append(self._level_set(order.is_bid, order.level, total, order.on_no))

    def take(self, *, buys: bool, size: int, limit: int, on_no: bool) -> int:
        """Trade up to `size` against levels no worse than `limit` and return what traded.

        What cannot trade is dropped. Owners hear of their fills after the book has changed.
        """
        book, left = self.book, size
        levels: list[tuple[int, int]] = []
        changes: list[LevelSet] = []
        makers: list[tuple[RestingOrder, int]] = []
        while left > 0:
            level = book.best_ask if buys else book.best_bid
            if not 0 < level < book.level_count or (level > limit if buys else level < limit):
                break
            fills = book.take(is_bid=not buys, size=left)
            traded = sum(filled for _, filled in fills)
            left -= traded
            levels.append((level, traded))
            makers.extend(fills)
            total = book.side(is_bid=not buys)[level].total
            changes.append(self._level_set(not buys, level, total, on_no))
        if levels:
            self._events.append(Execution(self.now_ns, buys, on_no, tuple(levels), tuple(changes)))
        for order, filled in makers:
            if order.owner is not None:
                order.owner.filled(order, filled)
        return size - left

    def _level_set(self, is_bid: bool, level: int, total: int, on_no: bool) -> LevelSet:  # noqa: FBT001
        book = self.book
        return LevelSet(self.now_ns, is_bid, level, total, book.best_bid, book.best_ask, on_no)
