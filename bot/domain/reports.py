"""What a venue tells the engine. The engine turns each report into state and one event.

Every report names an order of ours; times are the engine's, taken when the report is handled.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from bot.domain.market import Side, TokenId
from bot.domain.orders import OrderId


class RejectionReason(StrEnum):
    """Why an order was refused: a closed set, so that it can be a metric label.

    The first five arise from the state of book, account or grid ("endogenous"); the rest come
    from the exchange's own state and are what a calibration may replay (calibration.md 2.1 G).
    """

    POST_ONLY_CROSS = "post_only_cross"
    BALANCE = "balance"
    TICK_SIZE = "tick_size"
    MIN_SIZE = "min_size"
    RATE_LIMIT = "rate_limit"
    PAUSED = "paused"
    AUTH = "auth"
    GEOBLOCK = "geoblock"
    DUPLICATE = "duplicate"
    OTHER = "other"


ENDOGENOUS = frozenset(
    {
        RejectionReason.POST_ONLY_CROSS,
        RejectionReason.BALANCE,
        RejectionReason.TICK_SIZE,
        RejectionReason.MIN_SIZE,
        RejectionReason.RATE_LIMIT,
    }
)
"""Reasons that must emerge in a simulation by themselves and are never drawn at random."""


class CancelReason(StrEnum):
    """Why an order ended without being filled whole."""

    REQUESTED = "requested"
    EXPIRED = "expired"
    HEARTBEAT = "heartbeat"
    BALANCE = "balance"
    MARKET_CLOSED = "market_closed"
    VENUE = "venue"


class Evidence(StrEnum):
    """What proves a fill: on paper a print in our queue or through our price, or the exchange."""

    QUEUE = "queue"
    THROUGH = "through"
    MODEL = "model"
    EXCHANGE = "exchange"


class TradeState(StrEnum):
    """Settlement of a trade: matched is not money yet (polymarket.md 8.4)."""

    MATCHED = "matched"
    MINED = "mined"
    CONFIRMED = "confirmed"
    RETRYING = "retrying"
    FAILED = "failed"


class Sent(msgspec.Struct, frozen=True):
    """The order left, and how long its way from the tick took, in ns; it changes no state.

    The stages add up: `decide_ns` from receiving the message that made it due (decoding, books, the
    decision), `sign_ns` hash and signature, `queue_ns` waiting, `journal_ns` until the intent was
    on the disk, `send_ns` library, HTTP client and, where none was open, a connection. `None` where
    a venue has no such stage.
    """

    order_id: OrderId
    decide_ns: int
    sign_ns: int | None = None
    queue_ns: int | None = None
    journal_ns: int | None = None
    send_ns: int | None = None


class Accepted(msgspec.Struct, frozen=True):
    """The order rests. `queue_ahead` is the size shown before us at our price, when known."""

    order_id: OrderId
    queue_ahead: int | None = None


class Rejected(msgspec.Struct, frozen=True):
    """The order was refused, and the answer proves it. `text` is for the log, never a label."""

    order_id: OrderId
    reason: RejectionReason
    text: str = ""


class Lost(msgspec.Struct, frozen=True):
    """The answer proves nothing: the order may rest."""

    order_id: OrderId
    text: str = ""


class Canceled(msgspec.Struct, frozen=True):
    """The order is off the book."""

    order_id: OrderId
    reason: CancelReason = CancelReason.REQUESTED


class CancelRefused(msgspec.Struct, frozen=True):
    """The cancel did nothing: the order was gone already, or is pending in a delay window."""

    order_id: OrderId
    text: str = ""


class Filled(msgspec.Struct, frozen=True):
    """Our leg of a trade; identity is (trade_id, order_id).

    One trade may hit several of our orders.
    `price` and `size` are of our own token and side; `fee` is cash we paid (0 for a maker),
    `gas_cost` cash. `queue_ahead` is what stood before us when the print came, when known.
    `matched_ns` is when the match happened as far as we can know it on the local clock.
    """

    order_id: OrderId
    trade_id: str
    token: TokenId
    side: Side
    price: int
    size: int
    evidence: Evidence
    state: TradeState
    fee: int = 0
    gas_cost: int = 0
    queue_ahead: int | None = None
    ts_venue_ns: int | None = None
    matched_ns: int | None = None


class TradeUpdate(msgspec.Struct, frozen=True):
    """The settlement of one of our legs moved on."""

    order_id: OrderId
    trade_id: str
    state: TradeState


OrderReport: TypeAlias = (
    Accepted | Rejected | Lost | Canceled | CancelRefused | Filled | TradeUpdate
)
"""What changes the state of an order or of a trade."""
VenueReport: TypeAlias = Sent | OrderReport
