"""What dies beside a bot ends it, and its error comes out when all is closed."""

import asyncio

import pytest

from bot.beside import Beside, cause_of
from bot.domain.errors import InvariantError, VenueUnavailable


class Stops:
    """Counts how often the bot was asked to end."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        """Count."""
        self.count += 1


async def fails(error: Exception) -> None:
    """Fail at once."""
    raise error


async def lasts() -> None:
    """Go on for ever."""
    await asyncio.Event().wait()


async def test_a_task_that_fails_ends_the_bot_and_names_itself() -> None:
    """The first reason stands; the error is raised only when asked for, and names its cause."""
    stops = Stops()
    beside = Beside(stops)
    beside.start("the flushing", fails(OSError("disk on fire")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    beside.stop("signal")
    await beside.end()
    assert (2, "the flushing failed: OSError: disk on fire") == (stops.count, beside.reason)
    with pytest.raises(InvariantError, match="the flushing failed: OSError") as caught:
        beside.raise_error()
    assert isinstance(caught.value.__cause__, OSError)


async def test_an_error_of_ours_comes_out_as_it_is() -> None:
    """Out of the group of tasks that it happened in, too."""
    beside = Beside(Stops())
    group = ExceptionGroup("venue", [ExceptionGroup("inner", [VenueUnavailable("gone")])])
    beside.start("the venue", fails(group))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await beside.end()
    with pytest.raises(VenueUnavailable, match="gone"):
        beside.raise_error()


async def test_a_bot_that_was_stopped_has_no_error() -> None:
    """What ended by itself or was cancelled is none; the end waits for all of it."""
    stops = Stops()
    beside = Beside(stops)
    task = beside.start("lasting", lasts())
    beside.start("done", asyncio.sleep(0))
    beside.stop("signal")
    await beside.end()
    beside.raise_error()
    assert (1, "signal", True) == (stops.count, beside.reason, task.cancelled())


async def test_what_trading_does_not_need_may_fail_alone() -> None:
    """One line says so, without a library's text; the bot goes on, and its end is no error."""
    stops, told = Stops(), list[str]()
    beside = Beside(stops)
    beside.spare("asking for income", fails(OverflowError("secret")), told.append)
    beside.spare("watching", lasts(), told.append)
    beside.spare("done", asyncio.sleep(0), told.append)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await beside.end()
    beside.raise_error()
    assert (0, "") == (stops.count, beside.reason)
    assert ["asking for income failed: OverflowError; the bot trades on without it"] == told


def test_the_cause_of_an_end_shows_no_text_that_is_not_ours() -> None:
    """A library's text may hold anything."""
    assert "VenueUnavailable: no answer" == cause_of(VenueUnavailable("no answer"))
    assert "KeyError" == cause_of(KeyError("secret"))
