"""The traded market's terms are kept current, and a failed read changes nothing."""

import asyncio

import pytest

from bot.domain.errors import InputError, RateLimited, VenueUnavailable
from bot.domain.market import Market
from bot.markets.watch import MarketWatch
from bot.venues.polymarket.listing import Listing
from bot.venues.polymarket.screening import Criteria
from tests.bot.venues.polymarket.test_screening import NOW_NS, listed


class FixedClock:
    """Always now."""

    def now_ns(self) -> int:
        """Give the time."""
        return NOW_NS


class World:
    """A catalogue that answers as told, an engine that remembers, and a watch between them."""

    def __init__(self) -> None:
        self.answer: Listing | Exception = listed()
        self.asked: list[str] = []
        self.asked_thrice = asyncio.Event()
        self.told: list[Market] = []
        self.lines: list[str] = []
        self.watch = MarketWatch(self, self, FixedClock(), Criteria(), self.lines.append)

    async def listing(self, name: str) -> Listing:
        """Answer, or fail."""
        self.asked.append(name)
        if len(self.asked) == 3:
            self.asked_thrice.set()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def on_market(self, market: Market, now_ns: int) -> None:
        """Remember."""
        self.told.append(market)

    async def look(self, answer: Listing | Exception) -> None:
        """Let the watch look once."""
        self.answer = answer
        await self.watch.look("0xabc")


async def test_terms_are_passed_on_without_a_word() -> None:
    """As long as nothing stands against quoting."""
    world = World()
    await world.look(listed())
    assert ([listed().market], [], None) == (world.told, world.lines, world.watch.reason)
    assert ["0xabc"] == world.asked


async def test_market_near_its_end_is_quoted_no_more_and_said_once() -> None:
    """Until it may be quoted again."""
    world = World()
    near = listed(endDate="2027-01-15T20:00:00Z")
    await world.look(near)
    await world.look(near)
    await world.look(listed())
    assert [False, False, True] == [market.accepting_orders for market in world.told]
    assert [
        "will-it is quoted no more: its end is near",
        "will-it may be quoted again",
    ] == world.lines


@pytest.mark.parametrize(
    "failure", [VenueUnavailable("away"), RateLimited("slow", 1.0), InputError("no market 0xabc")]
)
async def test_failed_read_is_counted_and_changes_nothing(failure: Exception) -> None:
    """Neither opens nor closes the market."""
    world = World()
    await world.look(failure)
    await world.look(failure)
    assert ([], 2) == (world.told, world.watch.failures)
    assert "could not be read again (2)" in world.lines[-1]


async def test_it_looks_again_and_again() -> None:
    """Until it is cancelled."""
    world = World()
    task = asyncio.create_task(world.watch.run("0xabc", interval_s=0.0))
    async with asyncio.timeout(60):
        await world.asked_thrice.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
