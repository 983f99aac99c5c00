"""The order-by-order book against a naive model, and its own invariants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import InvariantError
from bot.sandbox.market.book import FifoBook, RestingOrder


def order(level: int, size: int, *, is_bid: bool = True) -> RestingOrder:
    """An order that nobody owns."""
    return RestingOrder(is_bid=is_bid, level=level, size=size)


def test_the_oldest_order_fills_first() -> None:
    """A level is first in, first out, and a part of an order may fill."""
    book, first, second = FifoBook(100), order(50, 10), order(50, 10)
    book.add(first)
    assert 20 == book.add(second)
    assert [(first, 10), (second, 5)] == book.take(is_bid=True, size=15)
    assert (0, 5) == (first.size, second.size)
    assert 50 == book.best_bid


def test_an_emptied_level_hands_the_touch_to_the_next() -> None:
    """The touch moves to the next level with orders, or off the grid when there is none."""
    book = FifoBook(100)
    far, near = order(60, 5, is_bid=False), order(55, 5, is_bid=False)
    book.add(far)
    book.add(near)
    book.take(is_bid=False, size=9)
    assert 60 == book.best_ask
    assert 0 == book.cancel(far)
    assert (100, 0) == (book.best_ask, far.size)
    assert [] == book.take(is_bid=False, size=1)
    bid = order(3, 5)
    book.add(bid)
    book.cancel(bid)
    assert 0 == book.best_bid


@pytest.mark.parametrize("level", [0, 100, -1])
def test_an_order_off_the_grid_is_our_bug(level: int) -> None:
    """Levels run from 1 to 99."""
    with pytest.raises(InvariantError, match="off the grid"):
        FifoBook(100).add(order(level, 1))


def test_an_order_that_crosses_is_our_bug() -> None:
    """Traders here are post-only, so a crossing order never arrives."""
    book = FifoBook(100)
    book.add(order(50, 1))
    book.add(order(52, 1, is_bid=False))
    with pytest.raises(InvariantError, match="crosses the ask"):
        book.add(order(52, 1))
    with pytest.raises(InvariantError, match="crosses the bid"):
        book.add(order(50, 1, is_bid=False))


def test_a_place_in_the_queue_names_an_order() -> None:
    """Place 0 is the front, 1 the back, and between them size counts, not orders."""
    book, small, large = FifoBook(100), order(50, 10), order(50, 90)
    book.add(small)
    book.add(large)
    places = (0.0, 0.09, 0.11, 1.0)
    found = [book.order_at(is_bid=True, level=50, place=place) for place in places]
    assert [small, small, large, large] == found
    assert None is book.order_at(is_bid=False, level=50, place=0.5)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["bid", "ask", "take", "cancel"]), st.integers(1, 9), st.integers(1, 30)
    ),
    max_size=60,
)


@given(STEPS)
def test_size_is_conserved_under_any_sequence(steps: list[tuple[str, int, int]]) -> None:
    """What was placed rests, was filled or was cancelled; every invariant holds throughout."""
    book, resting = FifoBook(10), list[RestingOrder]()
    placed = gone = 0
    for kind, level, size in steps:
        is_bid = kind == "bid"
        if kind == "take":
            gone += sum(filled for _, filled in book.take(is_bid=bool(size % 2), size=size))
        elif kind == "cancel" and (alive := [item for item in resting if item.size]):
            chosen = alive[size % len(alive)]
            gone += chosen.size
            book.cancel(chosen)
        elif kind in {"bid", "ask"} and (
            level < book.best_ask if is_bid else level > book.best_bid
        ):
            resting.append(order(level, size, is_bid=is_bid))
            book.add(resting[-1])
            placed += size
        book.check()
    assert placed - gone == sum(queue.total for queue in book.bids + book.asks)


def broken(harm: str) -> FifoBook:
    """A book with one thing wrong."""
    book = FifoBook(10)
    book.add(order(4, 5))
    book.add(order(6, 5, is_bid=False))
    if harm == "total differs":
        book.bids[4].total += 1
    elif harm == "empty order":
        book.bids[4].orders.append(order(4, 0))
    elif harm == "not the highest bid":
        book.best_bid = 3
    elif harm == "not the lowest ask":
        book.best_ask = 7
    else:
        book.bids[7].orders.append(order(7, 5))
        book.bids[7].total, book.best_bid = 5, 7
    return book


@pytest.mark.parametrize(
    "harm",
    ["total differs", "empty order", "not the highest bid", "not the lowest ask", "crossed"],
)
def test_check_finds_the_harm(harm: str) -> None:
    """Each kind of damage is named."""
    with pytest.raises(InvariantError, match=harm):
        broken(harm).check()
