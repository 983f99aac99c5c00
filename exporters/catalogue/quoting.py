"""What we quote, what the market quotes, and why we do not.

Prices are dollars in YES terms. They are sampled at a fixed interval (5 s by default), so shares of
samples are shares of time.
"""

from __future__ import annotations

from exporters.catalogue.orders import SIDE
from exporters.catalogue.types import MARKET, OTHER, Kind, Label, Metric

KILL_SWITCH = "kill_switch"
"""The pause that means the kill switch is tripped, in this run or an earlier one."""

WHOSE = Label("whose", ("market", "ours"))
STATE = Label(
    "state",
    (
        "starting",
        "quoting",
        "not_accepting",
        "book_not_valid",
        "one_sided",
        "crossed",
        "near_end",
        "jump",
        "price_out_of_bounds",
        "size_below_minimum",
        "too_wide",
        "no_room",
        KILL_SWITCH,
        "stopped",
        OTHER,
    ),
)
REASON = Label("reason", tuple(v for v in STATE.values or () if v not in {"starting", "quoting"}))
PLACE = Label("place", ("inside", "best", "behind", "none", "no_market"))
"""Ours against the others' best: better, equal, worse, not quoting that side, nobody else there."""

QUOTING_STATE = Metric(
    name="pmm_quoting_state",
    kind=Kind.GAUGE,
    help="1 for what the desk does now: starting, quoting, or the reason why nothing is quoted.",
    labels=(MARKET, STATE),
)
PAUSES = Metric(
    name="pmm_quoting_pauses_total",
    kind=Kind.COUNTER,
    help="Times the quotes were taken off or kept off, by reason; moves when the reason changes.",
    labels=(MARKET, REASON),
)
PRICE = Metric(
    name="pmm_best_price_usd",
    kind=Kind.GAUGE,
    unit="usd",
    help="Best bid and ask of the others and of us, NaN on an empty side; moves at each sample.",
    labels=(MARKET, SIDE, WHOSE),
    is_unknown_at_start=True,
)
FAIR_PRICE = Metric(
    name="pmm_fair_price_usd",
    kind=Kind.GAUGE,
    unit="usd",
    help="What we believe YES is worth, NaN when the book says nothing; moves at each sample.",
    labels=(MARKET,),
    is_unknown_at_start=True,
)
VOLATILITY = Metric(
    name="pmm_volatility_usd_per_sqrt_second",
    kind=Kind.GAUGE,
    unit="usd_per_sqrt_second",
    help="Our estimate of how far the mid moves in a second; moves at each sample.",
    labels=(MARKET,),
)
SPREAD = Metric(
    name="pmm_spread_usd",
    kind=Kind.HISTOGRAM,
    unit="usd",
    help="Ask minus bid, of the others and of us; moves at each sample that has both sides.",
    labels=(MARKET, WHOSE),
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.2, 0.5),
    why_buckets=(
        "a spread is a whole number of ticks of 0.001 or 0.01; markets are chosen below 5 %, and "
        "beyond 0.1 only the order of magnitude matters"
    ),
)
PLACES = Metric(
    name="pmm_quote_samples_total",
    kind=Kind.COUNTER,
    help="Samples by where our best quote stood on each side: the share at best is time at best.",
    labels=(MARKET, SIDE, PLACE),
)
NET_POSITION = Metric(
    name="pmm_net_position_shares",
    kind=Kind.GAUGE,
    unit="shares",
    help="YES minus NO holdings, settled and pending; moves at each sample.",
    labels=(MARKET,),
)
JUMPS = Metric(
    name="pmm_price_jump_usd",
    kind=Kind.HISTOGRAM,
    unit="usd",
    help="Size of moves of the mid that the jump guard saw, either way; its count counts jumps.",
    labels=(MARKET,),
    buckets=(0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.13, 0.2, 0.35, 0.5),
    why_buckets="from two fine ticks to half the range of a price, a factor of about 1.6 apart",
)

METRICS = (
    QUOTING_STATE,
    PAUSES,
    PRICE,
    FAIR_PRICE,
    VOLATILITY,
    SPREAD,
    PLACES,
    NET_POSITION,
    JUMPS,
)
