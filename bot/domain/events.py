"""Everything that happens, as frozen records: what journal, log, metrics and points read.

Fields shared by all: `seq` is unique and increasing within a run, `ts_ns` is when we knew (local
clock), `ts_venue_ns` when the exchange says it happened (its clock; never subtract the two).
Prices, sizes and cash are the integers of units.py; names ending in `_usd`, `_ms`, `_bps`, `_cents`
are floats for reading. `market` is the slug, `token` the outcome token; `None` where there is none.

A new event needs: a record here or in run_events.py or twin_events.py, its place in `Event`, and
its projections.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from bot.domain import record, run_events, twin_events
from bot.domain.book import BookState
from bot.domain.market import Side
from bot.domain.orders import OrderId
from bot.domain.reports import CancelReason, Evidence, RejectionReason, TradeState

SCHEMA_VERSION = 1
"""Version of these records in a journal. Adding a field with a default does not change it."""

Record = record.Record
RunStarted = run_events.RunStarted
RunStopped = run_events.RunStopped
CalibrationLoaded = run_events.CalibrationLoaded
KillSwitchTripped = run_events.KillSwitchTripped
TransactionMined = run_events.TransactionMined
IncomeReported = run_events.IncomeReported
OrderCompared = twin_events.OrderCompared

# the feed -----------------------------------------------------------------------------------


class BookStateChanged(Record, frozen=True, kw_only=True):
    """A book became valid, stale or invalid."""

    state: BookState


class FeedCounted(Record, frozen=True, kw_only=True):
    """Feed counts since the previous such event, and the feed latency of that span.

    `clock_offset_ms` is local minus exchange clock as estimated so far; latencies have it removed
    and are never negative. They are `None` when no message came.
    """

    messages: int
    level_changes: int
    prints: int
    damaged: int
    unknown_tokens: int
    pruned_levels: int
    touch_mismatches: int
    hash_mismatches: int
    hash_checks: int
    backward_steps: int
    duplicates: int
    gaps: int
    clock_offset_ms: float | None
    latency_ms_p50: float | None
    latency_ms_max: float | None


FEED_COUNTS = (
    "messages",
    "level_changes",
    "prints",
    "damaged",
    "unknown_tokens",
    "pruned_levels",
    "touch_mismatches",
    "hash_checks",
    "hash_mismatches",
    "backward_steps",
    "duplicates",
    "gaps",
)
"""The counts of `FeedCounted`, in the order in which they are told."""


class FeedLost(Record, frozen=True, kw_only=True):
    """Continuity of the feed was lost; the books concerned are stale until their next snapshot."""

    reason: str


class TickSizeChanged(Record, frozen=True, kw_only=True):
    """The price grid of a token changed."""

    tick: int


class PriceJumped(Record, frozen=True, kw_only=True):
    """The mid moved by more than the jump guard allows within its window."""

    mid_before: float
    mid_after: float
    window_ms: float


# quoting ------------------------------------------------------------------------------------


class QuoteSampled(Record, frozen=True, kw_only=True):
    """The market and our quotes at one moment, in YES terms; sampled at a fixed interval.

    `best_bid` and `best_ask` are the market's without our orders, `None` on an empty side;
    `our_bid` and `our_ask` our best resting prices, `None` when not quoting that side.
    """

    best_bid: int | None
    best_ask: int | None
    our_bid: int | None
    our_ask: int | None
    fair_price: float | None
    volatility: float
    net_size: int


class QuotingPaused(Record, frozen=True, kw_only=True):
    """The bot took its quotes off this market, or found a reason not to quote."""

    reason: str


class QuotingResumed(Record, frozen=True, kw_only=True):
    """Nothing stands against quoting this market any more."""


class OrderDenied(Record, frozen=True, kw_only=True):
    """A control stopped or cut an order before it left; `allowed_size` is 0 when stopped."""

    decision_id: int
    control: str
    side: Side
    price: int
    size: int
    allowed_size: int


# orders -------------------------------------------------------------------------------------


class OrderSubmitted(Record, frozen=True, kw_only=True):
    """An order left for the venue; written before it leaves.

    `level` counts strictly better levels of others (-1: inside the spread); `mid` and `fair_price`
    are YES-terms prices when it was decided.
    """

    decision_id: int
    order_id: OrderId
    side: Side
    price: int
    size: int
    level: int
    mid: float | None
    fair_price: float | None


class OrderSent(Record, frozen=True, kw_only=True):
    """The last byte of the request with an order was handed to the network; no answer yet.

    `tick_to_order_ms` counts from the local receipt of the message on which the decision fell due
    (from the due time, where the pace of decisions held it back). It is the sum of its stages:
    decoding, books and decision; signing; waiting; the journal; library and connection. On paper
    it ends where the order leaves the engine: there is only `decide_ms`, the others are `None`.
    """

    order_id: OrderId
    tick_to_order_ms: float
    decide_ms: float
    sign_ms: float | None = None
    queue_ms: float | None = None
    journal_ms: float | None = None
    send_ms: float | None = None


class OrderAccepted(Record, frozen=True, kw_only=True):
    """The order rests. `latency_ms` is known minus submitted.

    `queue_position` is the size shown ahead in shares, `None` when unknown.
    """

    order_id: OrderId
    latency_ms: float
    queue_position: float | None


class OrderRejected(Record, frozen=True, kw_only=True):
    """The order was refused, with proof."""

    order_id: OrderId
    rejection_reason: RejectionReason
    latency_ms: float
    gas_cost_usd: float = 0.0


class OrderLost(Record, frozen=True, kw_only=True):
    """The answer proved nothing; the order is unknown until a query settles it."""

    order_id: OrderId
    latency_ms: float


class CancelRequested(Record, frozen=True, kw_only=True):
    """We asked for an order to be taken off; `reason` names what in us asked."""

    order_id: OrderId
    decision_id: int
    reason: str


class OrderCanceled(Record, frozen=True, kw_only=True):
    """The order is off the book. `latency_ms` is known minus requested, `None` when not requested.

    `resting_ms` is from accepted to now, `None` when it was never accepted.
    """

    order_id: OrderId
    cancel_reason: CancelReason
    latency_ms: float | None
    resting_ms: float | None
    size: int
    filled: int


class CancelRefused(Record, frozen=True, kw_only=True):
    """The venue did not cancel: the order was gone, or is pending."""

    order_id: OrderId
    latency_ms: float | None


class ReportIgnored(Record, frozen=True, kw_only=True):
    """A report of the venue that was not booked; `report` is its kind, as in reports.py.

    `reason` is "foreign" when we do not know the order, else what of a fill cannot be so: its
    "token", "side", "size" or "price". A fill that is not booked makes our accounts wrong.
    """

    order_id: OrderId
    report: str
    reason: Literal["foreign", "token", "side", "size", "price"]


class OrderFilled(Record, frozen=True, kw_only=True):
    """Our leg of a trade, matched but not settled; identity is (trade_id, order_id).

    `mid_before` is the mid on our token just before the matching event without our own orders.
    `latency_ms` is known minus submitted (time to fill). `queue_position` is shares ahead of us
    when the print came. `after_cancel` says the cancel had been requested: a stale fill.
    `real_fee_bps` is 10,000 * fee / (price * size): what was charged, not what was assumed.
    """

    order_id: OrderId
    trade_id: str
    decision_id: int
    side: Side
    price: int
    size: int
    level: int
    evidence: Evidence
    state: TradeState
    mid_before: float | None
    after_cancel: bool
    latency_ms: float
    queue_position: float | None
    fee: int
    real_fee_bps: float
    gas_cost_usd: float


class TradeStateChanged(Record, frozen=True, kw_only=True):
    """Settlement of one leg moved on; `pending_ms` since we knew of the match."""

    order_id: OrderId
    trade_id: str
    state: TradeState
    pending_ms: float


class QueueTraced(Record, frozen=True, kw_only=True):
    """What was seen at the price of one order while it rested; written when it closed.

    `observations` are (ms since accepted, kind, shares, shares shown before the change) with kind
    "a" for a level that grew, "d" for one that shrank, "p" for a print at our price against us and
    "t" for a print through our price. `queue_position` is the size shown at acceptance. This is
    what the queue model is fitted on. `is_whole` is False when the feed was lost meanwhile or the
    trace hit its length limit: such a trace trains nothing.
    """

    order_id: OrderId
    side: Side
    price: int
    size: int
    filled: int
    queue_position: float
    resting_ms: float
    is_whole: bool
    observations: tuple[tuple[float, Literal["a", "d", "p", "t"], float, float], ...]


# money --------------------------------------------------------------------------------------


class MarkoutMeasured(Record, frozen=True, kw_only=True):
    """What the mid did after a fill, on our token.

    `cost_cents` per share is -sign * (mid after - mid before): positive means we lose;
    `cost_bps` is relative to mid_before (calibration.md 2.0).
    """

    order_id: OrderId
    trade_id: str
    side: Side
    size: int
    horizon_s: int
    mid_before: float
    mid_after: float
    cost_cents: float
    cost_bps: float


class StaleQuoteMeasured(Record, frozen=True, kw_only=True):
    """An order rested at a price that the fair value had left, until it was off or fair again."""

    order_id: OrderId
    side: Side
    size: int
    duration_ms: float
    exposure_share_s: float


class EquityMarked(Record, frozen=True, kw_only=True):
    """The account in one market: cash flow since the run began, and tokens at the mid.

    equity = cash + tokens at mid; realised + unrealised = equity. `drawdown` is below the best
    equity of the run. Sizes are settled and pending holdings by outcome.
    """

    cash: int
    realised: int
    unrealised: int
    equity: int
    drawdown: int
    fees: int
    yes_settled: int
    yes_pending: int
    no_settled: int
    no_pending: int


Event: TypeAlias = (
    RunStarted
    | RunStopped
    | CalibrationLoaded
    | BookStateChanged
    | FeedCounted
    | FeedLost
    | TickSizeChanged
    | PriceJumped
    | QuoteSampled
    | QuotingPaused
    | QuotingResumed
    | OrderDenied
    | OrderSubmitted
    | OrderSent
    | OrderAccepted
    | OrderRejected
    | OrderLost
    | CancelRequested
    | OrderCanceled
    | CancelRefused
    | ReportIgnored
    | OrderFilled
    | TradeStateChanged
    | QueueTraced
    | MarkoutMeasured
    | StaleQuoteMeasured
    | EquityMarked
    | KillSwitchTripped
    | IncomeReported
    | TransactionMined
    | OrderCompared
)
"""Every event, for exhaustive matching and for decoding a journal."""
