"""Health: a bot is well while it runs, publishes and its journal can be written."""

import pytest
from prometheus_client import CollectorRegistry

from bot.domain import events
from exporters.health import Health, health_check
from exporters.prometheus import PrometheusSink
from tests.exporters.samples import MARKET, T0, sample

SECOND = 1_000_000_000


class FixedClock:
    """A clock that stands."""

    def __init__(self, now_ns: int) -> None:
        self._now_ns = now_ns

    def now_ns(self) -> int:
        """The same time always."""
        return self._now_ns


def health_of(*stream: events.Event, now_ns: int = T0 + SECOND, journal: bool = True) -> Health:
    """The health after some events."""
    sink = PrometheusSink(CollectorRegistry(), [MARKET])
    for event in stream:
        sink.publish(event)
    return health_check(sink.run, FixedClock(now_ns), lambda: journal)()


STARTED = sample(events.RunStarted, ts_ns=T0)


def test_a_running_bot_is_well() -> None:
    """It started a second ago."""
    health = health_of(STARTED)
    assert (
        Health(
            is_alive=True,
            last_event_age_s=1.0,
            is_kill_switch_tripped=False,
            is_journal_healthy=True,
        )
        == health
    )
    assert health.is_well


@pytest.mark.parametrize(
    ("stream", "now_ns"),
    [
        ([], T0),
        ([STARTED], T0 + 61 * SECOND),
        ([STARTED, sample(events.RunStopped, ts_ns=T0)], T0),
    ],
    ids=["not started", "silent for a minute", "stopped"],
)
def test_a_bot_that_does_nothing_is_not_alive(stream: list[events.Event], now_ns: int) -> None:
    """Before its start, when it hangs, and after its stop."""
    health = health_of(*stream, now_ns=now_ns)
    assert not health.is_alive
    assert not health.is_well


def test_a_broken_journal_is_an_illness() -> None:
    """A bot that cannot write down what it does is not well, though it lives."""
    health = health_of(STARTED, journal=False)
    assert health.is_alive
    assert not health.is_well


def test_a_tripped_switch_is_told_and_no_illness() -> None:
    """Restarting would change nothing: a person has to look."""
    health = health_of(STARTED, sample(events.KillSwitchTripped, ts_ns=T0))
    assert health.is_kill_switch_tripped
    assert health.is_well


def test_an_age_is_never_negative() -> None:
    """An event from a clock ahead of ours is new."""
    assert 0.0 == health_of(STARTED, now_ns=T0 - SECOND).last_event_age_s
