"""The market as the twin's orders meet it: without production's own orders in it.

Sizes leave out what `RealOrders` knows to be shown, the touch what the engine itself would leave
out (`OwnLevels`), so that a mid means the same in both streams.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.book import BookState
from bot.domain.market import Side, TokenId
from bot.domain.ports import MarketObserver
from bot.engine import TokenState
from bot.twin.real_orders import RealOrders


class OthersBook:
    """A book without production's orders, for the paper venue to read."""

    def __init__(self, state: TokenState, real: RealOrders) -> None:
        """Look through to the book of `state`."""
        self._state = state
        self._real = real

    @property
    def state(self) -> BookState:
        """How far the book may be trusted."""
        return self._state.book.state

    @property
    def tick(self) -> int:
        """The price grid, in price units."""
        return self._state.book.tick

    @property
    def best_bid(self) -> int:
        """Best bid price of the others; 0 when there is none."""
        return self._state.own.others(self._state.book).best_bid

    @property
    def best_ask(self) -> int:
        """Best ask price of the others; 10,000 when there is none."""
        return self._state.own.others(self._state.book).best_ask

    @property
    def mid(self) -> float | None:
        """Midpoint of the others in price units; `None` unless they are on both sides."""
        return self._state.mid

    def size_at(self, *, is_bid: bool, price: int) -> int:
        """Return the size that others show at `price`. Raises OffGridError."""
        book = self._state.book
        own = self._real.size_at((book.token, is_bid, price))
        return max(0, book.size_at(is_bid=is_bid, price=price) - own)


class OthersTape:
    """Tells an observer of the market's changes without those that are production's own doing.

    A print against an order of production is told like any other: the twin's order stands in the
    same place, so who took the one would have taken the other.
    """

    def __init__(self, real: RealOrders, observer: MarketObserver) -> None:
        """Tell `observer`."""
        self._real = real
        self._observer = observer

    def on_level(
        self, token: TokenId, *, is_bid: bool, price: int, before: int, after: int, now_ns: int
    ) -> None:
        """Take the change of the size shown at one level, of all orders."""
        place = token, is_bid, price
        others_before = max(0, before - self._real.size_at(place))
        self._real.on_level(place, before, after)
        others_after = max(0, after - self._real.size_at(place))
        if others_before != others_after:
            self._observer.on_level(
                token,
                is_bid=is_bid,
                price=price,
                before=others_before,
                after=others_after,
                now_ns=now_ns,
            )

    def on_print(self, token: TokenId, side: Side, price: int, size: int, now_ns: int) -> None:
        """Take one public trade: `side` is the taker's on `token`."""
        self._observer.on_print(token, side, price, size, now_ns)

    def on_continuity_lost(self, tokens: Sequence[TokenId], now_ns: int) -> None:
        """Take that the books of these tokens may not be trusted until their next snapshot."""
        self._observer.on_continuity_lost(tokens, now_ns)
