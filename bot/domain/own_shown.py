"""How much of what a level shows is one order of ours, where the feed shows it like everybody's.

A queue is made of others. When our order appears on the book or leaves it is read off the book
itself, because the feed and the answers to requests come in any order: a growing by exactly its
size is the order, a shrinking by exactly its rest once its cancel was asked for is the order going.
Trades are not guessed: a fill is taken off when it is told, so that level, print and fill add up in
every order of arrival.
"""

from __future__ import annotations

from bot.domain.orders import Order
from bot.domain.units import NS_PER_S

PATIENCE_NS = NS_PER_S
"""An order whose own change of the book was not seen by then never had one: several came as one."""


class OwnShown:
    """Takes one resting order of ours out of the sizes of its level; sizes in size units."""

    __slots__ = ("_accepted_ns", "_has_appeared", "_is_shown", "_order")

    def __init__(self, order: Order, accepted_ns: int, *, is_shown: bool) -> None:
        """Follow an order accepted at `accepted_ns`; `is_shown`: the book has it already."""
        self._order = order
        self._accepted_ns = accepted_ns
        self._has_appeared = self._is_shown = is_shown

    def others(self, before: int, after: int, now_ns: int) -> tuple[int, int]:
        """Return what others show before and after a change of the level to `after`."""
        if not self._has_appeared and now_ns - self._accepted_ns >= PATIENCE_NS:
            self._has_appeared = self._is_shown = True
        others_before = self._without(before)
        self._see(after - before)
        return others_before, self._without(after)

    def _see(self, change: int) -> None:
        order = self._order
        if not self._has_appeared and change in {order.new.size, order.open_size}:
            self._has_appeared = self._is_shown = True
        elif order.cancel_requested_ns is not None and change == -order.open_size:
            self._is_shown = False

    def _without(self, shown: int) -> int:
        return max(0, shown - self._order.open_size) if self._is_shown else shown
