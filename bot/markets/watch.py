"""Reads the terms of the traded market again and again, because the feed does not always tell.

A market that resolves, stops accepting orders or comes near its end is quoted no more. A read that
fails changes nothing and is counted: silence is no news.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import msgspec

from bot.domain.errors import InputError, VenueError
from bot.domain.market import Market
from bot.domain.ports import Clock
from bot.venues.polymarket.listing import Listing
from bot.venues.polymarket.screening import Criteria, should_leave

INTERVAL_S = 60.0
"""Between two reads: often enough for what changes by the day (polymarket.md 5.3)."""


class Listings(Protocol):
    """Where the listing of one market comes from; `GammaClient` is one."""

    async def listing(self, name: str) -> Listing:
        """Return the listing that a slug, condition id or token names."""
        ...


class TermsTaker(Protocol):
    """Who is told of the terms; the engine is one."""

    def on_market(self, market: Market, now_ns: int) -> None:
        """Take the terms of a market as they are now."""
        ...


class MarketWatch:
    """Keeps an engine's market terms current.

    `failures` counts the reads that failed. `reason` is why the market is not quoted at the
    moment, `None` when it may be.
    """

    def __init__(
        self,
        listings: Listings,
        taker: TermsTaker,
        clock: Clock,
        criteria: Criteria,
        tell: Callable[[str], None],
    ) -> None:
        """Be ready to `run`; `tell` takes a line for the operator when something changed."""
        self._listings = listings
        self._taker = taker
        self._clock = clock
        self._criteria = criteria
        self._tell = tell
        self.failures = 0
        self.reason: str | None = None

    async def run(self, condition_id: str, interval_s: float = INTERVAL_S) -> None:
        """Read once an interval until cancelled."""
        while True:
            await asyncio.sleep(interval_s)
            await self.look(condition_id)

    async def look(self, condition_id: str) -> None:
        """Read once, and tell the engine what is so now. Never raises for a read that failed."""
        try:
            listing = await self._listings.listing(condition_id)
        except (VenueError, InputError) as error:
            self.failures += 1
            self._tell(f"the market's terms could not be read again ({self.failures}): {error}")
            return
        now_ns = self._clock.now_ns()
        reason = should_leave(listing, now_ns, self._criteria)
        market = listing.market
        if reason is not None:
            market = msgspec.structs.replace(market, accepting_orders=False)
        if reason != self.reason:
            what = "may be quoted again" if reason is None else f"is quoted no more: {reason}"
            self._tell(f"{market.slug} {what}")
            self.reason = reason
        self._taker.on_market(market, now_ns)
