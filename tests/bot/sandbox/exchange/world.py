"""A small world for the local exchange: one market, its opening books, a clock turned by hand."""

from __future__ import annotations

from collections.abc import Iterator

from bot.clock import SystemClock
from bot.domain.calibration import Latency
from bot.domain.market import ConditionId, Market, TokenId
from bot.domain.messages import BookSnapshot, MarketMessage
from bot.domain.units import NS_PER_S, SIZE_SCALE
from bot.sandbox.exchange.config import ExchangeConfig

YES, NO = TokenId("7" * 77), TokenId("9" * 76)
"""As long as real ones: the client takes short numbers for another kind of asset."""
T0_NS = 1_800_000_000 * NS_PER_S
MARKET = Market(
    condition_id=ConditionId("0x" + "ab" * 32),
    slug="will-it-rain",
    question="Will it rain?",
    yes=YES,
    no=NO,
    tick=100,
    size_min=5 * SIZE_SCALE,
)
QUICK = ExchangeConfig(
    mined_delay=Latency(median_ms=20.0, sigma=0.0),
    confirmed_delay=Latency(median_ms=20.0, sigma=0.0),
)
"""Trades settle in 40 ms."""


def shares(count: float) -> int:
    """Shares in size units."""
    return round(count * SIZE_SCALE)


def opening(tick: int | None = 100) -> list[MarketMessage]:
    """Both books: YES 0.48 / 0.52 with 100 shares at each touch, and 200 a tick behind it."""
    bids = ((4_800, shares(100)), (4_700, shares(200)))
    asks = ((5_200, shares(100)), (5_300, shares(200)))
    return [
        BookSnapshot(T0_NS, YES, bids, asks, tick, "", None),
        BookSnapshot(T0_NS, NO, bids, asks, tick, "", None),
    ]


def opening_flow() -> Iterator[tuple[int, MarketMessage]]:
    """The opening books at once, then nothing."""
    return iter([(0, message) for message in opening()])


class MovableClock:
    """The real time plus whatever a test adds: the client signs with the real time."""

    def __init__(self) -> None:
        """Start at the real time."""
        self._real = SystemClock()
        self._extra_ns = 0

    def now_ns(self) -> int:
        """Return ns since the epoch."""
        return self._real.now_ns() + self._extra_ns

    def skip(self, seconds: float) -> None:
        """Let time pass at once."""
        self._extra_ns += round(seconds * NS_PER_S)
