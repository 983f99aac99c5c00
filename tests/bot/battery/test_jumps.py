"""A jump fills what stood in its way at the old price, and moves everything after it."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bot.battery.jumps import JUMP, JUMP_EVERY_NS, JUMP_FIRST_NS, shifted, with_jumps
from bot.domain.book import Book
from bot.domain.market import Side, TokenId
from bot.domain.messages import BookSnapshot, FeedGap, LevelChanges, MarketMessage, TradePrint
from bot.domain.units import PRICE_SCALE
from tests.bot.battery.feed import MARKET, START_NS, at, change, opening, trade

Messages = list[tuple[int, MarketMessage]]
UP, BACK = START_NS + JUMP_FIRST_NS, START_NS + JUMP_FIRST_NS + JUMP_EVERY_NS


def jumped(*after: tuple[int, MarketMessage]) -> Messages:
    """What a stream of both books and these messages becomes, without the books."""
    return list(with_jumps([*opening(), *after], [MARKET]))[2:]


def test_up_takers_buy_through_every_ask_before_the_books_move() -> None:
    """YES at 40 to 42 cents jumps to 50 to 52, NO the other way."""
    sweep, yes, no, _ = (message for _, message in jumped((UP, trade(Side.BUY, 4_200))))
    assert isinstance(sweep, TradePrint)
    assert (Side.BUY, 4_200 + JUMP) == (sweep.side, sweep.price)
    assert isinstance(yes, BookSnapshot)
    assert isinstance(no, BookSnapshot)
    assert (((5_000, 7),), ((5_200, 9),)) == (yes.bids, yes.asks)
    assert (((4_800, 7),), ((5_000, 9),)) == (no.bids, no.asks)


def test_what_comes_after_it_has_moved_too() -> None:
    """Trades and changes, with the touch they state; their hash is void."""
    level = change("2", is_bid=True, price=5_900, size=3, bid=5_900, ask=6_000)
    found = jumped((UP, trade(Side.BUY, 4_200)), (at(400), level))
    print_, changes = found[3][1], found[4][1]
    assert isinstance(print_, TradePrint)
    assert 4_200 + JUMP == print_.price
    assert isinstance(changes, LevelChanges)
    moved = changes.changes[0]
    assert (4_900, 4_900, 5_000, "") == (
        moved.price,
        moved.best_bid,
        moved.best_ask,
        moved.hash,
    )


def test_the_next_jump_goes_back() -> None:
    """Takers sell through every bid, and prices are again those of the tape."""
    found = jumped((UP, trade(Side.BUY, 4_200)), (BACK, trade(Side.SELL, 4_000)))
    sweep, yes = found[4][1], found[5][1]
    assert isinstance(sweep, TradePrint)
    assert (Side.SELL, 4_000) == (sweep.side, sweep.price)
    assert isinstance(yes, BookSnapshot)
    assert ((4_000, 7),) == yes.bids
    assert (BACK, trade(Side.SELL, 4_000)) == found[-1]


def test_a_book_without_a_mid_does_not_jump() -> None:
    """Nobody knows from where."""
    stream: Messages = [(START_NS, trade(Side.BUY, 4_200)), (UP, trade(Side.BUY, 4_200))]
    assert stream == list(with_jumps(stream, [MARKET]))


def test_what_leaves_the_range_is_gone() -> None:
    """A level beyond a dollar, and a side that is empty then."""
    shifts = {TokenId("1"): 6_000}
    book = opening()[0][1]
    moved = shifted(book, shifts)
    assert isinstance(moved, BookSnapshot)
    assert ((), ()) == (moved.bids, moved.asks)
    level = change("1", is_bid=False, price=4_200, size=1, bid=3_000, ask=4_200)
    assert LevelChanges(START_NS, ()) == shifted(level, shifts)
    level = change("1", is_bid=True, price=3_000, size=1, bid=3_000, ask=4_200)
    kept = shifted(level, shifts)
    assert isinstance(kept, LevelChanges)
    assert (9_000, PRICE_SCALE) == (kept.changes[0].best_bid, kept.changes[0].best_ask)
    gone = shifted(trade(Side.BUY, 4_200), {TokenId("1"): 9_000})
    assert isinstance(gone, TradePrint)
    assert PRICE_SCALE - 1 == gone.price


def test_an_empty_side_stays_empty_and_an_unsaid_touch_unsaid() -> None:
    """0 and a dollar stand for no level."""
    level = change("1", is_bid=True, price=3_000, size=1, bid=0, ask=PRICE_SCALE)
    found = shifted(level, {TokenId("1"): 500})
    assert isinstance(found, LevelChanges)
    assert (0, PRICE_SCALE) == (found.changes[0].best_bid, found.changes[0].best_ask)
    unsaid = msgspec.structs.replace(level.changes[0], best_bid=None)
    found = shifted(msgspec.structs.replace(level, changes=(unsaid,)), {TokenId("1"): 500})
    assert isinstance(found, LevelChanges)
    assert found.changes[0].best_bid is None


def test_other_messages_pass() -> None:
    """A gap has no price."""
    gap = FeedGap("lost")
    assert gap is shifted(gap, {TokenId("1"): 500})


@given(st.lists(st.integers(1, 99), min_size=1, unique=True), st.integers(-60, 60))
def test_a_moved_book_stays_on_its_grid_and_in_order(levels: list[int], ticks: int) -> None:
    """Whatever is left of it can be loaded."""
    split = sorted(levels)[len(levels) // 2]
    bids = tuple((level * 100, 1) for level in sorted(levels, reverse=True) if level < split)
    asks = tuple((level * 100, 1) for level in sorted(levels) if level >= split)
    whole = BookSnapshot(0, TokenId("1"), bids, asks, 100, "hash")
    moved = shifted(whole, {TokenId("1"): ticks * 100})
    assert isinstance(moved, BookSnapshot)
    book = Book(TokenId("1"), 100)
    book.load(moved.bids, moved.asks)
    book.check()
