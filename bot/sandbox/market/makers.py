"""Makers: each keeps a ladder of orders around its own late and biased view of the fair value."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import msgspec

from bot.domain.units import NS_PER_S
from bot.sandbox.market.book import RestingOrder
from bot.sandbox.market.floor import Floor
from bot.sandbox.market.sizes import OrderTerms, maker_size

_BIAS_TICKS = 0.25
_BIAS_CHANGE_RATIO = 0.03
_RECENTRE_TICKS = 0.55
"""A maker moves its ladder only when its view has moved by more than half a tick."""
_SKEW_TICKS = 0.4
"""How far a maker leans away from an inventory of ten of its own levels."""
_SKEW_LEVELS = 10
_NEWS_WIDER_TICKS = 1.5
_NEWS_CALM_S = 120.0
_REPLACE_MEAN_S = 2.0


class MakerTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What one maker is like.

    `half_spread_ticks` from its view to its quotes, `levels` a side, `size_median` of one order in
    size units.
    """

    half_spread_ticks: float
    levels: int
    size_median: float
    orders: OrderTerms


class Maker:
    """One maker: wakes now and then, moves its ladder, refills it, and flees from news."""

    def __init__(
        self, rng: Random, floor: Floor, fair_level: Callable[[int], float], terms: MakerTerms
    ) -> None:
        """Keep what it needs; `fair_level(now_ns)` is the fair price in ticks."""
        self._rng = rng
        self._floor = floor
        self._fair_level = fair_level
        self._terms = terms
        self._bias = rng.gauss(0.0, _BIAS_TICKS)
        self._centre = math.inf
        self._inventory = 0
        self._calm_at_ns = 0
        self._away_until_ns = 0
        self._bids: dict[int, RestingOrder] = {}
        self._asks: dict[int, RestingOrder] = {}

    def wake(self, now_ns: int) -> None:
        """Look at the fair value, move the ladder when it is off, and refill what is missing."""
        if now_ns < self._away_until_ns:
            return
        if self._rng.random() < _BIAS_CHANGE_RATIO:
            self._bias = self._rng.gauss(0.0, _BIAS_TICKS)
        view = self._fair_level(now_ns) + self._bias - self._skew_ticks()
        if abs(view - self._centre) > _RECENTRE_TICKS:
            self._centre = view
        bids, asks = self._ladder(now_ns)
        self._withdraw(self._bids, bids)
        self._withdraw(self._asks, asks)
        self._fill_in(self._bids, bids, is_bid=True)
        self._fill_in(self._asks, asks, is_bid=False)

    def flee(self, now_ns: int) -> None:
        """Pull every order on news, stay away for some seconds and come back wider."""
        self._away_until_ns = now_ns + int(self._rng.uniform(3, 15) * NS_PER_S)
        self._calm_at_ns = now_ns + int(_NEWS_CALM_S * NS_PER_S)
        self._withdraw(self._bids, range(0))
        self._withdraw(self._asks, range(0))
        self._floor.call_at(self._away_until_ns, self.wake)

    def filled(self, order: RestingOrder, size: int) -> None:
        """Count the inventory and forget the order once it is used up."""
        self._inventory += size if order.is_bid else -size
        if not order.size:
            del (self._bids if order.is_bid else self._asks)[order.level]

    def churned(self, order: RestingOrder, now_ns: int) -> None:
        """Put a fresh order at the back of the same level a little later."""
        own = self._bids if order.is_bid else self._asks
        del own[order.level]
        delay_ns = int(self._rng.expovariate(1 / _REPLACE_MEAN_S) * NS_PER_S)
        is_bid, level = order.is_bid, order.level

        def replace(at_ns: int) -> None:
            if at_ns >= self._away_until_ns:
                wanted = self._ladder(at_ns)[0 if is_bid else 1]
                if level in wanted:
                    self._fill_in(own, range(level, level + 1), is_bid=is_bid)

        self._floor.call_at(now_ns + delay_ns, replace)

    def _skew_ticks(self) -> float:
        full = _SKEW_LEVELS * self._terms.size_median
        return _SKEW_TICKS * max(-3.0, min(3.0, self._inventory / full))

    def _ladder(self, now_ns: int) -> tuple[range, range]:
        """The levels it wants to bid and to ask at, inside the grid and never crossing the book."""
        book, terms = self._floor.book, self._terms
        half = terms.half_spread_ticks + (_NEWS_WIDER_TICKS if now_ns < self._calm_at_ns else 0)
        bid = min(math.floor(self._centre - half), book.level_count - 2)
        ask = max(math.ceil(self._centre + half), 2)
        bids = range(max(1, bid - terms.levels + 1), bid + 1)
        asks = range(ask, min(book.level_count - 1, ask + terms.levels - 1) + 1)
        return bids, asks

    def _withdraw(self, own: dict[int, RestingOrder], wanted: range) -> None:
        for level in [level for level in own if level not in wanted]:
            self._floor.cancel(own.pop(level))

    def _fill_in(self, own: dict[int, RestingOrder], wanted: range, *, is_bid: bool) -> None:
        """Place what is missing, leaving out levels that would cross: its orders are post-only."""
        book, terms = self._floor.book, self._terms
        for level in wanted:
            if level in own or (level >= book.best_ask if is_bid else level <= book.best_bid):
                continue
            order = RestingOrder(
                is_bid=is_bid,
                level=level,
                size=maker_size(self._rng, terms.size_median, terms.orders.size_min),
                owner=self,
                on_no=self._rng.random() < terms.orders.no_ratio,
            )
            own[level] = order
            self._floor.place(order)
