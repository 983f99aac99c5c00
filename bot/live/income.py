"""What the exchange pays for making markets, besides the trades: rewards and rebates.

Both are credited for whole days (UTC), some time after; so yesterday and today are asked for, once
an hour and beside everything else. What the first look finds was earned before and adds nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec

from bot.domain.errors import VenueError
from bot.domain.ports import Clock
from bot.domain.units import NS_PER_S
from bot.venues.polymarket.exchange import DayIncome

EVERY_S = 3_600.0
ODD = (ArithmeticError, AttributeError)
"""What an answer may lead to that is none: an amount like 1e400, an object without its fields."""


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
    """Asks once an hour; `tell` is called when a day's income changed, and once for each day.

    `failures` counts the looks that did not learn both days.
    """

    def __init__(
        self,
        payer: Payer,
        clock: Clock,
        tell: Callable[[Income], None],
        warn: Callable[[str], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Know nothing yet. `warn` takes a line for the operator, once for each kind of error."""
        self._payer = payer
        self._clock = clock
        self._tell = tell
        self._warn = warn
        self._warned: set[str] = set()
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
        """Ask once; what cannot be had or used is counted, and asked again at the next look."""
        today = datetime.fromtimestamp(self._clock.now_ns() / NS_PER_S, UTC).date()
        days = [(today - timedelta(days=1)).isoformat(), today.isoformat()]
        if all([await self._learn(day) for day in days]):
            self._has_looked = True
            self._known = {day: self._known[day] for day in days}
        else:
            self.failures += 1

    async def _learn(self, day: str) -> bool:
        """Ask for one day and tell what is new; return False when nothing could be learned."""
        try:
            self._take(day, await self._payer.income(day))
        except VenueError:
            return False
        except ODD as error:
            self._warn_once(type(error).__name__)
            return False
        return True

    def _warn_once(self, kind: str) -> None:
        if kind not in self._warned:
            self._warned.add(kind)
            self._warn(f"rewards and rebates are not known: the answer is odd ({kind})")

    def _take(self, day: str, total: DayIncome) -> None:
        before = self._known.get(day)
        if before == total:
            return
        if before is None:
            before = DayIncome(0, 0) if self._has_looked else total
        added = DayIncome(total.rewards - before.rewards, total.rebates - before.rebates)
        self._tell(Income(day, total, added))
        self._known[day] = total
