"""Churn: orders that leave from the middle of a queue, by a known law.

The law is what a queue estimator has to find again, so it is one number: the cancelled order holds
the point x of the queue (0 front, 1 back) with P(x < a) = a ** power. At power 2 most cancels come
from the back, as on real books (calibration.md 0.4).
"""

from __future__ import annotations

from random import Random

from bot.domain.units import NS_PER_S
from bot.sandbox.market.fair import Pace
from bot.sandbox.market.floor import Floor


class Churn:
    """Cancels at a steady rate, on either side, over the first levels alike."""

    def __init__(
        self, rng: Random, floor: Floor, pace: Pace, *, per_s: float, power: float, levels: int
    ) -> None:
        """Cancel `per_s` orders a second within `levels` levels of the touch; see the law above."""
        self._rng = rng
        self._floor = floor
        self._pace = pace
        self._per_s = per_s
        self._place_power = 1 / power
        self._levels = levels

    def start(self, now_ns: int) -> None:
        """Schedule the next cancel; none ever when the rate is 0."""
        if self._per_s > 0:
            wait_s = self._rng.expovariate(self._per_s * self._pace.factor)
            self._floor.call_at(now_ns + int(wait_s * NS_PER_S), self._cancel)

    def _cancel(self, now_ns: int) -> None:
        rng, book = self._rng, self._floor.book
        is_bid = rng.random() < 0.5
        back = int(rng.random() * self._levels)
        level = book.best_bid - back if is_bid else book.best_ask + back
        if 0 < level < book.level_count:
            place = rng.random() ** self._place_power
            order = book.order_at(is_bid=is_bid, level=level, place=place)
            if order is not None and order.owner is not None:
                self._floor.cancel(order)
                order.owner.churned(order, now_ns)
        self.start(now_ns)
