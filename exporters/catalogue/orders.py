"""Orders, their answers, cancels, fills and settlement.

Sides are in YES terms, because that is how we quote: buying NO at q is an ask at 1 - q. `level` is
the number of strictly better levels of others when the order was placed, as in the calibration
file: -1 is inside the spread.
"""

from __future__ import annotations

from bot.domain.reports import CancelReason, Evidence, RejectionReason, TradeState
from exporters.catalogue.types import MARKET, OTHER, Kind, Label, Metric

LEVELS_MAX = 3
"""Levels from here on share one label value."""

SIDE = Label("side", ("bid", "ask"))
LEVEL = Label("level", ("-1", "0", "1", "2", f"{LEVELS_MAX}+"))
EVIDENCE = Label("evidence", tuple(Evidence))
REJECTION_REASON = Label("reason", tuple(RejectionReason))
CANCEL_CAUSE = Label("reason", ("pulled", "dangerous", "replaced", "stop", "kill_switch", OTHER))
CANCEL_REASON = Label("reason", tuple(CancelReason))
CONTROL = Label(
    "control",
    (
        "price_grid",
        "price_band",
        "order_size",
        "post_only",
        "own_cross",
        "position",
        "tokens",
        "capital",
        "notional",
        "open_orders",
        OTHER,
    ),
)
VERDICT = Label("verdict", ("stopped", "reduced"))
TICK_STAGE = Label("stage", ("decide", "sign", "queue", "journal", "send"))
ANSWER = Label("result", ("accepted", "rejected", "lost"))
CANCEL_ANSWER = Label("result", ("canceled", "refused"))
TRADE_STATE = Label("state", tuple(TradeState))
FINAL_STATE = Label("state", (TradeState.CONFIRMED, TradeState.FAILED))

_PLACE = (MARKET, SIDE, LEVEL)
_QUEUE_BUCKETS = (
    0.0, 5.0, 20.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0, 5_000.0, 10_000.0, 50_000.0,
)  # fmt: skip
_FILL_BUCKETS = (
    0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 14_400.0,
)  # fmt: skip
_ANSWER_BUCKETS = (
    0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5,
    0.65, 0.8, 1.0, 1.5, 2.5, 5.0, 10.0, 15.0, 30.0,
)  # fmt: skip
_WHY_ANSWER_BUCKETS = (
    "fine around 0.25 s, where answers are expected, so that a factor of 2 shows; past the "
    "time-out of 10 s, so that a quantile never sticks to the last bound"
)

