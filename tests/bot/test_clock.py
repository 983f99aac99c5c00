"""The machine's clock, which never goes back."""

import time
from itertools import pairwise

from bot.clock import SystemClock
from bot.domain.ports import Clock


def test_clock_starts_at_the_wall_clock() -> None:
    """To within what a busy machine needs for two calls."""
    clock: Clock = SystemClock()
    assert abs(clock.now_ns() - time.time_ns()) < 10**9  # noqa: TID251 - this is the comparison


def test_clock_never_goes_back() -> None:
    """Not even between calls that follow each other at once."""
    clock = SystemClock()
    times = [clock.now_ns() for _ in range(1_000)]
    assert all(earlier <= later for earlier, later in pairwise(times))
