"""Drives the paper venue of a live bot in real time; decides nothing.

Sleeps until the venue's next due time by the clock handed in, or until something is due sooner, and
hands over what the venue reports.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from bot.domain.ports import NEVER, Clock
from bot.domain.reports import VenueReport
from bot.domain.units import NS_PER_S
from bot.venues.paper.venue import PaperVenue


class PaperBridge:
    """Feeds the reports of one venue to `deliver`, in order, at their times."""

    def __init__(
        self, venue: PaperVenue, clock: Clock, deliver: Callable[[VenueReport], None]
    ) -> None:
        """Take over the venue's `when_sooner`. `deliver` must not block."""
        self._venue = venue
        self._clock = clock
        self._deliver = deliver
        self._sooner = asyncio.Event()
        venue.when_sooner = self._sooner.set

    async def run(self) -> None:
        """Run until cancelled; an error of `deliver` ends it."""
        while True:
            self._sooner.clear()
            for report in self._venue.advance(self._clock.now_ns()):
                self._deliver(report)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._wait_s()):
                    await self._sooner.wait()

    def _wait_s(self) -> float | None:
        due_ns = self._venue.next_due_ns
        return None if due_ns == NEVER else max(0, due_ns - self._clock.now_ns()) / NS_PER_S
