"""The account at the real exchange: the heartbeat, the comparison with its lists, what hangs.

A paper bot has none of these but the watch over the market's terms.
"""

from __future__ import annotations

from exporters.catalogue.types import Kind, Metric, Source

HEARTBEAT_AGE = Metric(
    name="pmm_heartbeat_age_seconds",
    kind=Kind.GAUGE,
    unit="seconds",
    help=(
        "Since the exchange took a heartbeat; one every 5 s, after 10 s it may cancel everything. "
        "Not there before the first, nor once beats were stopped on purpose."
    ),
    source=Source.PROBE,
)
HEARTBEAT_FAILURES = Metric(
    name="pmm_heartbeat_failures_total",
    kind=Kind.COUNTER,
    help="Heartbeats that the exchange did not take; each is tried again after a second.",
    source=Source.PROBE,
)
TRUTH_FAILURES = Metric(
    name="pmm_truth_check_failures_total",
    kind=Kind.COUNTER,
    help="Comparisons with the exchange's orders, trades and balances that could not be made.",
    source=Source.PROBE,
)
LEGS_PENDING_LONG = Metric(
    name="pmm_legs_pending_long",
    kind=Kind.GAUGE,
    help="Fills that matched more than 120 s ago and are neither confirmed nor failed.",
    source=Source.PROBE,
)
ORDERS_IN_DOUBT = Metric(
    name="pmm_orders_in_doubt",
    kind=Kind.GAUGE,
    help="Orders of which an answer proved nothing, asked for by their id until that is settled.",
    source=Source.PROBE,
)
STRANGE_ORDERS = Metric(
    name="pmm_strange_orders",
    kind=Kind.GAUGE,
    help="Open orders of our API key that this bot did not place, at the last comparison.",
    source=Source.PROBE,
)
UNEXPLAINED_SHARES = Metric(
    name="pmm_unexplained_shares",
    kind=Kind.GAUGE,
    unit="shares",
    help="By how much the exchange's balances of both outcomes are off what our fills explain.",
    source=Source.PROBE,
)
CHANNEL_LOSSES = Metric(
    name="pmm_user_channel_losses_total",
    kind=Kind.COUNTER,
    help="Times that the channel with our own orders and trades was lost.",
    source=Source.PROBE,
)
TERMS_FAILURES = Metric(
    name="pmm_market_terms_failures_total",
    kind=Kind.COUNTER,
    help="Times that the terms of the market could not be read again; on paper too.",
    source=Source.PROBE,
)

METRICS = (
    HEARTBEAT_AGE,
    HEARTBEAT_FAILURES,
    TRUTH_FAILURES,
    LEGS_PENDING_LONG,
    ORDERS_IN_DOUBT,
    STRANGE_ORDERS,
    UNEXPLAINED_SHARES,
    CHANNEL_LOSSES,
    TERMS_FAILURES,
)
