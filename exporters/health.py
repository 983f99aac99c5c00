"""Whether a bot is well, for container health checks and people with curl."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from bot.domain.ports import Clock
from bot.domain.units import NS_PER_S
from exporters.readings.run import RunReadings

EVENT_AGE_S_MAX = 60.0
"""A live bot samples its quotes every 5 s: a minute without any event means that it hangs."""


class Health(msgspec.Struct, frozen=True):
    """How a bot is. `last_event_age_s` is `None` before its first event.

    A tripped kill switch is told but is no illness: the bot does what it should, and restarting it
    would change nothing.
    """

    is_alive: bool
    last_event_age_s: float | None
    is_kill_switch_tripped: bool
    is_journal_healthy: bool

    @property
    def is_well(self) -> bool:
        """True when nothing needs a restart or a person."""
        return self.is_alive and self.is_journal_healthy


def health_check(
    run: RunReadings, clock: Clock, is_journal_healthy: Callable[[], bool]
) -> Callable[[], Health]:
    """Return a function that tells the health of a run; alive is running with a recent event."""

    def check() -> Health:
        last_ns = run.last_event_ns
        age_s = None if last_ns is None else max(0, clock.now_ns() - last_ns) / NS_PER_S
        return Health(
            is_alive=run.is_running and age_s is not None and age_s <= EVENT_AGE_S_MAX,
            last_event_age_s=age_s,
            is_kill_switch_tripped=run.is_kill_switch_tripped,
            is_journal_healthy=is_journal_healthy(),
        )

    return check
