"""Public books: others' levels with our participants' orders merged in, on both tokens."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.book import Book, OffGridError
from bot.domain.book_hash import book_hash
from bot.domain.market import Side
from bot.domain.messages import LevelChange
from bot.domain.orders import NewOrder
from bot.sandbox.exchange.books import PublicBooks
from tests.bot.sandbox.exchange.world import MARKET, NO, YES, World, shares


def order(price: int, side: Side = Side.BUY, *, on_no: bool = False) -> NewOrder:
    """An order of ours for 10 shares."""
    return NewOrder(0, NO if on_no else YES, side, price, shares(10), 0)


def books() -> PublicBooks:
    """The opening books of the world: 0.48 / 0.52 on both tokens."""
    return World().books


def test_an_order_shows_on_both_tokens() -> None:
    """BUY YES at 0.49 is a bid there and an ask of NO at 0.51; the order's token comes first."""
    public = books()
    seen = public.add(order(4_900), shares(10), 1)
    assert [
        (YES, True, 4_900, shares(10), 4_900, 5_200),
        (NO, False, 5_100, shares(10), 4_800, 5_100),
    ] == [(c.token, c.is_bid, c.price, c.size, c.best_bid, c.best_ask) for c in seen]


def test_an_order_on_no_joins_the_level_it_mirrors() -> None:
    """BUY NO at 0.48 adds to the asks of YES at 0.52; taking it away restores them."""
    public = books()
    public.add(order(4_800, on_no=True), shares(10), 1)
    assert shares(110) == public.shown[YES].size_at(is_bid=False, price=5_200)
    public.add(order(4_800, on_no=True), -shares(10), 2)
    assert shares(100) == public.shown[YES].size_at(is_bid=False, price=5_200)


def test_the_hash_of_a_change_is_that_of_the_book_after_it() -> None:
    """Whoever rebuilds the book from the messages finds the same hash."""
    public = books()
    seen = public.add(order(4_900), shares(10), 77)
    mine = Book(YES, 100)
    mine.load(public.shown[YES].depth(is_bid=True), public.shown[YES].depth(is_bid=False))
    expected = book_hash(
        mine,
        market=MARKET.condition_id,
        timestamp_ms=77,
        min_order_size="5",
        neg_risk=False,
        last_trade_price="",
        tick_size="0.01",
    )
    assert expected == seen[0].hash


def test_others_may_come_through_our_order_without_crossing_the_book() -> None:
    """Their ask at 0.49 hides our bid of 0.49; it shows again when the ask is gone."""
    public = books()
    public.add(order(4_900), shares(10), 1)
    through = LevelChange(YES, False, 4_900, shares(5), None, None, "")  # noqa: FBT003
    public.apply(through, 2)
    assert (4_800, 4_900) == (public.shown[YES].best_bid, public.shown[YES].best_ask)
    _, seen = public.apply(msgspec.structs.replace(through, size=0), 3)
    assert (4_900, 5_200) == (public.shown[YES].best_bid, public.shown[YES].best_ask)
    assert (YES, 4_900, shares(10)) == (seen[-1].token, seen[-1].price, seen[-1].size)


def test_levels_better_than_the_stated_touch_go() -> None:
    """Their removal was lost on the way (feed.md 5)."""
    public = books()
    change = LevelChange(YES, True, 4_600, shares(1), 4_700, 5_300, "")  # noqa: FBT003
    moved, _ = public.apply(change, 1)
    assert [(True, 4_600), (True, 4_800), (False, 5_200)] == [(m.is_bid, m.price) for m in moved]
    assert (4_700, 5_300) == (public.shown[YES].best_bid, public.shown[YES].best_ask)


def test_a_snapshot_reports_what_moved_and_keeps_our_orders() -> None:
    """Equal levels did not move."""
    public = books()
    public.add(order(4_700), shares(10), 1)
    moved = public.load(YES, [(4_800, shares(50)), (4_700, shares(200))], [(5_200, shares(100))])
    assert {(True, 4_800, shares(100), shares(50)), (False, 5_300, shares(200), 0)} == {
        (m.is_bid, m.price, m.before, m.after) for m in moved
    }
    assert shares(210) == public.shown[YES].size_at(is_bid=True, price=4_700)


def test_a_new_tick_voids_the_books_until_a_snapshot() -> None:
    """An order off the new grid is not shown; a price off the grid is an error."""
    public = books()
    public.add(order(4_900), shares(10), 1)
    public.set_tick(YES, 1_000)
    assert not public.is_ready
    public.load(YES, [(4_000, 1)], [(6_000, 1)])
    assert (4_000, 6_000) == (public.shown[YES].best_bid, public.shown[YES].best_ask)
    with pytest.raises(OffGridError):
        public.apply(LevelChange(YES, True, 4_900, 1, None, None, ""), 1)  # noqa: FBT003


def test_the_last_price_is_known_of_both_tokens_with_three_decimals() -> None:
    """As it stands in the hash of a book."""
    public = books()
    public.traded(NO, 4_700)
    assert {YES: "0.530", NO: "0.470"} == public.last_trade


@given(
    steps=st.lists(
        st.tuples(
            st.booleans(),
            st.booleans(),
            st.integers(1, 9).map(lambda tick: tick * 1_000),
            st.integers(0, 3),
        ),
        max_size=30,
    )
)
def test_shown_is_others_plus_ours_and_ours_never_crosses(
    steps: list[tuple[bool, bool, int, int]],
) -> None:
    """After any sequence of levels and orders each shown level is what the rules say."""
    public = PublicBooks(msgspec.structs.replace(MARKET, tick=1_000))
    for token in (YES, NO):
        public.load(token, [], [])
    for is_ours, is_bid, price, size in steps:
        if is_ours:
            side = Side.BUY if is_bid else Side.SELL
            public.add(NewOrder(0, YES, side, price, size, 0), size, 1)
        else:
            public.apply(LevelChange(YES, is_bid, price, size, None, None, ""), 1)
    shown, others = public.shown[YES], public.others[YES]
    shown.check()
    for price in range(1_000, 10_000, 1_000):
        ours = public._own.get((True, price), 0) if price < others.best_ask else 0
        expected = others.size_at(is_bid=True, price=price) + ours
        assert expected == shown.size_at(is_bid=True, price=price)
