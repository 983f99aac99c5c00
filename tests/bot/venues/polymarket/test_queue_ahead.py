"""What is ahead of an order is what is shown at its price, without what is ours."""

import pytest

from bot.domain.book import Book
from bot.domain.market import Side, TokenId
from bot.venues.polymarket.orders import OwnOrders
from bot.venues.polymarket.queue_ahead import queue_ahead
from tests.bot.venues.polymarket.own_account import MARKET, NO, SHARES, YES, new_order, resting


@pytest.fixture
def books() -> dict[TokenId, Book]:
    """30 shares at the touch of YES."""
    book = Book(YES, MARKET.tick)
    book.load([(4_000, 30 * SHARES)], [(6_000, 30 * SHARES)])
    return {YES: book}


def test_only_others_are_ahead(books: dict[TokenId, Book]) -> None:
    """The book shows our own order too."""
    ours = OwnOrders()
    new = new_order(token=YES, side=Side.BUY, price=4_000)
    assert 30 * SHARES == queue_ahead(new, books, ours)
    order = resting(ours, new=new)
    assert 30 * SHARES - order.new.size == queue_ahead(new, books, ours)


def test_nobody_knows_without_a_book_or_off_its_grid(books: dict[TokenId, Book]) -> None:
    """None is not zero."""
    assert queue_ahead(new_order(token=NO), books, OwnOrders()) is None
    assert queue_ahead(new_order(token=YES, price=4_050), books, OwnOrders()) is None
