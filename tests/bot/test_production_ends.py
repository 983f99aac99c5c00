"""What dies beside production: only what trading does not need may fail alone."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from prometheus_client import CollectorRegistry

from bot.clock import SystemClock
from bot.domain import events
from bot.domain.ports import NEVER
from bot.domain.reports import VenueReport
from bot.journal import Journal
from bot.latch import LatchFile
from bot.live.income import Income
from bot.production import LiveSession, TripWatch, _drive
from bot.settings import Settings
from bot.venues.polymarket.exchange import DayIncome
from tests.bot.engine.world import MARKET, World
from tests.bot.test_production import BareSession, SweptVenue

DEAD = "127.0.0.1:9"
PATIENCE_S = 60.0


class QuietVenue(SweptVenue):
    """A venue that breaks nothing, and pays."""

    def advance(self, now_ns: int) -> list[VenueReport]:
        """Have nothing to tell."""
        self.next_due_ns = NEVER
        return []

    async def run(self) -> None:
        """Last."""
        await asyncio.Event().wait()

    async def income(self, day: str) -> DayIncome:
        """Pay the same each day."""
        return DayIncome(len(day), 0)


class LonelySession(BareSession):
    """A session at a place where nothing answers, whose side tasks die."""

    def __init__(self, world: World, venue: QuietVenue) -> None:
        super().__init__(world, venue)
        self.clock = SystemClock()
        self.twin = self.watch = self
        self.tripped = TripWatch()
        self.runs = 0

    async def run(self) -> None:
        """The twin's first, which lasts; then the watch over the calibration."""
        self.runs += 1
        if self.runs > 1:
            raise KeyError("calibration")
        await asyncio.Event().wait()

    def tell_income(self, income: Income) -> None:
        """Have no words for it."""
        raise NotImplementedError(income.day)


async def test_a_side_task_that_dies_leaves_production_trading(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Income and the watch over the calibration die at once: told, and a signal ends the bot."""
    venue = QuietVenue()
    world = World(venue=venue)
    session = LonelySession(world, venue)
    settings = Settings(gamma_url=f"http://{DEAD}", market_ws_url=f"ws://{DEAD}")
    told = ""
    with closing(Journal(tmp_path / "journal", 1)) as journal:
        files = journal, LatchFile(tmp_path)
        bare = cast("LiveSession", session)
        driving = asyncio.create_task(
            _drive(settings, MARKET, bare, world.engine, files, CollectorRegistry())
        )
        async with asyncio.timeout(PATIENCE_S):
            while told.count("the bot trades on without it") < 2:
                await asyncio.sleep(0.01)
                told += capfd.readouterr().err
        assert not driving.done()
        assert [] == world.sink.of(events.RunStopped)
        os.kill(os.getpid(), signal.SIGTERM)
        assert 0 == await driving
    assert "asking for income failed: NotImplementedError; " in told
    assert "watching the calibration failed: KeyError; " in told
    assert venue.was_swept
    (stopped,) = world.sink.of(events.RunStopped)
    assert "signal" == stopped.reason
