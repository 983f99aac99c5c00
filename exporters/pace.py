"""The pace of the processes that look at something once a minute."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.ports import Clock
from bot.domain.units import NS_PER_S

LOOK_S = 60.0
"""From one look to the next."""


def every_minute(look: Callable[[], object], clock: Clock, wait: Callable[[float], bool]) -> None:
    """Look once a minute, a slow look included, until `wait(seconds)` returns True."""
    while True:
        started_ns = clock.now_ns()
        look()
        took_s = (clock.now_ns() - started_ns) / NS_PER_S
        if wait(max(0.0, LOOK_S - took_s)):
            return
