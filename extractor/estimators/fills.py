"""How often orders fill: overall, by level, and per minute at rest.

Every accepted order counts, filled or not: the unfilled ones are the exposure. Shares are Wilson
at the effective sample size over quarters of an hour; hazards exact Poisson (calibration.md 2.1 B).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.calibration import Estimate
from extractor.estimators.common import EVENTS_TO_SHOW, nothing, share
from extractor.log import OrderLog
from extractor.records import OrderRecord
from extractor.stats import clusters, design_effect, poisson_rate

MS_PER_MINUTE = 60_000


def fill_rate(orders: Sequence[OrderRecord], *, applies: str | None = None) -> Estimate:
    """Return the share of rested orders with any fill. `orders` may hold only rested ones."""
    blocks = clusters((order.block, float(bool(order.fills)), 1.0) for order in orders)
    return share(blocks, "filled orders", "accepted orders", applies=applies)


def hazard(orders: Sequence[OrderRecord], ends_ns: Mapping[str, int]) -> Estimate:
    """Return fills per minute at rest, with the exact Poisson interval over the design effect.

    `ends_ns` is the end of each run: an order without an end of its own rested until then.
    """
    unit, method = "1/min", "poisson_exact_cluster15m"
    events = sum(bool(order.fills) for order in orders)
    minutes = sum(order.resting_ms(ends_ns[order.run_id]) for order in orders) / MS_PER_MINUTE
    if minutes <= 0:
        return nothing(unit, method, "no order rested")
    deff = design_effect(clusters((o.block, float(bool(o.fills)), 1.0) for o in orders))
    rate, interval = poisson_rate(events, minutes, deff)
    enough = events >= EVENTS_TO_SHOW
    note = f"{minutes:.0f} minutes at rest"
    if not enough:
        note = f"{events} fills in {note}; {EVENTS_TO_SHOW} are needed"
    return Estimate(
        value=rate if events else None,
        unit=unit,
        interval=interval,
        n=events,
        method=method,
        sufficient=enough,
        note=note,
    )


def by_level(log: OrderLog) -> dict[str, Estimate]:
    """Return `<level>` (share filled) and `<level>_hazard_per_min` for each level quoted.

    Level 0 joins the best price of others, -1 is inside the spread.
    """
    levels: dict[int, list[OrderRecord]] = {}
    for order in log.rested():
        levels.setdefault(order.level, []).append(order)
    estimates: dict[str, Estimate] = {}
    for level in sorted(levels):
        estimates[str(level)] = fill_rate(levels[level])
        estimates[f"{level}_hazard_per_min"] = hazard(levels[level], log.ends_ns)
    return estimates


def stale_fill_share(log: OrderLog) -> Estimate:
    """Return fills per requested cancel that came after the request: a check, never applied."""
    asked = [order for order in log.rested() if order.cancel_requested_ns is not None]
    blocks = clusters(
        (order.block, float(any(fill.after_cancel for fill in order.fills)), 1.0) for order in asked
    )
    return share(blocks, "fills after a cancel request", "requested cancels")
