"""Takers: noise that comes in clusters, and informed traders who trade towards the fair value."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from bot.domain.units import NS_PER_S
from bot.sandbox.market.fair import Pace
from bot.sandbox.market.floor import Floor
from bot.sandbox.market.sizes import OrderTerms, informed_size, retail_size

_NOISE_SHARE = 0.92
"""Of all trades; the rest is informed and follows from the rates below."""
_CHILD_RATIO = 0.45
_CHILD_DELAY_S = 15.0
_SAME_SIDE_RATIO = 0.8
_SLIP_LEVELS = 1
"""A noise trader accepts one level beyond the touch and drops the rest."""

_LOOKS_PER_S = 0.4
_EDGE_TICKS_MIN = 0.05
_ACT_PER_TICK = 1.0
"""Chance that a look at one tick of edge becomes a trade: arrivals rise with the mispricing."""


class NoiseTakers:
    """Market orders without opinion; each may draw another, mostly on its own side."""

    def __init__(
        self,
        rng: Random,
        floor: Floor,
        pace: Pace,
        terms: OrderTerms,
        *,
        trades_per_day: float,
    ) -> None:
        """Aim at `trades_per_day` trades of all takers together."""
        self._rng = rng
        self._floor = floor
        self._pace = pace
        self._first_per_s = trades_per_day * _NOISE_SHARE * (1 - _CHILD_RATIO) / 86_400
        self._terms = terms

    def start(self, now_ns: int) -> None:
        """Schedule the first arrival."""
        wait_s = self._rng.expovariate(self._first_per_s * self._pace.factor)
        self._floor.call_at(now_ns + int(wait_s * NS_PER_S), self._arrive)

    def _arrive(self, now_ns: int) -> None:
        self._trade(buys=self._rng.random() < 0.5, now_ns=now_ns)
        self.start(now_ns)

    def _trade(self, *, buys: bool, now_ns: int) -> None:
        rng, book = self._rng, self._floor.book
        touch = book.best_ask if buys else book.best_bid
        limit = touch + _SLIP_LEVELS if buys else touch - _SLIP_LEVELS
        size = retail_size(rng, touch / book.level_count or 1.0, self._terms.size_min)
        self._floor.take(
            buys=buys, size=size, limit=limit, on_no=rng.random() < self._terms.no_ratio
        )
        if rng.random() < _CHILD_RATIO:
            same = rng.random() < _SAME_SIDE_RATIO
            delay_ns = int(rng.expovariate(1 / _CHILD_DELAY_S) * NS_PER_S)
            self._floor.call_at(
                now_ns + delay_ns, lambda at_ns: self._trade(buys=buys == same, now_ns=at_ns)
            )


class InformedTakers:
    """Traders who know the fair value and take whatever is on the wrong side of it."""

    def __init__(
        self,
        rng: Random,
        floor: Floor,
        pace: Pace,
        terms: OrderTerms,
        fair_level: Callable[[int], float],
    ) -> None:
        """Keep what they need; `fair_level(now_ns)` is the fair price in ticks."""
        self._rng = rng
        self._floor = floor
        self._pace = pace
        self._fair_level = fair_level
        self._terms = terms

    def start(self, now_ns: int) -> None:
        """Schedule the next look."""
        wait_s = self._rng.expovariate(_LOOKS_PER_S * self._pace.factor)
        self._floor.call_at(now_ns + int(wait_s * NS_PER_S), self._look)

    def _look(self, now_ns: int) -> None:
        book = self._floor.book
        fair = self._fair_level(now_ns)
        buys = fair - book.best_ask > book.best_bid - fair
        edge = fair - book.best_ask if buys else book.best_bid - fair
        if edge > _EDGE_TICKS_MIN and self._rng.random() < _ACT_PER_TICK * edge:
            self._floor.take(
                buys=buys,
                size=informed_size(self._rng, self._terms.size_min),
                limit=math.floor(fair) if buys else math.ceil(fair),
                on_no=self._rng.random() < self._terms.no_ratio,
            )
        self.start(now_ns)
