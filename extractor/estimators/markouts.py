"""What the mid did after our fills, by horizon, in cents per share and in bps.

A ratio of sums over shares, with hour blocks and a t interval (coverage 92-95 % from 75 fills,
calibration.md 2.1 C). Positive means we lost.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.domain.calibration import Estimate
from bot.domain.markout import HORIZONS_S
from bot.domain.units import SIZE_SCALE
from extractor.estimators.common import mean
from extractor.log import OrderLog
from extractor.records import HOUR_NS
from extractor.stats import clusters

HEADLINE_S = 60
FILLS_MINIMUM = 75

Unit = Literal["cents", "bps"]


def markout(log: OrderLog, horizon_s: int, unit: Unit) -> Estimate:
    """Return the mean cost per share at one horizon; the note gives it without the largest fill."""
    column = 0 if unit == "cents" else 1
    marks = [
        (fill.ts_ns // HOUR_NS, fill.markouts[horizon_s][column], fill.size / SIZE_SCALE)
        for _, fill in log.fills()
        if horizon_s in fill.markouts and fill.size > 0
    ]
    blocks = clusters((block, cost * shares, shares) for block, cost, shares in marks)
    estimate = mean(blocks, unit, FILLS_MINIMUM, "fills with a markout")
    if len(marks) < 2:
        return estimate
    largest = max(marks, key=lambda mark: abs(mark[1] * mark[2]))
    shares = sum(mark[2] for mark in marks) - largest[2]
    rest = (sum(cost * size for _, cost, size in marks) - largest[1] * largest[2]) / shares
    note = f"{estimate.note}; without the largest fill {rest:.3g} {unit}".lstrip("; ")
    return msgspec.structs.replace(estimate, note=note)


def by_horizon(log: OrderLog) -> dict[str, Estimate]:
    """Return `<seconds>s_cents` and `<seconds>s_bps` for every horizon."""
    return {
        f"{horizon}s_{unit}": markout(log, horizon, unit)
        for horizon in HORIZONS_S
        for unit in ("cents", "bps")
    }
