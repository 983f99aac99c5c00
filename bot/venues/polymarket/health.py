"""How the account at the exchange is, as numbers that may be asked for at any time.

Asked from another thread than the loop's: every answer reads one number, or a copy of a collection.
"""

from __future__ import annotations

from bot.domain.ports import Clock
from bot.domain.units import NS_PER_S, SIZE_SCALE
from bot.venues.polymarket.venue import PolymarketVenue

PENDING_LONG_NS = 120 * NS_PER_S
"""A trade normally settles in seconds, in slow times within a minute (polymarket.md 8.4)."""


class VenueHealth:
    """What metrics ask of a venue that trades real money."""

    def __init__(self, venue: PolymarketVenue, clock: Clock) -> None:
        """Look at this venue."""
        self._venue = venue
        self._clock = clock

    def heartbeat_age_s(self) -> float | None:
        """Since a beat was accepted; `None` before the first and once they were stopped."""
        heart = self._venue.heartbeat
        age_ns = None if heart.is_stopped else heart.age_ns(self._clock.now_ns())
        return None if age_ns is None else age_ns / NS_PER_S

    def heartbeat_failures(self) -> int:
        """Beats that were not accepted."""
        return self._venue.heartbeat.failures

    def truth_failures(self) -> int:
        """Comparisons with the exchange's lists that could not be made."""
        return self._venue.truth_failures

    def legs_pending_long(self) -> int:
        """Fills that wait for their settlement for more than 120 s."""
        return self._venue.core.settlement.pending_before(self._clock.now_ns() - PENDING_LONG_NS)

    def orders_in_doubt(self) -> int:
        """Orders that are asked for by their id."""
        return len(self._venue.core.doubts)

    def strange_orders(self) -> int:
        """Open orders that are not ours, at the last comparison."""
        return self._venue.core.strange_orders

    def unexplained_shares(self) -> float:
        """Sum of what the balances of the tokens are off, whatever the sign."""
        return sum(abs(size) for size in list(self._venue.drift.values())) / SIZE_SCALE

    def channel_losses(self) -> int:
        """Times that the user channel was lost."""
        return self._venue.stream.losses