SUBMITTED = Metric(
    name="pmm_orders_submitted_total",
    kind=Kind.COUNTER,
    help="Orders that left for the venue; moves just before each one leaves.",
    labels=_PLACE,
)
ACCEPTED = Metric(
    name="pmm_orders_accepted_total",
    kind=Kind.COUNTER,
    help="Orders known to rest: moves at the acceptance, or at a first fill that came before it.",
    labels=_PLACE,
)
FILLED = Metric(
    name="pmm_orders_filled_total",
    kind=Kind.COUNTER,
    help="Orders with any fill; moves at an order's first. Divided by accepted: the fill ratio.",
    labels=_PLACE,
)
REJECTED = Metric(
    name="pmm_orders_rejected_total",
    kind=Kind.COUNTER,
    help="Orders refused with proof, by reason; moves at the refusal.",
    labels=(MARKET, REJECTION_REASON),
)
LOST = Metric(
    name="pmm_orders_lost_total",
    kind=Kind.COUNTER,
    help="Orders whose answer proved nothing; moves when the answer fails to come. No rejection.",
    labels=(MARKET,),
)
DENIED = Metric(
    name="pmm_orders_denied_total",
    kind=Kind.COUNTER,
    help="Orders that one of our own controls stopped or cut; moves before anything leaves.",
    labels=(MARKET, CONTROL, VERDICT),
)
OPEN = Metric(
    name="pmm_open_orders",
    kind=Kind.GAUGE,
    help="Orders that may still trade, unknown ones included; follows each order event.",
    labels=(MARKET,),
)
CANCELS_REQUESTED = Metric(
    name="pmm_cancels_requested_total",
    kind=Kind.COUNTER,
    help="Cancels we asked for, by what in us asked; moves at the request.",
    labels=(MARKET, CANCEL_CAUSE),
)
CANCELED = Metric(
    name="pmm_orders_canceled_total",
    kind=Kind.COUNTER,
    help="Orders that went off the book unfilled or part-filled, by reason; moves when we know.",
    labels=(MARKET, CANCEL_REASON),
)
CANCELS_REFUSED = Metric(
    name="pmm_cancels_refused_total",
    kind=Kind.COUNTER,
    help="Cancels the venue did not carry out: the order was gone, or is pending.",
    labels=(MARKET,),
)
RESTING_SECONDS = Metric(
    name="pmm_resting_seconds_total",
    kind=Kind.COUNTER,
    unit="seconds",
    help="Time orders rested; moves by the whole time when an order ends, so read it over hours.",
    labels=_PLACE,
)
TICK_TO_ORDER_SECONDS = Metric(
    name="pmm_tick_to_order_seconds",
    kind=Kind.HISTOGRAM,
    unit="seconds",
    help=(
        "From receiving the message that made an order due to its last byte on the wire (on paper: "
        "out of the engine); moves as each order leaves."
    ),
    labels=(MARKET,),
    buckets=(
        0.0005, 0.001, 0.002, 0.003, 0.004, 0.005, 0.0065, 0.008, 0.01, 0.0125, 0.015, 0.02,
        0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    ),
    why_buckets=(
        "fine around the 5 to 15 ms of a durable, signed order on a warm connection; past the "
        "time-outs of a connection (5 s) and of a request (20 s)"
    ),
)  # fmt: skip
TICK_TO_ORDER_STAGE_SECONDS = Metric(
    name="pmm_tick_to_order_stage_seconds",
    kind=Kind.HISTOGRAM,
    unit="seconds",
    help="The stages of the way from tick to order, which add up; on paper there is only `decide`.",
    labels=(TICK_STAGE,),
    buckets=(
        0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.05, 0.1, 0.25,
        1.0, 5.0, 30.0,
    ),
    why_buckets="signing takes tenths of a ms, a disk ms, a new connection tenths of a second",
)  # fmt: skip
ANSWER_SECONDS = Metric(
    name="pmm_order_answer_seconds",
    kind=Kind.HISTOGRAM,
    unit="seconds",
    help="Entry latency: from submitting an order to its answer; moves at each answer.",
    labels=(ANSWER,),
    buckets=_ANSWER_BUCKETS,
    why_buckets=_WHY_ANSWER_BUCKETS,
)
CANCEL_SECONDS = Metric(
    name="pmm_cancel_answer_seconds",
    kind=Kind.HISTOGRAM,
    unit="seconds",
    help="Cancel latency: from asking to knowing; moves at each answer to a request of ours.",
    labels=(CANCEL_ANSWER,),
    buckets=_ANSWER_BUCKETS,
    why_buckets=_WHY_ANSWER_BUCKETS,
)
QUEUE_AHEAD = Metric(
    name="pmm_queue_ahead_shares",
    kind=Kind.HISTOGRAM,
    unit="shares",
    help="Size shown ahead of an order when it was accepted; moves where the acceptance says it.",
    labels=(MARKET,),
    buckets=_QUEUE_BUCKETS,
    why_buckets=(
        "0 alone is the front of the queue; levels of liquid markets show hundreds to ten "
        "thousands of shares, so the bounds are a factor of 2 to 2.5 apart there"
    ),
)
QUEUE_TRACES = Metric(
    name="pmm_queue_traces_total",
    kind=Kind.COUNTER,
    help="Orders whose queue was watched to their end; only whole ones train the queue model.",
    labels=(MARKET, Label("whole", ("yes", "no"))),
)
FILLS = Metric(
    name="pmm_fills_total",
    kind=Kind.COUNTER,
    help="Fills, one a leg of a trade, by what proves them; moves at the match, before settlement.",
    labels=(*_PLACE, EVIDENCE),
)
FILLED_SHARES = Metric(
    name="pmm_filled_shares_total",
    kind=Kind.COUNTER,
    unit="shares",
    help="Size filled; moves at each match.",
    labels=(MARKET, SIDE),
)
FILLED_USD = Metric(
    name="pmm_filled_usd_total",
    kind=Kind.COUNTER,
    unit="usd",
    help="Cash value of what was filled, at the prices of the tokens traded; moves at each match.",
    labels=(MARKET, SIDE),
)
FILLS_AFTER_CANCEL = Metric(
    name="pmm_fills_after_cancel_total",
    kind=Kind.COUNTER,
    help="Stale fills: the cancel had been asked for; moves at the match.",
    labels=(MARKET,),
)
TIME_TO_FILL = Metric(
    name="pmm_time_to_fill_seconds",
    kind=Kind.HISTOGRAM,
    unit="seconds",
    help="From submitting an order to each of its fills; moves at each match.",
    labels=(MARKET,),
    buckets=_FILL_BUCKETS,
    why_buckets=(
        "a factor of about 2 apart from the fastest fill a round trip allows to an order that "
        "kept its place for hours"
    ),
)
TRADES = Metric(
    name="pmm_trade_states_total",
    kind=Kind.COUNTER,
    help="Legs that reached a state of settlement; moves at the match and at each change after it.",
    labels=(MARKET, TRADE_STATE),
)
SETTLEMENT_SECONDS = Metric(
    name="pmm_settlement_seconds",
    kind=Kind.HISTOGRAM,
    unit="seconds",
    help="From knowing of a match to its final state; moves when a leg is confirmed or failed.",
    labels=(FINAL_STATE,),
    buckets=(1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 20.0, 40.0, 60.0, 120.0, 300.0, 600.0, 1_800.0),
    why_buckets="fine around the expected 4 s, and past the minutes that retries on chain take",
)

METRICS = (
    SUBMITTED,
    ACCEPTED,
    FILLED,
    REJECTED,
    LOST,
    DENIED,
    OPEN,
    CANCELS_REQUESTED,
    CANCELED,
    CANCELS_REFUSED,
    RESTING_SECONDS,
    TICK_TO_ORDER_SECONDS,
    TICK_TO_ORDER_STAGE_SECONDS,
    ANSWER_SECONDS,
    CANCEL_SECONDS,
    QUEUE_AHEAD,
    QUEUE_TRACES,
    FILLS,
    FILLED_SHARES,
    FILLED_USD,
    FILLS_AFTER_CANCEL,
    TIME_TO_FILL,
    TRADES,
    SETTLEMENT_SECONDS,
)


def level_value(level: int) -> str:
    """Return the label value of a level; -1 and below is inside the spread."""
    if level >= LEVELS_MAX:
        return f"{LEVELS_MAX}+"
    return str(max(level, -1))
