"""The machine's clock, which never goes back."""

import time
from itertools import pairwise

import pytest

import bot.clock
from bot.clock import SystemClock
from bot.domain.ports import Clock

SLEW_NS = 50_000_000
"""By how much the wall clock may be corrected meanwhile."""


def test_clock_starts_at_the_wall_clock() -> None:
    """Between what the wall clock says before and after."""
    before_ns = time.time_ns()  # noqa: TID251 - this is the comparison
    clock: Clock = SystemClock()
    now_ns = clock.now_ns()
    after_ns = time.time_ns()  # noqa: TID251 - this is the comparison
    assert before_ns - SLEW_NS <= now_ns <= after_ns + SLEW_NS


def test_clock_never_goes_back() -> None:
    """Not even between calls that follow each other at once."""
    clock = SystemClock()
    times = [clock.now_ns() for _ in range(1_000)]
    assert all(earlier <= later for earlier, later in pairwise(times))


class Dial:
    """A clock that a test turns."""

    def __init__(self, ns: int) -> None:
        self.ns = ns

    def __call__(self) -> int:
        """Read it."""
        return self.ns


def test_a_wall_clock_that_is_corrected_moves_nothing() -> None:
    """Neither forward nor back: only what passed counts."""
    wall, elapsed = Dial(1_000), Dial(70)
    clock = SystemClock(wall, elapsed)
    wall.ns, elapsed.ns = 5, 73
    assert 1_003 == clock.now_ns()


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="only Linux stops its clock")
def test_the_time_a_machine_sleeps_counts() -> None:
    """What passed is read from the clock that runs on meanwhile."""
    assert time.CLOCK_BOOTTIME == bot.clock._ELAPSED
    before_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    now_ns = SystemClock(Dial(before_ns)).now_ns()
    assert before_ns <= now_ns <= time.clock_gettime_ns(time.CLOCK_BOOTTIME)
