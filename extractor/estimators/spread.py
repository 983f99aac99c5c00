"""Time-weighted spreads of the market without us and of our own quotes, over hour blocks.

A sample stands until the next one of its market. One-sided and crossed samples are left out and
their share of time is reported (calibration.md 2.1 H).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from bot.domain.calibration import Estimate
from bot.domain.units import NS_PER_S
from extractor.estimators.common import KEEPS_PRIOR, nothing
from extractor.log import OrderLog
from extractor.records import HOUR_NS, QuotePoint
from extractor.stats import clusters, ratio_interval

SAMPLE_AGE_MAX_NS = 60 * NS_PER_S
"""A sample speaks for one minute at most: beyond it nobody was looking."""
HOURS_MINIMUM = 1.0
"""One hour gives a coefficient of variation of 10.6 %, within +-20 % (calibration.md 4.1)."""

Measure = Callable[[QuotePoint], float | None]


def estimates(log: OrderLog) -> dict[str, Estimate]:
    """Return the spreads, the share of time one-sided, and the share of time at the best price."""
    return {
        "spread_bps": _time_weighted(log, _market_bps, "bps"),
        "spread_cents": _time_weighted(log, _market_cents, "cents"),
        "our_spread_bps": _time_weighted(log, _our_bps, "bps"),
        "our_spread_cents": _time_weighted(log, _our_cents, "cents"),
        "one_sided_share": _time_weighted(log, _is_one_sided, "1"),
        "at_best_share": _time_weighted(log, _is_at_best, "1"),
    }


def _time_weighted(log: OrderLog, measure: Measure, unit: str) -> Estimate:
    items = [
        (point.ts_ns // HOUR_NS, value * hours, hours)
        for point, hours in _weighted(log)
        if (value := measure(point)) is not None
    ]
    blocks = clusters(items)
    hours = sum(block.denominator for block in blocks)
    if hours <= 0:
        return nothing(unit, "time_weighted_cluster1h", "no sample of a two-sided book")
    value, interval = ratio_interval(blocks)
    enough = hours >= HOURS_MINIMUM
    return Estimate(
        value=value,
        unit=unit,
        interval=interval,
        n=len(items),
        method="time_weighted_cluster1h",
        sufficient=enough,
        note=_note(hours, is_enough=enough),
    )


def _note(hours: float, *, is_enough: bool) -> str:
    if is_enough:
        return f"{hours:.1f} h of samples"
    return f"{int(hours * 60)} min of samples; {HOURS_MINIMUM * 60:.0f} are needed: {KEEPS_PRIOR}"


def _weighted(log: OrderLog) -> Iterator[tuple[QuotePoint, float]]:
    # each sample with the hours it stands for
    for points in log.quotes.values():
        for point, after in pairwise(points):
            age_ns = min(max(0, after.ts_ns - point.ts_ns), SAMPLE_AGE_MAX_NS)
            yield point, age_ns / HOUR_NS


def _market_cents(point: QuotePoint) -> float | None:
    if point.mid is None or point.best_bid is None or point.best_ask is None:
        return None
    return (point.best_ask - point.best_bid) / 100


def _market_bps(point: QuotePoint) -> float | None:
    cents = _market_cents(point)
    return None if cents is None or point.mid is None else 1e6 * cents / point.mid


def _our_cents(point: QuotePoint) -> float | None:
    if point.our_bid is None or point.our_ask is None:
        return None
    return (point.our_ask - point.our_bid) / 100


def _our_bps(point: QuotePoint) -> float | None:
    cents = _our_cents(point)
    return None if cents is None or point.mid is None else 1e6 * cents / point.mid


def _is_one_sided(point: QuotePoint) -> float:
    return float(point.mid is None)


def _is_at_best(point: QuotePoint) -> float | None:
    # of the sides we quote in a two-sided book, the part at or before the others' best
    if point.mid is None or point.best_bid is None or point.best_ask is None:
        return None
    sides = [
        *([point.our_bid >= point.best_bid] if point.our_bid is not None else []),
        *([point.our_ask <= point.best_ask] if point.our_ask is not None else []),
    ]
    return sum(sides) / len(sides) if sides else None
