"""The L2 book of one token: two plain lists of sizes indexed by tick.

An update is one list write and, when the touch empties, a short walk to the next level. Lists beat
every sorted container here because a price has at most 10,001 grid points. The book knows what it
is worth: INVALID before a snapshot, VALID, or STALE once something was lost (feed.md 5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from itertools import compress

from bot.domain.errors import InputError, InvariantError
from bot.domain.market import TokenId
from bot.domain.units import PRICE_SCALE


class BookState(StrEnum):
    """How far a book may be trusted."""

    INVALID = "invalid"
    VALID = "valid"
    STALE = "stale"


INVALID, VALID, STALE = BookState.INVALID, BookState.VALID, BookState.STALE
"""The members by themselves, for what runs often (market.py says why)."""


class OffGridError(InputError):
    """A price that is no multiple of the book's tick: the tick we know is out of date."""


class Book:
    """Sizes by level on both sides, with the touch kept at hand.

    Level `i` is the price `i * tick`. Level 0 of the bids and the last level of the asks are never
    real prices; they stand for an empty side. `best_bid` and `best_ask` are the touch as prices: 0
    and 10,000 for an empty side. Only the owner of the book may call its mutators.
    """

    __slots__ = (
        "_grid", "ask_level", "asks", "best_ask", "best_bid", "bid_level", "bids", "levels",
        "state", "tick", "token",
    )  # fmt: skip

    def __init__(self, token: TokenId, tick: int) -> None:
        """Make an empty INVALID book; `tick` is in price units. Raises InputError like set_tick."""
        self.token = token
        self.set_tick(tick)

    # reading -------------------------------------------------------------------------------

    @property
    def best_bid_size(self) -> int:
        """Size at the best bid; 0 when there is none."""
        return self.bids[self.bid_level]

    @property
    def best_ask_size(self) -> int:
        """Size at the best ask; 0 when there is none."""
        return self.asks[self.ask_level]

    @property
    def is_two_sided(self) -> bool:
        """True when there is a bid and an ask."""
        return self.bid_level > 0 and self.ask_level < self.levels

    @property
    def is_crossed(self) -> bool:
        """True when a bid stands at or above an ask, which a matching engine never shows."""
        return self.bid_level >= self.ask_level

    @property
    def mid(self) -> float | None:
        """Midpoint in price units; `None` unless both sides are there."""
        best_bid, best_ask = self.best_bid, self.best_ask
        return (best_bid + best_ask) / 2 if best_bid > 0 and best_ask < PRICE_SCALE else None

    def size_at(self, *, is_bid: bool, price: int) -> int:
        """Return the size shown at `price`. Raises OffGridError."""
        return (self.bids if is_bid else self.asks)[self.level_of(price)]

    def depth(self, *, is_bid: bool) -> Iterator[tuple[int, int]]:
        """Yield (price, size) of the non-empty levels, best first."""
        tick = self.tick
        sizes = self.bids if is_bid else self.asks
        walk = range(self.bid_level, 0, -1) if is_bid else range(self.ask_level, self.levels)
        for level in walk:
            if sizes[level]:
                yield level * tick, sizes[level]

    def level_of(self, price: int) -> int:
        """Return the level of a price. Raises OffGridError off the grid or outside [0, 10,000]."""
        level, rest = divmod(price, self.tick)
        if rest or not 0 <= level <= self.levels:
            raise self._off_grid(price)
        return level

    # writing -------------------------------------------------------------------------------

    def clear(self) -> None:
        """Empty both sides; the state stays as it is."""
        self.bids = [0] * (self.levels + 1)
        self.asks = [0] * (self.levels + 1)
        self.bid_level, self.best_bid = 0, 0
        self.ask_level, self.best_ask = self.levels, PRICE_SCALE

    def set_tick(self, tick: int) -> None:
        """Take a new grid: the book is empty and INVALID until a snapshot (polymarket.md 2.1).

        Raises InputError, and changes nothing, when the tick does not divide a dollar.
        """
        if tick <= 0 or PRICE_SCALE % tick:
            raise InputError(f"tick size {tick} does not divide {PRICE_SCALE}")
        self.tick = tick
        self.levels = PRICE_SCALE // tick
        self._grid = _levels_by_price(tick)
        self.state = INVALID
        self.clear()

    def load(self, bids: Iterable[tuple[int, int]], asks: Iterable[tuple[int, int]]) -> None:
        """Replace the whole book by (price, size) levels and make it VALID.

        A crossed snapshot is kept but STALE. Raises OffGridError and leaves the book INVALID.
        """
        self.state = INVALID
        self.clear()
        grid, shown_bids, shown_asks = self._grid, self.bids, self.asks
        price = 0
        try:
            for price, size in bids:
                shown_bids[grid[price]] = size
            for price, size in asks:
                shown_asks[grid[price]] = size
        except IndexError as error:
            self.clear()
            raise self._off_grid(price) from error
        # The best level that is not empty: a walk in C.
        self.bid_level = next(compress(range(self.levels, 0, -1), reversed(shown_bids)), 0)
        self.ask_level = next(compress(range(self.levels), shown_asks), self.levels)
        self.best_bid, self.best_ask = self.bid_level * self.tick, self.ask_level * self.tick
        self.state = STALE if self.is_crossed else VALID

    def apply(self, is_bid: bool, price: int, size: int) -> int:  # noqa: FBT001 - the hot path
        """Set the size of one level and return the size it had. Raises OffGridError.

        O(1), plus a walk over empty levels when the touch empties.
        """
        sizes = self.bids if is_bid else self.asks
        try:
            level = self._grid[price]  # half the time of dividing, and 0.9 of a dictionary's
            before = sizes[level]
        except IndexError as error:
            raise self._off_grid(price) from error
        sizes[level] = size
        if is_bid:
            if size:
                if level > self.bid_level:
                    self.bid_level, self.best_bid = level, price
            elif level == self.bid_level:
                self._leave_best_bid()
        elif size:
            if level < self.ask_level:
                self.ask_level, self.best_ask = level, price
        elif level == self.ask_level:
            self._leave_best_ask()
        return before

    def prune(self, best_bid: int, best_ask: int) -> int:
        """Remove own levels better than the stated touch; return how many went.

        Removals get lost on the way; the touch in each message says so (feed.md 5).
        """
        removed = 0
        while self.best_bid > best_bid:
            self.apply(is_bid=True, price=self.best_bid, size=0)
            removed += 1
        while self.best_ask < best_ask:
            self.apply(is_bid=False, price=self.best_ask, size=0)
            removed += 1
        return removed

    def check(self) -> None:
        """Raise InvariantError unless the touch is the true touch and every size is sane."""
        if min(self.bids) < 0 or min(self.asks) < 0:
            raise InvariantError(f"negative size in the book of {self.token}")
        best_bid = max((i for i, size in enumerate(self.bids) if size), default=0)
        best_ask = min((i for i, size in enumerate(self.asks) if size), default=self.levels)
        if (best_bid, best_ask) != (self.bid_level, self.ask_level):
            raise InvariantError(f"touch of {self.token} is off: {best_bid}, {best_ask}")
        if (best_bid * self.tick, best_ask * self.tick) != (self.best_bid, self.best_ask):
            raise InvariantError(f"prices of the touch of {self.token} are off")

    def _leave_best_bid(self) -> None:
        level = self.bid_level
        while level and not self.bids[level]:
            level -= 1
        self.bid_level, self.best_bid = level, level * self.tick

    def _leave_best_ask(self) -> None:
        level = self.ask_level
        while level < self.levels and not self.asks[level]:
            level += 1
        self.ask_level, self.best_ask = level, level * self.tick

    def _off_grid(self, price: int) -> OffGridError:
        return OffGridError(f"price {price} is off the grid of {self.tick} (token {self.token})")


@cache  # one entry a tick size, shared by all books
def _levels_by_price(tick: int) -> list[int]:
    # Only what can be quoted: neither 0 nor 1 dollar. Every other price, negative ones at the end
    # of the list, has a level beyond those of any book, so that looking there is an IndexError.
    levels = [PRICE_SCALE + 1] * (2 * PRICE_SCALE + 1)
    levels[tick:PRICE_SCALE:tick] = range(1, PRICE_SCALE // tick)
    return levels
