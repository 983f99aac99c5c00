"""The twin: paper and production order by order, and whether the twin still takes part."""

from __future__ import annotations

from bot.domain.agreement import Agreement
from exporters.catalogue.types import MARKET, Kind, Label, Metric, Source

AGREEMENT = Label("agreement", tuple(Agreement))
BOOKED = Label("by", ("paper", "production"))

ORDERS = Metric(
    name="pmm_twin_orders_total",
    kind=Kind.COUNTER,
    help="Orders of one decision on both sides, by who got any fill; a minute after both ended.",
    labels=(MARKET, AGREEMENT),
)
SHARES = Metric(
    name="pmm_twin_filled_shares_total",
    kind=Kind.COUNTER,
    unit="shares",
    help="Size filled of the orders that were compared, by side; moves with each comparison.",
    labels=(MARKET, BOOKED),
)
UP = Metric(
    name="pmm_twin_up",
    kind=Kind.GAUGE,
    help="1 while the twin of this bot gets its decisions; 0 before and once it fell silent.",
    source=Source.PROBE,
)
FAILURES = Metric(
    name="pmm_twin_failures_total",
    kind=Kind.COUNTER,
    help="Times that the twin of this bot fell silent; production trades on without it.",
    source=Source.PROBE,
)

METRICS = (ORDERS, SHARES, UP, FAILURES)
