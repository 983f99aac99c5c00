"""Beats are a chain, go on after failures, and stop when told."""

from bot.domain.errors import VenueUnavailable
from bot.domain.units import NS_PER_S
from bot.venues.polymarket.heartbeat import BEAT_S, RETRY_S, Heartbeat
from tests.bot.venues.polymarket.fake_account import FakeAccount, HandClock, Script, Sleeps


async def test_each_beat_carries_the_id_of_the_last() -> None:
    """The first one is empty and begins the chain."""
    account, sleeps = FakeAccount(), Sleeps()
    heart = Heartbeat(account, HandClock(), sleeps)
    for _ in range(3):
        assert await heart.beat()
    assert [("",), ("+",), ("++",)] == account.calls("heartbeat")


async def test_a_failed_beat_is_repeated_soon_with_the_same_id() -> None:
    """The deadline is running; the chain goes on."""
    account = FakeAccount()
    account.beats = Script(["a", VenueUnavailable("cut"), "b"])

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            heart.stop()

    slept: list[float] = []
    heart = Heartbeat(account, HandClock(), sleep)
    await heart.run()
    assert [BEAT_S, RETRY_S, BEAT_S] == slept
    assert [("",), ("a",), ("a",)] == account.calls("heartbeat")
    assert 1 == heart.failures


async def test_a_stopped_heart_is_silent() -> None:
    """To stop is the second kill switch."""
    account = FakeAccount()
    heart = Heartbeat(account, HandClock(), Sleeps())
    heart.stop()
    await heart.run()
    assert [] == account.calls("heartbeat")


async def test_the_age_is_that_of_the_last_accepted_beat() -> None:
    """None before the first; overdue from ten seconds on."""
    clock = HandClock(5)
    heart = Heartbeat(FakeAccount(), clock, Sleeps())
    assert heart.age_ns(99) is None
    assert not heart.is_overdue(10**18)
    await heart.beat()
    assert 7 == heart.age_ns(12)
    assert not heart.is_overdue(5 + 10 * NS_PER_S - 1)
    assert heart.is_overdue(5 + 10 * NS_PER_S)
