"""The largest move of the mid within a minute: a fact about the window, never a parameter.

One day says next to nothing about the largest move of a month (calibration.md 4.1), so the figure
is reported as observed and nothing is derived from it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from bot.domain.calibration import Estimate
from bot.domain.units import NS_PER_S
from extractor.estimators.common import nothing
from extractor.log import OrderLog

SPAN_NS = 60 * NS_PER_S
METHOD = "max_over_60s"
NOTE = "observed, not a bound"


def max_jump_pct(log: OrderLog) -> Estimate:
    """Return the largest move within 60 s in percent of the mid it left."""
    return _largest(log, "%", lambda before, after: 100 * abs(after - before) / before)


def max_jump_cents(log: OrderLog) -> Estimate:
    """Return the largest move within 60 s in cents."""
    return _largest(log, "cents", lambda before, after: abs(after - before) / 100)


def _largest(log: OrderLog, unit: str, measure: Callable[[float, float], float]) -> Estimate:
    series = [
        [(point.ts_ns, point.mid) for point in points if point.mid is not None]
        for points in log.quotes.values()
    ]
    n = sum(len(mids) for mids in series)
    if not any(len(mids) > 1 for mids in series):
        return nothing(unit, METHOD, "fewer than two mids were seen", n)
    return Estimate(
        value=max(_max_move(mids, measure) for mids in series),
        unit=unit,
        interval=None,
        n=n,
        method=METHOD,
        sufficient=True,
        note=NOTE,
    )


def _max_move(mids: Iterable[tuple[int, float]], measure: Callable[[float, float], float]) -> float:
    # Two deques keep the lowest and the highest mid of the last minute at their heads: O(n).
    lows: deque[tuple[int, float]] = deque()
    highs: deque[tuple[int, float]] = deque()
    largest = 0.0
    for ts_ns, mid in mids:
        for window, is_low in ((lows, True), (highs, False)):
            while window and window[0][0] < ts_ns - SPAN_NS:
                window.popleft()
            while window and (window[-1][1] >= mid if is_low else window[-1][1] <= mid):
                window.pop()
            window.append((ts_ns, mid))
        largest = max(largest, measure(lows[0][1], mid), measure(highs[0][1], mid))
    return largest
