"""Orders of people without a ladder."""

from random import Random

from bot.domain.units import SIZE_SCALE
from bot.sandbox.market.book import RestingOrder
from bot.sandbox.market.fair import Pace
from bot.sandbox.market.floor import Floor
from bot.sandbox.market.retail import RetailMakers
from bot.sandbox.market.sizes import OrderTerms


def stage(level_count: int = 100) -> tuple[Floor, RetailMakers]:
    """A floor with a wide spread, and retail around it."""
    floor = Floor(level_count, 0)
    middle = level_count // 2
    floor.place(RestingOrder(is_bid=True, level=middle - 2, size=SIZE_SCALE))
    floor.place(RestingOrder(is_bid=False, level=middle + 2, size=SIZE_SCALE))
    terms = OrderTerms(5 * SIZE_SCALE, 0.3)
    return floor, RetailMakers(Random(2), floor, Pace(Random(2), 1.0), terms)


def test_far_orders_reach_both_ends_of_the_grid() -> None:
    """One order a level behind the touch, none inside it."""
    floor, retail = stage()
    retail.stock(100 * SIZE_SCALE)
    assert list(range(1, 49)) == [n for n, queue in enumerate(floor.book.bids) if queue.orders]
    assert list(range(52, 100)) == [n for n, queue in enumerate(floor.book.asks) if queue.orders]


def test_a_fine_grid_is_stocked_sparsely() -> None:
    """At most a hundred far levels, however fine the tick."""
    floor, retail = stage(1_000)
    retail.stock(100 * SIZE_SCALE)
    assert 90 < sum(bool(queue.orders) for queue in floor.book.bids + floor.book.asks) <= 102


def test_orders_come_improve_the_touch_and_go_again() -> None:
    """The book stays consistent, the spread narrows at times, and orders do not pile up."""
    floor, retail = stage()
    retail.start(0)
    resting, spreads = [], []
    for _ in range(6_000):
        floor.run_next()
        spreads.append(floor.book.best_ask - floor.book.best_bid)
        resting.append(sum(len(queue.orders) for queue in floor.book.bids + floor.book.asks))
    floor.book.check()
    assert 1 == min(spreads)
    assert 20 < sum(resting[3_000:]) / 3_000 < 120


def test_an_order_that_filled_is_not_cancelled() -> None:
    """Giving up after a full fill changes nothing."""
    floor, retail = stage()
    retail.start(0)
    for _ in range(2_000):
        floor.run_next()
        floor.take(buys=True, size=10**12, limit=99, on_no=False)
        floor.take(buys=False, size=10**12, limit=1, on_no=False)
    floor.book.check()
