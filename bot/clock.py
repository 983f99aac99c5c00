"""The only reader of the wall clock."""

from __future__ import annotations

import time
from collections.abc import Callable

_ELAPSED = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Runs on while the machine sleeps. Linux stops its monotonic clock then; the clock of that name
elsewhere runs on by itself."""


def _elapsed_ns() -> int:
    return time.clock_gettime_ns(_ELAPSED)


class SystemClock:
    """The time of this machine, set once by the wall clock and carried on by the time since boot.

    So it never goes back and never jumps when the wall clock is corrected; it drifts from it by
    what the correction was, until the next start. Sleep counts: after a suspended machine wakes up
    this clock has gone on, and whoever looks sees how long nothing happened. What a hypervisor
    takes from a guest that does not notice is missing, like in every clock of the guest.
    """

    def __init__(
        self,
        wall_ns: Callable[[], int] = time.time_ns,
        elapsed_ns: Callable[[], int] = _elapsed_ns,
    ) -> None:
        """Read the wall clock, once."""
        self._elapsed_ns = elapsed_ns
        self._anchor_ns = wall_ns() - elapsed_ns()

    def now_ns(self) -> int:
        """Return ns since the epoch, UTC; never goes back."""
        return self._anchor_ns + self._elapsed_ns()
