"""The market without ourselves, where the feed shows our orders too."""

import pytest

from bot.domain.book import Book
from bot.domain.market import Side, TokenId
from bot.domain.orders import NewOrder, Order, OrderId, Trigger
from bot.engine.own_levels import OwnLevels, has_joined
from tests.bot.engine.world import ASKS, BIDS, MARKET, NO, SHARE, YES, FakeVenue, World

WIDE_BIDS, WIDE_ASKS = ((4_500, 100 * SHARE),), ((5_500, 100 * SHARE),)


def order(
    price: int, *, token: TokenId = YES, side: Side = Side.BUY, is_accepted: bool = True
) -> Order:
    """An order of 5 shares."""
    made = Order(OrderId(f"o{price}"), NewOrder(1, token, side, price, 5 * SHARE, 0), 0)
    if is_accepted:
        made.apply(Trigger.ACCEPT, 1)
    return made


def book(*, ours: int = 0) -> Book:
    """A book with 100 shares at the best prices and `ours` at 0.49."""
    made = Book(YES, MARKET.tick)
    made.load(((4_900, ours), *BIDS), ASKS)
    return made


def test_without_orders_the_market_is_the_book() -> None:
    """Nothing is taken out, and nothing is computed."""
    own, shown = OwnLevels(YES), book()
    assert 5_000.0 == own.mid(shown)
    assert 4_800 == own.others(shown).best_bid


def test_our_bid_alone_at_the_top_is_not_the_market() -> None:
    """The others' best is a tick below it."""
    own, shown = OwnLevels(YES), book(ours=5 * SHARE)
    own.refresh([order(4_900)])
    assert 4_900 == shown.best_bid
    assert (4_800, 5_000.0) == (own.others(shown).best_bid, own.mid(shown))


def test_a_purchase_of_the_other_outcome_is_an_ask_here() -> None:
    """BUY NO at 0.49 stands at 0.51 in the book of YES."""
    own, shown = OwnLevels(YES), Book(YES, MARKET.tick)
    shown.load(BIDS, ((5_100, 5 * SHARE), *ASKS))
    own.refresh([order(4_900, token=NO)])
    assert 5_200 == own.others(shown).best_ask


def test_a_book_that_is_ours_alone_has_no_mid() -> None:
    """We are no market."""
    own, shown = OwnLevels(YES), Book(YES, MARKET.tick)
    shown.load(((4_900, 5 * SHARE),), ASKS)
    own.refresh([order(4_900)])
    assert own.mid(shown) is None


@pytest.mark.parametrize(("at_level", "left"), [(3, 3), (5, 0), (9, 4)])
def test_an_order_under_way_is_there_when_there_is_room_for_it(at_level: int, left: int) -> None:
    """A level that shows less than ours does not show ours; else it may."""
    own, shown = OwnLevels(YES), book(ours=at_level * SHARE)
    own.refresh([order(4_900, is_accepted=False)])
    touch = own.others(shown)
    assert (4_900, left * SHARE) == (touch.best_bid, touch.best_bid_size) or left == 0
    assert (left > 0) is (touch.best_bid == 4_900)


def test_a_price_off_the_new_grid_is_not_in_the_book() -> None:
    """After the tick grew."""
    own, coarse = OwnLevels(YES), Book(YES, 1_000)
    coarse.load(((4_000, SHARE),), ((6_000, SHARE),))
    own.refresh([order(4_900)])
    assert 5_000.0 == own.mid(coarse)


def spreads_quoted(*, shows_own_orders: bool) -> list[int]:
    """Distances of our quotes, look after look, where the feed shows each quote that rests."""
    venue = FakeVenue()
    venue.shows_own_orders = shows_own_orders
    world = World(venue=venue)
    world.open_books(WIDE_BIDS, WIDE_ASKS)
    spreads: list[int] = []
    for _ in range(8):
        world.let_it_work(20)
        spreads.append(world.spread())
        ours = {side: (price, 5 * SHARE) for _, side, price in world.yes_quotes()}
        bids, asks = (ours[Side.BUY], *WIDE_BIDS), (ours[Side.SELL], *WIDE_ASKS)
        world.snapshot(YES, bids=bids, asks=asks)
    return spreads


def test_whoever_takes_himself_for_the_market_improves_on_himself() -> None:
    """Blind to its own orders the bot outbids itself, tick by tick; seeing them it stays."""
    assert {800} == set(spreads_quoted(shows_own_orders=True))
    unsafe = spreads_quoted(shows_own_orders=False)
    assert [800, 600, 400, 200] == list(dict.fromkeys(unsafe))


@pytest.mark.parametrize(("shown", "expected"), [(14, False), (15, True), (20, True)])
def test_an_order_has_joined_once_its_level_holds_it_too(*, shown: int, expected: bool) -> None:
    """10 shares of others and 5 of ours make 15."""
    made = Book(YES, MARKET.tick)
    made.load(((4_900, shown * SHARE),), ASKS)
    assert expected is has_joined(made, order(4_900), 10 * SHARE)


def test_an_order_off_the_grid_has_joined_no_level() -> None:
    """After the tick grew."""
    assert not has_joined(Book(YES, 1_000), order(4_900), 0)
