"""What a calibration says about the exchange, as draws: latency, refusals, settlement, charges.

Pure: every draw takes the generator it uses. Two parameters of the calibration need no model here.
`print_miss`: a tape that lacks prints lacks them in the replay too, and their shrinkings
become anonymous by themselves. Gas: the exchange's operator pays settlement (polymarket.md 4).
"""

from __future__ import annotations

import math
import random
from typing import NamedTuple

from bot.domain.calibration import Latency, RejectionParameters, SettlementParameters
from bot.domain.reports import RejectionReason, TradeState
from bot.domain.units import NS_PER_MS, NS_PER_S, PRICE_SCALE

BPS = 10_000
CENTS_PER_DOLLAR = 100

ORDERS_PER_S, ORDER_BURST = 40, 60
CANCELS_PER_S, CANCEL_BURST = 80, 120
"""Token buckets of one signer of the Standard tier (polymarket.md 2.7)."""


def stream(seed: int, purpose: str) -> random.Random:
    """Return the generator for one purpose, so that draws for another never shift its own."""
    return random.Random(f"{seed}/{purpose}")


def sample_ns(latency: Latency, rng: random.Random) -> int:
    """Return one latency in ns: from the quantile table when there is one, else lognormal."""
    table = latency.quantiles_ms
    if not table:
        return round(latency.median_ms * math.exp(latency.sigma * rng.gauss(0, 1)) * NS_PER_MS)
    whole, part = divmod(rng.random() * (len(table) - 1), 1.0)
    low, high = table[int(whole)], table[int(whole) + 1]
    return round((low + (high - low) * part) * NS_PER_MS)


class RoundTrip(NamedTuple):
    """One request: ns until it takes effect at the venue, and ns until we hear of it."""

    entry_ns: int
    response_ns: int


def round_trip(latency: Latency, entry_share: float, rng: random.Random) -> RoundTrip:
    """Return one round trip, split jointly: independent halves lose its tail.

    The share is the same whatever the length (calibration.md 3.4).
    """
    whole_ns = sample_ns(latency, rng)
    entry_ns = round(whole_ns * entry_share)
    return RoundTrip(entry_ns, whole_ns - entry_ns)


def draw_rejection(parameters: RejectionParameters, rng: random.Random) -> RejectionReason | None:
    """Return the exogenous reason that refuses this order, or `None`: one draw an order."""
    draw = rng.random()
    for reason in sorted(parameters.probability):
        draw -= parameters.probability[reason]
        if draw < 0:
            return reason
    return None


class Settlement(NamedTuple):
    """How a matched trade ends, and how many ns after the match."""

    delay_ns: int
    state: TradeState


def draw_settlement(parameters: SettlementParameters, rng: random.Random) -> Settlement:
    """Return the end of one trade: CONFIRMED or FAILED (RETRYING is only a longer delay)."""
    is_failed = rng.random() < parameters.failure_probability
    state = TradeState.FAILED if is_failed else TradeState.CONFIRMED
    return Settlement(sample_ns(parameters.delay, rng), state)


class Charges(NamedTuple):
    """What a fill costs besides its price: bps of its value plus cents per share.

    Both may be negative (a rebate). Makers pay nothing on the exchange (polymarket.md 3.1), so the
    tape model has only the residual cash of a calibration, and none without one.
    """

    bps: float = 0.0
    cents_per_share: float = 0.0

    def on(self, price: int, size: int) -> int:
        """Return the cash charged on `size` at `price`, rounded up: never in our favour."""
        value = price * size / PRICE_SCALE
        return math.ceil(value * self.bps / BPS + size * self.cents_per_share / CENTS_PER_DOLLAR)


class RateBucket:
    """A token bucket of the exchange. Counts 1/1,000,000,000 token, so that ns add up exactly."""

    __slots__ = ("_burst", "_level", "_rate_per_s", "_since_ns")

    def __init__(self, rate_per_s: int, burst: int) -> None:
        """Make a full bucket."""
        self._rate_per_s = rate_per_s
        self._burst = burst * NS_PER_S
        self._level = self._burst
        self._since_ns = 0

    def take(self, tokens: int, now_ns: int) -> bool:
        """Take tokens if there is one whole left; the level may go below zero by the rest.

        A mass cancel is let through in this way and paid for by waiting (polymarket.md 2.7).
        """
        gained = (now_ns - self._since_ns) * self._rate_per_s
        self._level = min(self._burst, self._level + gained)
        self._since_ns = now_ns
        if self._level < NS_PER_S:
            return False
        self._level -= tokens * NS_PER_S
        return True
