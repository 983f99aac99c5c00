"""Markouts: what the mid did in the seconds after a fill (calibration.md 2.1 C).

The tracker only remembers what is due when; whoever owns the clock and the books asks it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

from bot.domain.market import Side, TokenId
from bot.domain.orders import OrderId
from bot.domain.ports import NEVER
from bot.domain.units import NS_PER_S
from bot.domain.value import Value

HORIZONS_S = (1, 5, 30, 60, 300)
"""Seconds after the fill at which the mid is read."""


class MarkedFill(Value, frozen=True):
    """A fill with the mid of its own token just before the match, without our own orders."""

    order_id: OrderId
    trade_id: str
    token: TokenId
    side: Side
    size: int
    mid_before: float
    ts_ns: int

    def __post_init__(self) -> None:
        """Raise ValueError when the mid is not positive: no relative cost exists then."""
        if not self.mid_before > 0:
            raise ValueError(f"fill {self.trade_id}: mid before it is {self.mid_before}")


class Markout(Value, frozen=True):
    """The mid of the fill's token, in price units, `horizon_s` after the fill."""

    fill: MarkedFill
    horizon_s: int
    mid_after: float

    @property
    def cost_cents(self) -> float:
        """Cost per share in cents: positive when the mid moved against us."""
        return self._cost / 100

    @property
    def cost_bps(self) -> float:
        """Cost in 1/10,000 of the mid before the fill."""
        return self._cost / self.fill.mid_before * 10_000

    @property
    def _cost(self) -> float:
        return self.fill.side.sign * (self.fill.mid_before - self.mid_after)


class MarkoutTracker:
    """Fills whose later mids are still to be read.

    It holds at most the fills of the longest horizon, five entries each. `next_due_ns` is when the
    next mid should be read, `NEVER` when nothing is waiting. `missed` counts horizons that came
    without a mid: they are dropped, never guessed.
    """

    __slots__ = ("_due", "_numbers", "missed", "next_due_ns")

    def __init__(self) -> None:
        """Make an empty tracker."""
        self._due: list[tuple[int, int, int, MarkedFill]] = []
        self._numbers = count()  # entries due together come in the order they were added
        self.missed = 0
        self.next_due_ns = NEVER

    def add(self, fill: MarkedFill) -> None:
        """Remember a fill until its last horizon is over."""
        for horizon_s in HORIZONS_S:
            due_ns = fill.ts_ns + horizon_s * NS_PER_S
            heapq.heappush(self._due, (due_ns, next(self._numbers), horizon_s, fill))
        self.next_due_ns = self._due[0][0]

    def due(self, now_ns: int, mid_of: Callable[[TokenId], float | None]) -> list[Markout]:
        """Return the markouts due up to and including now, in time order.

        `mid_of` gives the present mid of a token in price units, `None` when there is none.
        """
        markouts = []
        while self._due and self._due[0][0] <= now_ns:
            _, _, horizon_s, fill = heapq.heappop(self._due)
            mid_after = mid_of(fill.token)
            if mid_after is None:
                self.missed += 1
            else:
                markouts.append(Markout(fill, horizon_s, mid_after))
        self.next_due_ns = self._due[0][0] if self._due else NEVER
        return markouts
