"""Where an order of ours stands in the queue at its price, from the size of the level alone.

The tape shows levels, not orders. Prints move us for certain. Somebody leaving ("anonymous" below)
was before or behind us; calibration.md 3.3 says how to tell:

* a whole order left: it cannot have been larger than the side it stood on;
* an order of that size joining behind us was seen, or not: the fingerprint of its size;
* where that leaves it open, P(before us) = x ** n, x being our share of the level ahead of us.

n = 0 means everybody who leaves was ahead, n = 1 proportional, n = inf risk-averse: only prints
move us, and the size shown, which we cannot have more than before us. One seeded draw decides each
case, so a position is one particle; estimators run many over a recorded trace (`simulate_trace`).
Sizes here are those of others: the level without our own orders.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from bot.domain.units import NS_PER_MS, SIZE_SCALE
from bot.venues.paper.netting import Netting

SIZES_MAX = 10_000
"""Distinct order sizes remembered; later ones count as never seen."""

Observation = tuple[float, Literal["a", "d", "p", "t"], float, float]
"""(ms, kind, shares, shares before) of `events.QueueTraced`."""


class SizeCounts:
    """How often orders of each size were seen joining: the size distribution of the market."""

    __slots__ = ("_counts", "_total")

    def __init__(self, sizes: Iterable[int] = ()) -> None:
        """Count the given sizes."""
        self._counts: dict[int, int] = {}
        self._total = 0
        for size in sizes:
            self.add(size)

    def add(self, size: int) -> None:
        """Count one order that joined."""
        self._total += 1
        counts = self._counts
        seen = counts.get(size)
        if seen is not None:
            counts[size] = seen + 1
        elif len(counts) < SIZES_MAX:
            counts[size] = 1

    def share(self, size: int) -> float:
        """Return the share of orders of this size in (0, 1], add-one smoothed for sizes unseen."""
        return (self._counts.get(size, 0) + 1) / (self._total + len(self._counts) + 1)


def chance_ahead(
    size: int, front: int, level: int, power_n: float, like_behind: float, like_any: float
) -> float:
    """Return the probability that the anonymous order of `size` that left stood before us.

    `front` of the `level`, its size before the leaving, is ahead of us; n is finite. `like_behind`
    is the share of orders of that size among those seen joining behind us (0: none of them; -1:
    we do not know all of those behind us); `like_any` is the share in the market at large.
    """
    back = level - front
    if size > front and size <= back:
        return 0.0
    if size <= front and (size > back or like_behind == 0):
        return 1.0
    prior = math.pow(front / level, power_n)
    if like_behind < 0 or size > back:
        return prior
    ahead = like_any * prior
    return ahead / (ahead + like_behind * (1.0 - prior))


class Behind:
    """The orders seen joining behind us, by size."""

    __slots__ = ("_count", "_sizes", "_total")

    def __init__(self) -> None:
        """Make it empty."""
        self._sizes: dict[int, int] = {}
        self._count = 0
        self._total = 0

    def join(self, size: int) -> None:
        """Take an order that joined."""
        self._sizes[size] = self._sizes.get(size, 0) + 1
        self._count += 1
        self._total += size

    def leave(self, size: int) -> None:
        """Take that an order left that stood behind us; one that never was seen changes nothing."""
        seen = self._sizes.get(size, 0)
        if seen:
            self._sizes[size] = seen - 1
            self._count -= 1
            self._total -= size

    def like(self, size: int, back: int) -> float:
        """Return the share of orders of this size; -1 when unknown ones stand in the `back`."""
        seen = self._sizes.get(size, 0)
        if seen:
            return seen / self._count
        return 0.0 if back <= self._total else -1.0


class QueuePosition:
    """The size before one order of ours. It never grows, except in `restart`.

    `front` is what we believe; `proven` is an upper bound that rests on prints and on the size
    shown alone. Sizes in fixed-point units. `arrived_ns` is when the order joined.
    """

    __slots__ = ("arrived_ns", "behind", "front", "proven")

    def __init__(self, front: int, arrived_ns: int) -> None:
        """Stand behind `front`."""
        self.front = front
        self.proven = front
        self.arrived_ns = arrived_ns
        self.behind = Behind()

    def trade(self, size: int) -> int:
        """Advance by a print at our price and return how much of it came through to us."""
        passed = size - self.front
        self.front = max(0, -passed)
        self.proven = max(0, self.proven - size)
        return max(0, passed)

    def sweep(self) -> None:
        """Take a trade through our price: nobody is before us any more."""
        self.front = self.proven = 0

    def leave(
        self, size: int, level: int, power_n: float, *, draw: float, like_any: float, is_ahead: bool
    ) -> bool:
        """Take an anonymous order leaving a level of size `level`; return whether it was ahead.

        `level` is the size before it left; `draw` is uniform in [0, 1). `is_ahead` says that it was
        ahead of an older order of ours, and so of this one. With n = inf none is believed ahead.
        """
        self.cap(level)
        if self.front and not is_ahead and not math.isinf(power_n):
            like_behind = self.behind.like(size, level - self.front)
            chance = chance_ahead(size, self.front, level, power_n, like_behind, like_any)
            is_ahead = draw < chance
        if is_ahead:
            self.front = max(0, self.front - size)
        else:
            self.behind.leave(size)
        self.cap(level - size)
        return is_ahead

    def cap(self, level: int) -> None:
        """Take that the level shows `level`: there cannot be more before us."""
        if self.front > level:
            self.front = level
        if self.proven > level:
            self.proven = level

    def restart(self, level: int) -> None:
        """Start again after a gap: all of `level` may be ahead, but not more than was proven."""
        self.proven = min(self.proven, level)
        self.front = self.proven
        self.behind = Behind()


class Step(NamedTuple):
    """One netted observation of the level at which a recorded order rested; sizes in units.

    "a" an order joined; "d" one left that was no trade, `level` being the size before; "p" a print
    at our price, `level` being the size that may remain; "t" a print through it. `like_any` is the
    share of orders of this size in the market, for "d" only.
    """

    kind: Literal["a", "d", "p", "t"]
    size: int
    level: int
    like_any: float


def net_trace(
    observations: Sequence[Observation], queue_ahead: int, sizes: SizeCounts
) -> list[Step]:
    """Return the steps of a recorded trace, each trade once: net once, simulate many times.

    Observations in order of time, shares of others alone (without our own orders); `queue_ahead` is
    the size shown when the order was accepted. A shrinking becomes a step when its window is over,
    as in the live queue; one still held at the end moved nothing yet and is left out.
    """
    steps: list[Step] = []
    netting = Netting()
    shown = queue_ahead
    for ms, kind, shares, shares_before in observations:
        now_ns, size = round(ms * NS_PER_MS), round(shares * SIZE_SCALE)
        level = shown + netting.held
        for _, left in netting.expire(now_ns):
            steps.append(Step("d", left, level, sizes.share(left)))
            level -= left
        if kind == "a":
            shown = round(shares_before * SIZE_SCALE) + size
            steps.append(Step("a", size, 0, 0.0))
        elif kind == "d":
            shown = round(shares_before * SIZE_SCALE) - size
            netting.shrink(size, now_ns)
        else:
            if kind == "p":
                netting.trade(size, now_ns)
            steps.append(Step(kind, size, shown + netting.held, 0.0))
    return steps


def simulate_trace(
    steps: Sequence[Step], queue_ahead: int, size: int, power_n: float, rng: random.Random
) -> int:
    """Return how much of an order of `size` one particle fills over the steps of `net_trace`.

    Draws one number from `rng` for each "d" unless n = inf. The rules are those of `QueuePosition`,
    written out in one loop because an estimator runs it millions of times; a test holds them equal.
    """
    front, filled, known_behind, count_behind = queue_ahead, 0, 0, 0
    behind: dict[int, int] = {}
    believes = not math.isinf(power_n)
    for kind, part, level, like_any in steps:
        if kind == "d":
            front = min(front, level)
            draw = rng.random() if believes else 1.0
            seen = behind.get(part, 0)
            if front and believes:
                back = level - front
                unseen = 0.0 if back <= known_behind else -1.0
                like_behind = seen / count_behind if seen else unseen
                is_ahead = draw < chance_ahead(part, front, level, power_n, like_behind, like_any)
            else:
                is_ahead = False
            if is_ahead:
                front = max(0, front - part)
            elif seen:
                behind[part] = seen - 1
                known_behind -= part
                count_behind -= 1
            front = min(front, level - part)
        elif kind == "a":
            behind[part] = behind.get(part, 0) + 1
            known_behind += part
            count_behind += 1
        else:
            passed = part if kind == "t" else part - front
            front = 0 if kind == "t" else min(max(0, -passed), level)
            filled += max(0, passed)
            if filled >= size:
                return size
    return filled
