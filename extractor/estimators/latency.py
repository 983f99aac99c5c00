"""Latency quantiles of acceptance, cancel and settlement, and the distributions paper draws from.

Order statistics with binomial ranks, never the mean: with 1 % timeouts the mean's interval covered
40 % (calibration.md 2.1 A). Lost answers are right-censored: larger than anything seen.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from bot.domain.calibration import Estimate, Latency
from bot.domain.reports import CancelReason, TradeState
from extractor.estimators.common import KEEPS_PRIOR, nothing, share
from extractor.log import OrderLog
from extractor.stats import clusters, finite, quantile

MINIMUM = {0.5: 50, 0.95: 200, 0.99: 5_000}
"""Answers needed per quantile (calibration.md 2.1 A)."""
TABLE_MINIMUM = 200
FIT_MINIMUM = 50
TABLE_POINTS = 21
METHOD = "order_statistics_binomial"


def ack_ms(log: OrderLog) -> NDArray[np.float64]:
    """Return accepted minus submitted of the answered orders, ascending, ms."""
    return _positive(finite(order.ack_ms for order in log.orders.values()))


def cancel_ms(log: OrderLog) -> NDArray[np.float64]:
    """Return canceled minus requested of the cancels we asked for, ascending, ms."""
    return _positive(
        finite(
            order.cancel_ms
            for order in log.orders.values()
            if order.cancel_reason is CancelReason.REQUESTED
        )
    )


def settlement_ms(log: OrderLog) -> NDArray[np.float64]:
    """Return matched to CONFIRMED of the settled fills, ascending, ms."""
    return _positive(
        finite(fill.settled_ms for _, fill in log.fills() if fill.state is TradeState.CONFIRMED)
    )


def lost(log: OrderLog) -> int:
    """Return how many submissions got an answer that proved nothing, or none."""
    return sum(order.lost_ms is not None for order in log.orders.values())


def quantiles(ordered: NDArray[np.float64], name: str, *, censored: int = 0) -> dict[str, Estimate]:
    """Return `<name>_p50_ms`, `_p95_ms` and `_p99_ms` of an ascending sample."""
    return {
        f"{name}_p{round(100 * share)}_ms": _quantile(ordered, share, censored, minimum)
        for share, minimum in MINIMUM.items()
    }


def _quantile(ordered: NDArray[np.float64], share: float, censored: int, minimum: int) -> Estimate:
    n = len(ordered) + censored
    value, interval = quantile(ordered, share, censored)
    if value is None:
        reason = "falls among the lost answers" if censored else "nothing was seen"
        return nothing("ms", METHOD, f"the quantile {reason}: {KEEPS_PRIOR}", n)
    enough = n >= minimum and interval is not None
    note = "" if n >= minimum else f"{n} answers; {minimum} are needed: {KEEPS_PRIOR}"
    if n >= minimum and interval is None:
        note = "the upper end of the interval lies among the lost answers"
    return Estimate(
        value=value, unit="ms", interval=interval, n=n, method=METHOD, sufficient=enough, note=note
    )


def lost_share(log: OrderLog) -> Estimate:
    """Return the share of submissions whose answer proved nothing: the right-censored part."""
    asked = (o for o in log.orders.values() if o.answered or o.lost_ms is not None)
    blocks = clusters((o.block, float(o.lost_ms is not None), 1.0) for o in asked)
    return share(blocks, "lost answers", "submissions")


def distribution(ordered: NDArray[np.float64], prior: Latency) -> Latency:
    """Return what paper draws from: 21 quantiles from 200 answers, a lognormal fit from 50.

    With fewer it is the prior. Quantiles are equally spaced from 0 to 1.
    """
    if len(ordered) < FIT_MINIMUM:
        return prior
    logs = np.log(ordered)
    fit = Latency(
        median_ms=round(math.exp(float(np.median(logs))), 3),
        sigma=round(float(np.std(logs, ddof=1)), 4),
    )
    if len(ordered) < TABLE_MINIMUM:
        return fit
    grid = np.quantile(ordered, np.linspace(0.0, 1.0, TABLE_POINTS))
    return Latency(
        median_ms=fit.median_ms,
        sigma=fit.sigma,
        quantiles_ms=tuple(round(float(value), 3) for value in grid),
    )


def _positive(values: NDArray[np.float64]) -> NDArray[np.float64]:
    # a latency of zero or less is a damaged clock, and a lognormal cannot have it
    return values[values > 0]
