"""Intervals and cluster statistics, as pure functions of numbers (calibration.md 2.0-2.1).

Orders of one quarter of an hour share their market, so they are worth fewer than their number:
every share and mean here takes its clusters into account. All intervals are 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import stats

Interval = tuple[float, float]

Z95 = 1.959963984540054
TAIL = 0.025


class Cluster(msgspec.Struct):
    """Sums of one block of time: a numerator, a denominator, and how many items went in."""

    numerator: float = 0.0
    denominator: float = 0.0
    n: int = 0

    def add(self, numerator: float, denominator: float = 1.0) -> None:
        """Count one item."""
        self.numerator += numerator
        self.denominator += denominator
        self.n += 1


def clusters(items: Iterable[tuple[Hashable, float, float]]) -> list[Cluster]:
    """Return the sums per block of (block, numerator, denominator) items, by first appearance."""
    blocks: dict[Hashable, Cluster] = {}
    for block, numerator, denominator in items:
        blocks.setdefault(block, Cluster()).add(numerator, denominator)
    return list(blocks.values())


def wilson(successes: float, n: float) -> Interval:
    """Return Wilson's interval of a share; `n` may be an effective, fractional sample size > 0."""
    share = successes / n
    centre = share + Z95**2 / (2 * n)
    spread = Z95 * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n * n))
    scale = 1 + Z95**2 / n
    low = max(0.0, (centre - spread) / scale) if successes > 0 else 0.0
    return low, min(1.0, (centre + spread) / scale) if successes < n else 1.0


def design_effect(blocks: Sequence[Cluster]) -> float:
    """Return cluster variance over iid variance of a share, never below 1.

    1 when there is a single block or nothing varies: clustering cannot be seen then.
    """
    n = sum(block.denominator for block in blocks)
    share = sum(block.numerator for block in blocks) / n if n else 0.0
    iid = share * (1 - share) / n if n else 0.0
    if len(blocks) < 2 or iid <= 0:
        return 1.0
    return max(1.0, _ratio_variance(blocks, share, n) / iid)


def share_interval(blocks: Sequence[Cluster]) -> tuple[float, Interval, float]:
    """Return (share, Wilson interval with n / design effect, design effect); denominators > 0."""
    n = sum(block.denominator for block in blocks)
    successes = sum(block.numerator for block in blocks)
    deff = design_effect(blocks)
    return successes / n, wilson(successes / deff, n / deff), deff


def ratio_interval(blocks: Sequence[Cluster]) -> tuple[float, Interval | None]:
    """Return sum of numerators over sum of denominators, with its cluster-robust t interval.

    The interval is `None` with fewer than two blocks: nothing shows how blocks differ.
    """
    n = sum(block.denominator for block in blocks)
    ratio = sum(block.numerator for block in blocks) / n
    if len(blocks) < 2:
        return ratio, None
    error = math.sqrt(_ratio_variance(blocks, ratio, n))
    reach = float(stats.t.ppf(1 - TAIL, len(blocks) - 1)) * error
    return ratio, (ratio - reach, ratio + reach)


def _ratio_variance(blocks: Sequence[Cluster], ratio: float, n: float) -> float:
    # linearised variance of a ratio of sums, with the small-sample factor G / (G - 1)
    squares = sum((block.numerator - ratio * block.denominator) ** 2 for block in blocks)
    return len(blocks) / (len(blocks) - 1) * squares / n**2


def poisson_rate(events: float, exposure: float, deff: float = 1.0) -> tuple[float, Interval]:
    """Return (rate, exact Poisson interval) of events over an exposure > 0, both over `deff`."""
    count, span = events / deff, exposure / deff
    low = float(stats.gamma.ppf(TAIL, count)) / span if count else 0.0
    return events / exposure, (low, float(stats.gamma.ppf(1 - TAIL, count + 1)) / span)


def quantile(
    ordered: NDArray[np.float64], share: float, censored: int = 0
) -> tuple[float | None, Interval | None]:
    """Return (quantile, interval by binomial ranks) of an ascending sample, distribution-free.

    `censored` more values are known only to be larger. The quantile is `None` when it falls among
    them or the sample is empty; the interval is `None` when its ranks fall outside the sample.
    """
    seen, n = len(ordered), len(ordered) + censored
    position = share * (n - 1)
    if n == 0 or math.ceil(position) >= seen:
        return None, None
    below = math.floor(position)
    above = min(below + 1, seen - 1)
    value = float(ordered[below] + (position - below) * (ordered[above] - ordered[below]))
    low = int(stats.binom.ppf(TAIL, n, share)) - 1
    high = int(stats.binom.ppf(1 - TAIL, n, share))
    if low < 0 or high >= seen:
        return value, None
    return value, (float(ordered[low]), float(ordered[high]))


def finite(values: Iterable[float | None]) -> NDArray[np.float64]:
    """Return the finite values, ascending: what is missing or damaged is no measurement."""
    kept = [value for value in values if value is not None and math.isfinite(value)]
    return np.sort(np.array(kept, dtype=np.float64))
