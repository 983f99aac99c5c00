"""The fair price: microprice of the others, leaning a little, never outside the touch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.book import Book
from bot.domain.market import TokenId
from bot.strategy.fair_value import Touch, fair_price, others_touch

YES = TokenId("1")
touches = st.builds(
    lambda bid, width, bid_size, ask_size: Touch(
        bid * 100, (bid + width) * 100, bid_size, ask_size, is_two_sided=True
    ),
    st.integers(1, 60),
    st.integers(1, 39),
    st.integers(1, 10**12),
    st.integers(1, 10**12),
)


def book(bids: dict[int, int], asks: dict[int, int]) -> Book:
    """A valid book with a tick of one cent."""
    made = Book(YES, 100)
    made.load(bids.items(), asks.items())
    return made


def test_without_flow_it_is_the_microprice() -> None:
    """Three times the size on the bid puts the price three quarters of the way to the ask."""
    assert 5_075.0 == fair_price(book({5_000: 30}, {5_100: 10}), 0.0)


def test_flow_leans_by_half_spreads() -> None:
    """A flow of a quarter moves it by an eighth of the spread."""
    assert 5_062.5 == fair_price(book({5_000: 10}, {5_100: 10}), 0.25)


@pytest.mark.parametrize("sides", [({}, {}), ({5_000: 1}, {}), ({}, {5_000: 1})])
def test_a_one_sided_book_has_none(sides: tuple[dict[int, int], dict[int, int]]) -> None:
    """No opinion without two sides."""
    assert None is fair_price(book(*sides), 0.0)


@given(touches, st.floats(-1, 1))
def test_it_stays_within_the_touch(touch: Touch, flow: float) -> None:
    """Whatever the flow, the fair price is between the best bid and the best ask."""
    fair = fair_price(touch, flow)
    assert fair is not None
    assert touch.best_bid <= fair <= touch.best_ask


@given(touches, st.floats(-1, 1), st.floats(-1, 1))
def test_it_rises_with_the_flow(touch: Touch, one: float, other: float) -> None:
    """More buying never lowers it."""
    prices = [fair_price(touch, flow) or 0.0 for flow in sorted((one, other))]
    assert prices == sorted(prices)


def test_the_touch_of_the_others_is_the_books_without_own_orders() -> None:
    """With no order of ours in the book it is the book's own touch."""
    made = book({5_000: 30, 4_900: 5}, {5_100: 10})
    assert Touch(5_000, 5_100, 30, 10, is_two_sided=True) == others_touch(made)


def test_own_orders_are_taken_out_of_the_touch() -> None:
    """Alone at the best bid we are not there; beside others at the ask only our part goes."""
    made = book({5_000: 5, 4_900: 7}, {5_100: 12, 5_200: 1})
    expected = Touch(4_900, 5_100, 7, 7, is_two_sided=True)
    assert expected == others_touch(made, {5_000: 5}, {5_100: 5})


def test_own_orders_behind_the_touch_change_nothing() -> None:
    """Only the touch counts."""
    made = book({5_000: 5, 4_900: 7}, {5_100: 12})
    assert others_touch(made) == others_touch(made, {4_900: 7}, {})


@pytest.mark.parametrize(
    ("own_bids", "own_asks", "expected"),
    [
        ({5_000: 9}, {}, Touch(0, 5_100, 0, 5, is_two_sided=False)),
        ({}, {5_100: 5}, Touch(5_000, 10_000, 5, 0, is_two_sided=False)),
    ],
)
def test_a_side_that_is_ours_alone_is_empty(
    own_bids: dict[int, int], own_asks: dict[int, int], expected: Touch
) -> None:
    """We do not quote against ourselves, even when the book lags behind what we sent."""
    made = book({5_000: 5}, {5_100: 5})
    assert expected == others_touch(made, own_bids, own_asks)
