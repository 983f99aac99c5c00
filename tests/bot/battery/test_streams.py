"""A disturbed feed says what a real one would: nothing invented, nothing out of order."""

from bot.battery.streams import (
    GAP_FIRST_NS,
    GAP_NS,
    behind_everybody,
    undisturbed,
    with_gaps,
    without_prints,
)
from bot.domain.market import Side
from bot.domain.messages import BookSnapshot, FeedGap, MarketMessage, TradePrint
from tests.bot.battery.feed import MARKET, START_NS, at, change, opening, trade

Messages = list[tuple[int, MarketMessage]]


def test_undisturbed_is_the_stream_itself() -> None:
    """The base case."""
    stream = opening()
    assert stream is undisturbed(stream, [MARKET])


def test_without_prints_everything_else_stays() -> None:
    """Only trades are gone."""
    stream: Messages = [*opening(), (at(1), trade(Side.BUY, 4_200))]
    assert opening() == list(without_prints(stream, [MARKET]))


def test_last_in_line_no_trade_reaches_a_queue() -> None:
    """A trade at a level becomes one just short of it, for buyers and sellers."""
    stream: Messages = [
        (at(1), trade(Side.BUY, 4_200)),
        (at(2), trade(Side.SELL, 4_000)),
        *opening(),
    ]
    found = list(behind_everybody(stream, [MARKET]))
    prices = [message.price for _, message in found if isinstance(message, TradePrint)]
    assert [4_199, 4_001] == prices
    assert opening() == found[2:]


def test_a_gap_swallows_what_comes_in_it_and_ends_with_whole_books() -> None:
    """The books after it hold what was lost in it."""
    lost = change("1", is_bid=True, price=4_100, size=3, bid=4_100, ask=4_200)
    stream: Messages = [
        *opening(),
        (START_NS + GAP_FIRST_NS, lost),
        (START_NS + GAP_FIRST_NS + GAP_NS, trade(Side.BUY, 4_200)),
    ]
    found = list(with_gaps(stream, [MARKET]))
    kinds = [type(message).__name__ for _, message in found[2:]]
    assert ["FeedGap", "BookSnapshot", "BookSnapshot", "TradePrint"] == kinds
    snapshot = found[3][1]
    assert isinstance(snapshot, BookSnapshot)
    assert ((4_100, 3), (4_000, 7)) == snapshot.bids
    assert [now_ns for now_ns, _ in found] == sorted(now_ns for now_ns, _ in found)


def test_gaps_come_again() -> None:
    """Every ten minutes of tape."""
    stream: Messages = [*opening(), *((at(10 * n), trade(Side.BUY, 4_200)) for n in range(200))]
    found = list(with_gaps(stream, [MARKET]))
    gaps = [now_ns for now_ns, message in found if isinstance(message, FeedGap)]
    assert [at(120), at(750), at(1_380)] == gaps
