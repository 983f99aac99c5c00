"""Which part of one token's book is ours, where the feed shows our orders like everybody's.

An order of either outcome is in both books: BUY NO at q is an ask of YES at 1 - q. An order that
has not been answered yet may or may not be shown; a level that shows less than all of ours there
does not show it. Whatever is in doubt counts as ours: better to see too little of the others than
to improve on ourselves, tick by tick.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.domain.book import Book, OffGridError
from bot.domain.market import BUY, TokenId
from bot.domain.orders import SUBMITTED, Order
from bot.domain.units import complement
from bot.strategy.fair_value import NOTHING, Touch, others_touch

_Level = tuple[int, int]
"""(size known to rest, size under way)."""


class OwnLevels:
    """Our open sizes by price on one token's book; empty where the book does not show them."""

    __slots__ = ("_asks", "_bids", "_token")

    def __init__(self, token: TokenId) -> None:
        """Know no order."""
        self._token = token
        self._bids: dict[int, _Level] = {}
        self._asks: dict[int, _Level] = {}

    def refresh(self, orders: Iterable[Order]) -> None:
        """Take all open orders of the market, of both tokens."""
        self._bids, self._asks = {}, {}
        for order in orders:
            new = order.new
            is_same = new.token == self._token
            is_bid = (new.side is BUY) is is_same
            price = new.price if is_same else complement(new.price)
            levels = self._bids if is_bid else self._asks
            resting, under_way = levels.get(price, (0, 0))
            if order.status is SUBMITTED:
                levels[price] = resting, under_way + order.open_size
            else:
                levels[price] = resting + order.open_size, under_way

    def shown(self, book: Book) -> tuple[Mapping[int, int], Mapping[int, int]]:
        """Return (bids, asks): what of ours `book` shows, by price."""
        if not self._bids and not self._asks:
            return NOTHING, NOTHING
        return _shown(book, self._bids, is_bid=True), _shown(book, self._asks, is_bid=False)

    def others(self, book: Book) -> Touch:
        """Return the touch of `book` without what is ours."""
        return others_touch(book, *self.shown(book))

    def mid(self, book: Book) -> float | None:
        """Return the mid of the others in price units; `None` unless they are on both sides."""
        if not self._bids and not self._asks:
            return book.mid
        touch = self.others(book)
        return (touch.best_bid + touch.best_ask) / 2 if touch.is_two_sided else None


def has_joined(book: Book, order: Order, others: int) -> bool:
    """Return whether the level of `order` shows more than the `others` by its whole size."""
    try:
        shown = book.size_at(is_bid=order.new.side is BUY, price=order.new.price)
    except OffGridError:
        return False
    return shown >= others + order.open_size


def _shown(book: Book, levels: Mapping[int, _Level], *, is_bid: bool) -> dict[int, int]:
    ours: dict[int, int] = {}
    for price, (resting, under_way) in levels.items():
        try:
            shown = book.size_at(is_bid=is_bid, price=price)
        except OffGridError:
            continue  # the grid changed: such a level is not in the book any more
        ours[price] = resting + (under_way if shown >= resting + under_way else 0)
    return ours
