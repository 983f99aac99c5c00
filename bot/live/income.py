"""What the exchange pays for making markets, besides the trades: rewards and rebates.

Both are credited for whole days (UTC), some time after; so yesterday and today are asked for, once
an hour and beside everything else. What the first look finds was earned before and adds nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec

from bot.domain.errors import VenueError
from bot.domain.ports import Clock
from bot.domain.units import NS_PER_S
from bot.venues.polymarket.exchange import DayIncome

EVERY_S = 3_600.0


class Payer(Protocol):
    """Who knows what was earned; `PolymarketVenue` is one."""

    async def income(self, day: str) -> DayIncome:
        """Return what was credited for a day, as YYYY-MM-DD. Raises VenueError."""
        ...


class Income(msgspec.Struct, frozen=True):
    """A day's income so far, and how much of it was not there at the look before."""

    day: str
    total: DayIncome
    added: DayIncome


class IncomeWatch:
    """Asks once an hour; `tell` is called when a day's income changed, and once for each day."""

    def __init__(
        self,
        payer: Payer,
        clock: Clock,
        tell: Callable[[Income], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Know nothing yet."""
        self._payer = payer
        self._clock = clock
        self._tell = tell
        self._sleep = sleep
        self._known: dict[str, DayIncome] = {}
        self._has_looked = False
        self.failures = 0

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            await self.look()
            await self._sleep(EVERY_S)

    async def look(self) -> None:
        """Ask once; a question that failed is counted, and asked again at the next look."""
        today = datetime.fromtimestamp(self._clock.now_ns() / NS_PER_S, UTC).date()
        days = [(today - timedelta(days=1)).isoformat(), today.isoformat()]
        totals: dict[str, DayIncome] = {}
        self.failures += 1
        with contextlib.suppress(VenueError):
            for day in days:
                totals[day] = await self._payer.income(day)
            self.failures -= 1
        for day, total in totals.items():
            self._take(day, total)
        if len(totals) == len(days):
            self._has_looked = True
            self._known = {day: self._known[day] for day in days}

    def _take(self, day: str, total: DayIncome) -> None:
        before = self._known.get(day)
        if before == total:
            return
        self._known[day] = total
        if before is None:
            before = DayIncome(0, 0) if self._has_looked else total
        added = DayIncome(total.rewards - before.rewards, total.rebates - before.rebates)
        self._tell(Income(day, total, added))
