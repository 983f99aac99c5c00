"""The books beside a tape are those that the feed would send whole."""

from bot.battery.shadow import ShadowBooks
from bot.domain.book import BookState
from bot.domain.market import Side, TokenId
from bot.domain.messages import FeedGap, MarketMessage, TickSizeChange
from tests.bot.battery.feed import MARKET, book, change, opening, trade

YES = TokenId("1")


def after(*messages: MarketMessage) -> ShadowBooks:
    """The books after the opening and these messages."""
    shadow = ShadowBooks([MARKET])
    for _, whole in opening():
        shadow.take(whole)
    for message in messages:
        shadow.take(message)
    return shadow


def test_whole_books_come_back() -> None:
    """As they were taken, without a hash."""
    yes, no = after().snapshots()
    assert ("1", ((4_000, 7),), ((4_200, 9),), "") == (yes.token, yes.bids, yes.asks, yes.hash)
    assert "2" == no.token


def test_before_the_first_book_there_is_none() -> None:
    """A change without a book says nothing whole."""
    shadow = ShadowBooks([MARKET])
    shadow.take(change("1", is_bid=True, price=4_100, size=3, bid=4_100, ask=4_200))
    assert [] == list(shadow.snapshots())


def test_the_stated_touch_is_believed() -> None:
    """A level better than it was removed and the removal was lost."""
    shadow = after(change("1", is_bid=True, price=3_900, size=3, bid=3_900, ask=4_200))
    assert 3_900 == shadow.books[YES].best_bid


def test_foreign_tokens_and_trades_change_nothing() -> None:
    """Only our markets are kept."""
    shadow = after(
        change("3", is_bid=True, price=4_100, size=3, bid=4_100, ask=4_200),
        book("3", 1_000, 2_000),
        trade(Side.BUY, 4_200),
        FeedGap("elsewhere", (TokenId("3"),)),
    )
    assert (4_000, 4_200) == (shadow.books[YES].best_bid, shadow.books[YES].best_ask)


def test_what_cannot_be_trusted_is_not_sent() -> None:
    """After a gap, a price off the grid, or another grid, until the next whole book."""
    off_grid = change("1", is_bid=True, price=4_050, size=3, bid=4_050, ask=4_200)
    for message in (
        FeedGap("lost"),
        FeedGap("lost", (YES,)),
        TickSizeChange(0, YES, 10),
        off_grid,
        book("1", 4_050, 4_200),
    ):
        shadow = after(message)
        assert shadow.books[YES].state is not BookState.VALID
        assert YES not in [snapshot.token for snapshot in shadow.snapshots()]


def test_a_book_may_bring_another_grid() -> None:
    """The change of the grid itself was lost."""
    finer = after(TickSizeChange(0, YES, 10), book("1", 4_000, 4_200))
    assert 100 == finer.books[YES].tick
