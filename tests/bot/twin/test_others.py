"""The book and the tape without production's orders: the twin queues behind others alone."""

from bot.domain import events
from bot.domain.market import Side
from bot.engine import TokenState
from bot.twin.others import OthersBook, OthersTape
from bot.twin.real_orders import RealOrders
from tests.bot.engine.world import MARKET, SHARE, YES
from tests.bot.twin.test_real_orders import A, placed, tell

Told = tuple[object, ...]


class Watcher:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.levels: list[tuple[int, int]] = []
        self.others: list[Told] = []

    def on_level(
        self, token: object, *, is_bid: bool, price: int, before: int, after: int, now_ns: int
    ) -> None:
        """Keep the sizes."""
        self.levels.append((before // SHARE, after // SHARE))

    def on_print(self, *told: object) -> None:
        """Keep it."""
        self.others.append(told)

    def on_continuity_lost(self, *told: object) -> None:
        """Keep it."""
        self.others.append(told)


class Market:
    """One book with production's bid of 5 at 0.48, and the tape a twin would see."""

    def __init__(self) -> None:
        self.real = RealOrders(MARKET)
        self.state = TokenState(MARKET, YES)
        self.watcher = Watcher()
        self.book = OthersBook(self.state, self.real)
        self.tape = OthersTape(self.real, self.watcher)
        self.state.book.load([(4_700, 9 * SHARE)], [(5_200, 9 * SHARE)])
        self.order = placed(self.real)
        self.state.own.refresh([self.order.order])

    def show(self, before: int, after: int) -> None:
        """Let the level of the bid go from one size to another, of all orders."""
        self.state.book.apply(is_bid=True, price=4_800, size=after * SHARE)
        self.tape.on_level(
            YES, is_bid=True, price=4_800, before=before * SHARE, after=after * SHARE, now_ns=1
        )


def test_production_coming_and_going_is_no_change_of_the_market() -> None:
    """Only what others do is told, with the sizes of others."""
    market = Market()
    market.show(0, 5)
    market.show(5, 25)
    tell(market.real, events.CancelRequested)
    market.show(25, 20)
    market.show(20, 0)
    assert [(0, 20), (20, 0)] == market.watcher.levels


def test_a_trade_is_told_whole_before_anyone_says_whose_it_was() -> None:
    """Level, print and fill add up: the fill told later leaves the others as they are."""
    market = Market()
    market.show(0, 5)
    market.show(5, 15)
    market.show(15, 8)  # 7 traded: our 5 first, then 2 of the 10 behind
    tell(market.real, events.OrderFilled, order_id=A, size=5 * SHARE)
    market.show(8, 6)
    assert [(0, 10), (10, 3), (8, 6)] == market.watcher.levels


def test_prints_and_gaps_pass_through() -> None:
    """A print against production's order is evidence like any other."""
    market = Market()
    market.tape.on_print(YES, Side.SELL, 4_800, SHARE, 7)
    market.tape.on_continuity_lost([YES], 8)
    assert [(YES, Side.SELL, 4_800, SHARE, 7), ([YES], 8)] == market.watcher.others


def test_the_book_is_that_of_the_others() -> None:
    """Sizes, touch and mid without what production shows; state and grid as they are."""
    market = Market()
    market.show(0, 5)
    book = market.book
    assert (4_700, 5_200, 4_950.0) == (book.best_bid, book.best_ask, book.mid)
    assert (0, 9 * SHARE) == tuple(book.size_at(is_bid=True, price=p) for p in (4_800, 4_700))
    assert (market.state.book.state, 100) == (book.state, book.tick)
    market.show(5, 3)  # less than ours: a trade that nobody has told of
    assert 0 == book.size_at(is_bid=True, price=4_800)
