"""A level without our own order in it, in every order in which the book and the answers tell."""

import pytest

from bot.domain.market import Side, TokenId
from bot.domain.orders import NewOrder, Order, OrderId, Trigger
from bot.domain.own_shown import PATIENCE_NS, OwnShown

SHARE = 1_000_000
ACCEPTED_NS = 5 * PATIENCE_NS


def resting() -> Order:
    """An order of 5 shares that was accepted."""
    made = Order(OrderId("o1"), NewOrder(1, TokenId("111"), Side.BUY, 5_000, 5 * SHARE, 0), 0)
    made.apply(Trigger.ACCEPT, ACCEPTED_NS)
    return made


def others(own: OwnShown, before: int, after: int, now_ns: int = ACCEPTED_NS) -> tuple[int, int]:
    """What others show, in shares, before and after a change given in shares."""
    seen_before, seen_after = own.others(before * SHARE, after * SHARE, now_ns)
    return seen_before // SHARE, seen_after // SHARE


def test_a_growing_by_our_size_is_our_order() -> None:
    """Only the first one: the next of that size is somebody else's."""
    own = OwnShown(resting(), ACCEPTED_NS, is_shown=False)
    assert (100, 100) == others(own, 100, 105)
    assert (100, 105) == others(own, 105, 110)


def test_a_growing_by_another_size_is_somebody_else() -> None:
    """Our order is still to come."""
    own = OwnShown(resting(), ACCEPTED_NS, is_shown=False)
    assert (100, 107) == others(own, 100, 107)
    assert (107, 107) == others(own, 107, 112)


def test_an_order_that_was_filled_on_its_way_joins_with_the_rest() -> None:
    """The answer told of the fill before the book showed what is left."""
    order = resting()
    order.fill(2 * SHARE, ACCEPTED_NS)
    own = OwnShown(order, ACCEPTED_NS, is_shown=False)
    assert (100, 100) == others(own, 100, 103)


def test_what_did_not_appear_in_time_is_there() -> None:
    """Its coming and another's were told as one change."""
    own = OwnShown(resting(), ACCEPTED_NS, is_shown=False)
    assert (100, 112) == others(own, 100, 112, ACCEPTED_NS + PATIENCE_NS - 1)
    assert (107, 117) == others(own, 112, 122, ACCEPTED_NS + PATIENCE_NS)


def test_a_shrinking_by_our_rest_is_our_order_only_once_its_cancel_was_asked_for() -> None:
    """Before that somebody else of our size left."""
    order = resting()
    own = OwnShown(order, ACCEPTED_NS, is_shown=True)
    assert (100, 95) == others(own, 105, 100)
    order.apply(Trigger.REQUEST_CANCEL, ACCEPTED_NS)
    assert (95, 95) == others(own, 100, 95)
    assert (95, 90) == others(own, 95, 90)


@pytest.mark.parametrize("is_told_first", [True, False], ids=["fill first", "level first"])
def test_a_fill_moves_the_others_by_its_size_whatever_comes_first(*, is_told_first: bool) -> None:
    """The level shrinks by what was traded, and the print takes exactly that."""
    order = resting()
    own = OwnShown(order, ACCEPTED_NS, is_shown=True)
    if is_told_first:
        order.fill(3 * SHARE, ACCEPTED_NS)
        assert (103, 100) == others(own, 105, 102)
    else:
        assert (100, 97) == others(own, 105, 102)
        order.fill(3 * SHARE, ACCEPTED_NS)
    assert (100, 110) == others(own, 102, 112)


def test_a_level_never_shows_less_than_nothing() -> None:
    """Sizes of a damaged feed may be below our own."""
    assert (0, 2) == others(OwnShown(resting(), ACCEPTED_NS, is_shown=True), 3, 7)
