"""One maker: its ladder, its patience, its flight from news."""

from random import Random

from bot.domain.units import NS_PER_S, SIZE_SCALE
from bot.sandbox.market.book import RestingOrder
from bot.sandbox.market.floor import Execution, Floor, LevelSet
from bot.sandbox.market.makers import Maker, MakerTerms
from bot.sandbox.market.sizes import OrderTerms

TERMS = MakerTerms(
    half_spread_ticks=2.0,
    levels=4,
    size_median=100 * SIZE_SCALE,
    orders=OrderTerms(5 * SIZE_SCALE, 0.3),
)


class Stage:
    """A floor with one maker and a fair value set by hand, in ticks."""

    def __init__(self, fair: float = 50.0) -> None:
        """Let the maker quote once."""
        self.fair = fair
        self.floor = Floor(100, 0)
        self.maker = Maker(Random(3), self.floor, lambda _: self.fair, TERMS)
        self.maker.wake(0)

    def levels(self, *, is_bid: bool) -> list[int]:
        """Levels with orders on one side, ascending."""
        queues = self.floor.book.side(is_bid=is_bid)
        return [level for level, queue in enumerate(queues) if queue.orders]


def run_all(floor: Floor) -> None:
    """Do everything scheduled."""
    while floor.next_ns() is not None:
        floor.run_next()


def test_a_ladder_of_equal_length_stands_on_both_sides() -> None:
    """Levels without gaps, about the half spread away from the fair value."""
    stage = Stage()
    bids, asks = stage.levels(is_bid=True), stage.levels(is_bid=False)
    assert list(range(bids[-1] - 3, bids[-1] + 1)) == bids
    assert list(range(asks[0], asks[0] + 4)) == asks
    assert 47 <= bids[-1] <= 48
    assert 52 <= asks[0] <= 53


def test_a_small_move_does_not_move_the_ladder_but_a_larger_one_does() -> None:
    """Half a tick is not worth losing the queue."""
    stage = Stage()
    before = stage.levels(is_bid=True)
    stage.fair = 50.2
    stage.maker.wake(1)
    assert before == stage.levels(is_bid=True)
    stage.fair = 53.0
    stage.maker.wake(2)
    assert before[-1] + 3 == stage.levels(is_bid=True)[-1]
    assert 4 == len(stage.levels(is_bid=True))


def test_a_filled_level_comes_back_at_the_next_look() -> None:
    """Until then the touch is wider."""
    stage = Stage()
    touch = stage.floor.book.best_ask
    stage.floor.take(buys=True, size=10**12, limit=touch, on_no=False)
    assert touch + 1 == stage.floor.book.best_ask
    stage.maker.wake(1)
    assert touch == stage.floor.book.best_ask


def test_a_part_fill_leaves_the_rest_in_its_place() -> None:
    """The order stays in the queue with what is left."""
    stage = Stage()
    touch = stage.floor.book.best_bid
    stage.floor.take(buys=False, size=SIZE_SCALE, limit=touch, on_no=False)
    stage.maker.wake(1)
    assert touch == stage.floor.book.best_bid
    assert 1 == len(stage.floor.book.bids[touch].orders)


def test_inventory_makes_it_lean() -> None:
    """After buying much more than it wants, it bids lower."""
    stage = Stage()
    before = stage.floor.book.best_bid
    for look in range(1, 60):
        stage.floor.take(buys=False, size=10**12, limit=1, on_no=False)
        stage.maker.wake(look)
    assert stage.floor.book.best_bid < before


def test_news_empties_its_side_of_the_book_until_it_comes_back_wider() -> None:
    """It is away for seconds, ignores its looks meanwhile, then quotes wider than before."""
    stage = Stage()
    spread = stage.floor.book.best_ask - stage.floor.book.best_bid
    stage.maker.flee(0)
    stage.maker.wake(1)
    assert [] == stage.levels(is_bid=True) + stage.levels(is_bid=False)
    run_all(stage.floor)
    assert 3 * NS_PER_S <= stage.floor.now_ns <= 15 * NS_PER_S
    assert spread < stage.floor.book.best_ask - stage.floor.book.best_bid


def churn_one(stage: Stage, level: int) -> RestingOrder:
    """Cancel the maker's bid at the level as churn does."""
    order = stage.floor.book.bids[level].orders[0]
    stage.floor.cancel(order)
    stage.maker.churned(order, 1)
    return order


def test_a_churned_order_comes_back_at_the_same_level() -> None:
    """As a new order, a little later."""
    stage = Stage()
    level = stage.floor.book.best_bid
    order = churn_one(stage, level)
    run_all(stage.floor)
    assert [order] != stage.floor.book.bids[level].orders
    assert 1 == len(stage.floor.book.bids[level].orders)


def test_a_churned_order_stays_away_once_the_ladder_has_left_its_level() -> None:
    """And while the maker is away altogether."""
    stage = Stage()
    churn_one(stage, stage.levels(is_bid=True)[0])
    stage.fair = 60.0
    stage.maker.wake(2)
    run_all(stage.floor)
    assert 4 == len(stage.levels(is_bid=True))
    fled = Stage()
    churn_one(fled, fled.floor.book.best_bid)
    fled.maker.flee(2)
    replaced_at = fled.floor.next_ns()
    fled.floor.run_next()
    assert replaced_at is not None
    assert [] == fled.levels(is_bid=True)


def test_it_never_crosses_what_others_quote() -> None:
    """Levels at or beyond the other side's touch are left out: its orders are post-only."""
    stage = Stage()
    stage.floor.place(RestingOrder(is_bid=True, level=51, size=SIZE_SCALE))
    stage.fair = 48.0
    stage.maker.wake(1)
    stage.floor.book.check()
    assert 52 == stage.floor.book.best_ask


def test_the_ladder_ends_at_the_grid() -> None:
    """Close to the edge it is shorter, never off the grid."""
    stage = Stage(fair=5.0)
    assert 1 == min(stage.levels(is_bid=True))
    assert 99 == max(Stage(fair=95.0).levels(is_bid=False))


def test_every_change_is_an_event() -> None:
    """Eight orders placed are eight events, none of them a trade."""
    events = Stage().floor.drain()
    assert 8 == len(events)
    assert not any(isinstance(event, Execution) for event in events)
    assert all(isinstance(event, LevelSet) for event in events)
