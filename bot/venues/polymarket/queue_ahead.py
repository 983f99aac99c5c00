"""How much is shown ahead of an order that is about to leave. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.book import Book, BookState
from bot.domain.market import Side, TokenId
from bot.domain.orders import NewOrder
from bot.venues.polymarket.orders import OwnOrders, Stage


def queue_ahead(order: NewOrder, books: Mapping[TokenId, Book], ours: OwnOrders) -> int | None:
    """Return the size shown at the order's price without what is ours; `None`: nobody knows."""
    book = books.get(order.token)
    if book is None or book.state is not BookState.VALID or order.price % book.tick:
        return None
    shown = book.size_at(is_bid=order.side is Side.BUY, price=order.price)
    place = (order.token, order.side, order.price)
    own = sum(
        other.new.size - other.filled
        for other in ours.alive()
        if other.stage is Stage.RESTING
        and (other.new.token, other.new.side, other.new.price) == place
    )
    return max(0, shown - own)
