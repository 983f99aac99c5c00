"""The exchange's dead man's switch: while beats arrive our orders stay, else it cancels them.

One beat every 5 s; without one for 10 s the exchange takes every order of the API key off, up to
5 s later. Beats are a chain of ids and go out one at a time, on a connection of their own. There is
no way to disarm: to stop sending is the second kill switch (polymarket.md 8.1).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.domain.errors import VenueError
from bot.domain.ports import Clock
from bot.domain.units import NS_PER_S
from bot.venues.polymarket.exchange import ExchangeAccount

BEAT_S = 5.0
RETRY_S = 1.0
"""After a beat that failed: the deadline is running."""
DEADLINE_NS = 10 * NS_PER_S
"""Without a beat for this long, the exchange may cancel."""


class Heartbeat:
    """Beats until `is_stopped`. `failures` counts beats that were not accepted."""

    def __init__(
        self,
        account: ExchangeAccount,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Send nothing yet: the first accepted beat arms the switch."""
        self._account = account
        self._clock = clock
        self._sleep = sleep
        self._next_id = ""
        self._accepted_ns: int | None = None
        self.is_stopped = False
        self.failures = 0

    def age_ns(self, now_ns: int) -> int | None:
        """Return the time since a beat was accepted; `None` before the first."""
        return None if self._accepted_ns is None else now_ns - self._accepted_ns

    def is_overdue(self, now_ns: int) -> bool:
        """Return True when the exchange may have cancelled everything for want of a beat."""
        age_ns = self.age_ns(now_ns)
        return age_ns is not None and age_ns >= DEADLINE_NS

    def stop(self) -> None:
        """Send no more: the exchange takes off whatever rests within 15 s."""
        self.is_stopped = True

    async def run(self) -> None:
        """Beat until stopped."""
        while not self.is_stopped:
            await self._sleep(BEAT_S if await self.beat() else RETRY_S)

    async def beat(self) -> bool:
        """Send one beat; True when it was accepted."""
        sent_ns = self._clock.now_ns()
        try:
            self._next_id = await self._account.heartbeat(self._next_id)
        except VenueError:
            self.failures += 1
            return False
        self._accepted_ns = sent_ns  # when it arrived is not known; this is the careful side
        return True
