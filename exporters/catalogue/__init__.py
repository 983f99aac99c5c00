"""Every metric there is, once. No metric name is written anywhere else.

Write `catalogue.orders.FILLS.name`, never the name itself. A new metric is a constant in the
module of its subject and its place in that module's tuple; `METRICS` holds them all.
"""

from exporters.catalogue import (
    balance,
    divergence,
    exchange,
    feed,
    health,
    money,
    orders,
    quoting,
    shipping,
    twin,
)
from exporters.catalogue.types import Kind, Label, Metric, Source, by_name

SUBJECTS = {
    "Orders and fills": orders.METRICS,
    "Quoting": quoting.METRICS,
    "Feed and books": feed.METRICS,
    "Money": money.METRICS,
    "Run and health": health.METRICS,
    "Account at the exchange": exchange.METRICS,
    "Shipping": shipping.METRICS,
    "Demo against production": divergence.METRICS,
    "Order by order": twin.METRICS,
    "Chain against ledger": balance.METRICS,
}
"""The metrics by subject, in the order of the document."""

METRICS = by_name(metric for metrics in SUBJECTS.values() for metric in metrics)
"""Every metric by its name."""

__all__ = [
    "METRICS",
    "SUBJECTS",
    "Kind",
    "Label",
    "Metric",
    "Source",
    "balance",
    "divergence",
    "exchange",
    "feed",
    "health",
    "money",
    "orders",
    "quoting",
    "shipping",
    "twin",
]
