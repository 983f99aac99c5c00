"""Rewards and rebates are told when they change, and nothing is counted twice."""

from __future__ import annotations

from decimal import InvalidOperation

import pytest

from bot.domain.errors import VenueUnavailable
from bot.domain.units import NS_PER_S, dollars
from bot.live.income import EVERY_S, Income, IncomeWatch
from bot.venues.polymarket.exchange import DayIncome
from tests.bot.venues.polymarket.fake_account import HandClock

NOON_NS = 1_795_348_800 * NS_PER_S
"""2026-11-22, 12:00 UTC."""
DAY_NS = 86_400 * NS_PER_S
NOTHING = DayIncome(0, 0)


class World:
    """An exchange that pays as the test says, and what was told of it."""

    def __init__(self) -> None:
        self.paid: dict[str, DayIncome] = {}
        self.is_away = False
        self.clock = HandClock(NOON_NS)
        self.told: list[Income] = []
        self.slept: list[float] = []
        self.warned: list[str] = []
        self.odd: Exception | None = None
        self.watch = IncomeWatch(self, self.clock, self.tell, self.warned.append, self.sleep)

    async def income(self, day: str) -> DayIncome:
        """Answer, or fail."""
        if self.is_away:
            raise VenueUnavailable("502")
        if self.odd is not None:
            raise self.odd
        return self.paid.get(day, NOTHING)

    def tell(self, income: Income) -> None:
        """Take what is new, in dollars as production does."""
        dollars(income.total.rewards)
        self.told.append(income)

    async def sleep(self, seconds: float) -> None:
        """End the rounds."""
        self.slept.append(seconds)
        raise StopAsyncIteration

    async def look(self) -> list[Income]:
        """Look once; return what is told of it."""
        self.told.clear()
        await self.watch.look()
        return list(self.told)


async def test_what_was_there_at_the_start_adds_nothing() -> None:
    """It was earned before this run; yesterday and today are told once."""
    world = World()
    world.paid["2026-11-21"] = DayIncome(1_500_000, 20_000)
    assert [
        Income("2026-11-21", DayIncome(1_500_000, 20_000), NOTHING),
        Income("2026-11-22", NOTHING, NOTHING),
    ] == await world.look()
    assert [] == await world.look()


async def test_what_is_new_is_told_with_how_much_it_is() -> None:
    """Also when it is credited to yesterday, and from a new day's first cent on."""
    world = World()
    await world.look()
    world.paid["2026-11-21"] = DayIncome(0, 30_000)
    assert [Income("2026-11-21", DayIncome(0, 30_000), DayIncome(0, 30_000))] == await world.look()
    world.clock.time_ns += DAY_NS
    world.paid["2026-11-22"] = world.paid["2026-11-23"] = DayIncome(10_000, 0)
    added = {each.day: each.added for each in await world.look()}
    assert {day: DayIncome(10_000, 0) for day in ("2026-11-22", "2026-11-23")} == added


async def test_a_failed_question_tells_nothing_and_is_counted() -> None:
    """And the first look is still to come."""
    world = World()
    world.is_away = True
    assert [] == await world.look()
    assert 1 == world.watch.failures
    world.is_away, world.paid["2026-11-22"] = False, DayIncome(5, 5)
    assert [NOTHING, NOTHING] == [each.added for each in await world.look()]
    assert 1 == world.watch.failures


async def test_an_amount_that_no_float_holds_is_warned_of_once_and_asked_again() -> None:
    """Production trades on; the other day is told all the same, and nothing of it is remembered."""
    world = World()
    world.paid["2026-11-21"] = DayIncome(10**406, 0)
    assert ["2026-11-22"] == [each.day for each in await world.look()]
    assert [] == await world.look()
    world.paid["2026-11-21"] = DayIncome(7, 0)
    assert [Income("2026-11-21", DayIncome(7, 0), NOTHING)] == await world.look()
    assert 2 == world.watch.failures
    assert ["rewards and rebates are not known: the answer is odd (OverflowError)"] == world.warned


@pytest.mark.parametrize("error", [InvalidOperation("1e400"), AttributeError("earnings")])
async def test_an_odd_answer_is_counted_and_warned_of_once(error: Exception) -> None:
    """Its text may be anything; its kind is told."""
    world = World()
    world.odd = error
    assert [[], []] == [await world.look(), await world.look()]
    assert (2, 1) == (world.watch.failures, len(world.warned))
    assert type(error).__name__ in world.warned[0]


async def test_it_is_asked_every_hour() -> None:
    """Beside everything else."""
    world = World()
    with pytest.raises(StopAsyncIteration):
        await world.watch.run()
    assert [EVERY_S] == world.slept
