"""Churn follows its law of places."""

from random import Random

import pytest

from bot.sandbox.market.book import RestingOrder
from bot.sandbox.market.churn import Churn
from bot.sandbox.market.fair import Pace
from bot.sandbox.market.floor import Floor

ORDERS = 20


class Replacer:
    """An owner who puts the order back in its old place, so that the queue never changes."""

    def __init__(self, floor: Floor) -> None:
        """Fill one level of asks with equal orders; the tag says the place from the front."""
        self.places: list[int] = []
        self.queue = floor.book.asks[51]
        for _ in range(ORDERS):
            floor.place(RestingOrder(is_bid=False, level=51, size=10, owner=self))
        self.order = list(self.queue.orders)

    def filled(self, order: RestingOrder, size: int) -> None:
        """Never called here."""

    def churned(self, order: RestingOrder, now_ns: int) -> None:
        """Note the place and restore the queue."""
        self.places.append(self.order.index(order))
        order.size = 10
        self.queue.orders[:] = self.order
        self.queue.total = 10 * ORDERS


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0, 5.0])
def test_places_follow_the_power_law(power: float) -> None:
    """P(place < x) = x ** power, at the quarter, the half and three quarters of the queue."""
    floor = Floor(100, 0)
    # A single ask level: cancels that pick a bid or a deeper level find nothing.
    replacer = Replacer(floor)
    Churn(Random(5), floor, Pace(Random(2), 1.0), per_s=1, power=power, levels=1).start(0)
    while len(replacer.places) < 4_000:
        floor.book.best_ask = 51
        floor.run_next()
    for share in (0.25, 0.5, 0.75):
        observed = sum(place < share * ORDERS for place in replacer.places) / len(replacer.places)
        assert abs(observed - share**power) < 0.03


def test_orders_without_an_owner_stay() -> None:
    """Far and retail orders leave by their own rules."""
    floor = Floor(100, 0)
    floor.place(RestingOrder(is_bid=True, level=50, size=10))
    Churn(Random(5), floor, Pace(Random(2), 1.0), per_s=1, power=2, levels=3).start(0)
    for _ in range(200):
        floor.run_next()
    assert 10 == floor.book.bids[50].total


def test_rate_zero_means_none() -> None:
    """Nothing is scheduled."""
    floor = Floor(100, 0)
    Churn(Random(5), floor, Pace(Random(2), 1.0), per_s=0, power=2, levels=3).start(0)
    assert None is floor.next_ns()
