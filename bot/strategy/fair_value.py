"""What the YES token is worth now: the microprice of the others' touch, leaning with the flow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.domain.book import Book
from bot.domain.value import Value

NOTHING: Mapping[int, int] = {}
"""No order of ours is in the book."""


class HasTouch(Protocol):
    """A book or a `Touch`: best prices (0 and 10,000 for an empty side) and the sizes there."""

    @property
    def best_bid(self) -> int:
        """Best bid price; 0 when there is none."""
        ...

    @property
    def best_ask(self) -> int:
        """Best ask price; 10,000 when there is none."""
        ...

    @property
    def best_bid_size(self) -> int:
        """Size at the best bid."""
        ...

    @property
    def best_ask_size(self) -> int:
        """Size at the best ask."""
        ...

    @property
    def is_two_sided(self) -> bool:
        """True when there is a bid and an ask."""
        ...


class Touch(Value, frozen=True):
    """The touch at one moment, without what is ours."""

    best_bid: int
    best_ask: int
    best_bid_size: int
    best_ask_size: int
    is_two_sided: bool


def others_touch(
    book: Book, own_bids: Mapping[int, int] = NOTHING, own_asks: Mapping[int, int] = NOTHING
) -> Touch:
    """Return the touch that stays when our own orders are taken out of the book.

    `own_bids` and `own_asks` map price to the size of ours that `book` shows there, in the book's
    terms; empty where the book does not show our orders. Otherwise we would improve on ourselves
    tick by tick, and lean our own fair value.
    """
    if not own_bids and not own_asks:
        bid_level, ask_level = book.bid_level, book.ask_level
        return Touch(
            book.best_bid,
            book.best_ask,
            book.bids[bid_level],
            book.asks[ask_level],
            bid_level > 0 and ask_level < book.levels,
        )
    bid, bid_size = _first_of_others(book, own_bids, is_bid=True)
    ask, ask_size = _first_of_others(book, own_asks, is_bid=False)
    return Touch(bid, ask, bid_size, ask_size, bid_size > 0 and ask_size > 0)


def _first_of_others(book: Book, own: Mapping[int, int], *, is_bid: bool) -> tuple[int, int]:
    best = book.best_bid if is_bid else book.best_ask
    if best not in own:
        return best, book.best_bid_size if is_bid else book.best_ask_size
    for price, size in book.depth(is_bid=is_bid):
        others = size - own.get(price, 0)
        if others > 0:
            return price, others
    return (0, 0) if is_bid else (book.levels * book.tick, 0)


def fair_price(touch: HasTouch, flow: float) -> float | None:
    """Return the fair YES price in price units, never outside the touch; `None` if one-sided.

    The microprice (bid * ask size + ask * bid size) / both sizes (Stoikov, "The micro-price", 2018,
    first order) plus `flow` half spreads. `flow` is the imbalance of recent trades in [-1, 1] times
    the lean wished for; positive when takers buy.
    """
    if not touch.is_two_sided:
        return None
    bid, ask = touch.best_bid, touch.best_ask
    bid_size, ask_size = touch.best_bid_size, touch.best_ask_size
    fair = (bid * ask_size + ask * bid_size) / (bid_size + ask_size) + flow * (ask - bid) / 2
    if fair < bid:
        fair = float(bid)
    return fair if fair < ask else float(ask)
