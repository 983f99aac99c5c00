"""Resting orders of people without a ladder: anywhere in the book, small, and for a while."""

from __future__ import annotations

from random import Random

from bot.domain.units import NS_PER_S
from bot.sandbox.market.book import RestingOrder
from bot.sandbox.market.fair import Pace
from bot.sandbox.market.floor import Floor
from bot.sandbox.market.sizes import OrderTerms, maker_size, retail_size

_ARRIVALS_PER_S = 0.04
_LIFE_MEAN_S = 1_500.0
_IMPROVE_RATIO = 0.2
_AT_TOUCH_RATIO = 0.3
_DEPTH_MEAN_LEVELS = 6.0
_FAR_STEP = 100
"""At most this many price levels a side get a far order at the start."""


class RetailMakers:
    """Limit orders that come one by one, some inside the spread, most some levels behind."""

    def __init__(self, rng: Random, floor: Floor, pace: Pace, terms: OrderTerms) -> None:
        """Keep what they need."""
        self._rng = rng
        self._floor = floor
        self._pace = pace
        self._terms = terms

    def start(self, now_ns: int) -> None:
        """Schedule the next arrival."""
        wait_s = self._rng.expovariate(_ARRIVALS_PER_S * self._pace.factor)
        self._floor.call_at(now_ns + int(wait_s * NS_PER_S), self._arrive)

    def stock(self, size_median: float) -> None:
        """Place the far orders that stand in every book, one a level out to both ends."""
        book = self._floor.book
        step = max(1, book.level_count // _FAR_STEP)
        for level in range(step, book.level_count, step):
            if level < book.best_bid:
                self._rest(
                    level, maker_size(self._rng, size_median, self._terms.size_min), is_bid=True
                )
            elif level > book.best_ask:
                self._rest(
                    level, maker_size(self._rng, size_median, self._terms.size_min), is_bid=False
                )

    def _arrive(self, now_ns: int) -> None:
        rng, book = self._rng, self._floor.book
        is_bid = rng.random() < 0.5
        level = self._level(is_bid=is_bid)
        if 0 < level < book.level_count:
            size = retail_size(rng, level / book.level_count, self._terms.size_min)
            order = self._rest(level, size, is_bid=is_bid)
            life_ns = int(rng.expovariate(self._pace.factor / _LIFE_MEAN_S) * NS_PER_S)
            self._floor.call_at(now_ns + life_ns, lambda _: self._give_up(order))
        self.start(now_ns)

    def _level(self, *, is_bid: bool) -> int:
        """Inside the spread where there is room, at the touch, or behind it."""
        rng, book = self._rng, self._floor.book
        kind = rng.random()
        if kind < _IMPROVE_RATIO and book.best_ask - book.best_bid > 1:
            back = -1
        elif kind < _IMPROVE_RATIO + _AT_TOUCH_RATIO:
            back = 0
        else:
            back = 1 + int(rng.expovariate(1 / _DEPTH_MEAN_LEVELS))
        return book.best_bid - back if is_bid else book.best_ask + back

    def _rest(self, level: int, size: int, *, is_bid: bool) -> RestingOrder:
        order = RestingOrder(
            is_bid=is_bid, level=level, size=size, on_no=self._rng.random() < self._terms.no_ratio
        )
        self._floor.place(order)
        return order

    def _give_up(self, order: RestingOrder) -> None:
        if order.size:
            self._floor.cancel(order)
