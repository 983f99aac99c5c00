"""What the paper venue's queue model makes of one recorded trace: when such orders were due."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from random import Random
from typing import Protocol

from bot.domain.events import QueueTraced
from bot.domain.units import SIZE_SCALE
from bot.venues.paper.queue import SizeCounts, Step, net_trace, simulate_trace
from extractor.records import OrderRecord

PRINTS = frozenset({"p", "t"})
PARTICLES = 16
"""Simulated orders for each trace and phi (calibration.md 6)."""


class DueTimes(Protocol):
    """A queue model: when simulated orders in the place of a traced one are due."""

    def __call__(
        self, trace: QueueTraced, end_ms: float, phis: Sequence[float]
    ) -> tuple[tuple[float, ...], ...]:
        """Return for each phi the sorted due times, at most `PARTICLES`, up to `end_ms`.

        Times are ms since acceptance; a particle that is not due by then is absent.
        """
        ...


class PaperQueue:
    """The model of `bot.venues.paper.queue`; each trace has generators of its own for all phi."""

    def __init__(self, orders: Iterable[OrderRecord], seed: int) -> None:
        """Learn the size distribution of the market from all traces of `orders`."""
        self._seed = seed
        self._sizes = SizeCounts(
            round(shares * SIZE_SCALE)
            for order in orders
            if order.trace is not None
            for _, kind, shares, _ in order.trace.observations
            if kind == "a"
        )

    def __call__(
        self, trace: QueueTraced, end_ms: float, phis: Sequence[float]
    ) -> tuple[tuple[float, ...], ...]:
        """Return the due times (see `DueTimes`). Without a print by `end_ms` nothing is due."""
        seen = [observation for observation in trace.observations if observation[0] <= end_ms]
        prints = [at for at, kind, _, _ in seen if kind in PRINTS]
        if not prints:
            return tuple(() for _ in phis)
        ahead = round(trace.queue_position * SIZE_SCALE)
        steps = net_trace(seen, ahead, self._sizes)
        ends = [index + 1 for index, step in enumerate(steps) if step.kind in PRINTS]
        return tuple(
            tuple(sorted(self._particles(trace, steps, ends, prints, power_of(phi))))
            for phi in phis
        )

    def _particles(
        self,
        trace: QueueTraced,
        steps: Sequence[Step],
        ends: Sequence[int],
        prints: Sequence[float],
        power_n: float,
    ) -> Iterable[float]:
        # risk-averse is deterministic: one simulation speaks for all particles
        runs = 1 if math.isinf(power_n) else PARTICLES
        for particle in range(runs):
            seed = f"{self._seed}:{trace.run_id}:{trace.order_id}:{particle}"
            first = _first_fill(trace, steps, ends, power_n, seed)
            if first is not None:
                yield from [prints[first]] * (PARTICLES // runs)


def power_of(phi: float) -> float:
    """Return the exponent n = phi / (1 - phi), infinite for phi = 1."""
    return math.inf if phi >= 1.0 else phi / (1.0 - phi)


def _first_fill(
    trace: QueueTraced, steps: Sequence[Step], ends: Sequence[int], power_n: float, seed: str
) -> int | None:
    # Only prints fill, and whoever is filled by a print is filled by every longer trace: bisect.
    ahead = round(trace.queue_position * SIZE_SCALE)

    def is_filled(index: int) -> bool:
        filled = simulate_trace(steps[: ends[index]], ahead, trace.size, power_n, Random(seed))
        return filled > 0

    low, high = 0, len(ends) - 1
    if not is_filled(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if is_filled(middle):
            high = middle
        else:
            low = middle + 1
    return low
