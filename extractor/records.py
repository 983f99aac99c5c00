"""What is remembered of one order, one fill and one sample of the market."""

from __future__ import annotations

import math

import msgspec

from bot.domain.events import QueueTraced
from bot.domain.market import Side
from bot.domain.reports import CancelReason, Evidence, RejectionReason, TradeState
from bot.domain.units import NS_PER_MS

BLOCK_NS = 15 * 60 * 1_000_000_000
"""Cluster of orders and fills (calibration.md 2.0)."""
HOUR_NS = 3600 * 1_000_000_000
"""Cluster of means (calibration.md 2.0)."""

Markout = tuple[float, float]
"""(cents per share, bps of the mid before): positive means we lost."""


class FillRecord(msgspec.Struct, gc=False):
    """One leg of a trade of ours; prices and sizes in fixed-point units of our token."""

    ts_ns: int
    trade_id: str
    price: int
    size: int
    after_cancel: bool
    fee: int
    gas_usd: float
    evidence: Evidence
    state: TradeState
    settled_ms: float | None = None
    markouts: dict[int, Markout] = msgspec.field(default_factory=dict)


class OrderRecord(msgspec.Struct, gc=False):
    """One order from intent to end; `None` is a step that was not seen.

    `price` is on the order's own token, `mid` in YES terms. Times are local.
    """

    run_id: str
    market: str | None
    token: str | None
    side: Side
    price: int
    size: int
    level: int
    mid: float | None
    submitted_ns: int
    accepted_ns: int | None = None
    ack_ms: float | None = None
    rejection_reason: RejectionReason | None = None
    rejection_gas_usd: float = 0.0
    lost_ms: float | None = None
    cancel_requested_ns: int | None = None
    canceled_ns: int | None = None
    cancel_ms: float | None = None
    cancel_reason: CancelReason | None = None
    fills: list[FillRecord] = msgspec.field(default_factory=list)
    trace: QueueTraced | None = None

    @property
    def block(self) -> int:
        """The quarter of an hour in which it was submitted."""
        return self.submitted_ns // BLOCK_NS

    @property
    def rested(self) -> bool:
        """True when the venue took it: an acceptance, or a fill that proves one."""
        return self.accepted_ns is not None or bool(self.fills)

    @property
    def answered(self) -> bool:
        """True when it is known whether the venue took it."""
        return self.rested or self.rejection_reason is not None

    @property
    def filled_size(self) -> int:
        """Size filled so far, failed settlements included: the match is what is counted."""
        return sum(fill.size for fill in self.fills)

    def resting_ms(self, end_ns: int) -> float:
        """Return how long it rested, until `end_ns` when it still does; 0 when it never did."""
        if not self.rested:
            return 0.0
        start = self.accepted_ns if self.accepted_ns is not None else self.submitted_ns
        end = self.canceled_ns if self.canceled_ns is not None else end_ns
        if self.fills and self.filled_size >= self.size:
            end = self.fills[-1].ts_ns
        return max(0, end - start) / NS_PER_MS

    def first_fill_ms(self) -> float | None:
        """Return the time from acceptance to the first fill, `None` without either."""
        if not self.fills or self.accepted_ns is None:
            return None
        return (self.fills[0].ts_ns - self.accepted_ns) / NS_PER_MS


class QuotePoint(msgspec.Struct, frozen=True, gc=False):
    """The market and our quotes at one moment, YES terms, price units; `None` is an empty side."""

    ts_ns: int
    best_bid: int | None
    best_ask: int | None
    our_bid: int | None
    our_ask: int | None

    @property
    def mid(self) -> float | None:
        """The midpoint, `None` unless there is a bid and an ask that do not cross."""
        if self.best_bid is None or self.best_ask is None or self.best_bid >= self.best_ask:
            return None
        return (self.best_bid + self.best_ask) / 2


class EquityPoint(msgspec.Struct, frozen=True, gc=False):
    """The account in one market of one run: cash units."""

    ts_ns: int
    equity: int
    fees: int


def is_number(value: float | None) -> bool:
    """Return True for a finite number: NaN and infinity are damage, not measurements."""
    return value is not None and math.isfinite(value)
