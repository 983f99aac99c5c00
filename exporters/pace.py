"""What the processes share that look at something once a minute: their pace, and their end."""

from __future__ import annotations

import signal
import threading
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


def until_signal() -> Callable[[float], bool]:
    """Return a `wait` that sleeps, and returns True at once when SIGINT or SIGTERM comes."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop.wait
