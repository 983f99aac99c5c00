"""How often a process looks."""

import pytest

from bot.domain.units import NS_PER_S
from exporters.pace import LOOK_S, every_minute


class Clock:
    """A clock that each look moves on."""

    def __init__(self) -> None:
        self.ns = 0

    def now_ns(self) -> int:
        """Return the time."""
        return self.ns


def waits_after(took_s: float) -> list[float]:
    """What is waited after each of two looks that take so long."""
    clock = Clock()
    waits: list[float] = []

    def look() -> None:
        clock.ns += int(took_s * NS_PER_S)

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 2

    every_minute(look, clock, wait)
    return waits


@pytest.mark.parametrize(("took_s", "waited_s"), [(0, LOOK_S), (20, LOOK_S - 20), (90, 0)])
def test_a_look_is_a_minute_after_the_last_began(took_s: float, waited_s: float) -> None:
    """What a look took is not waited again, and after a long one nothing is."""
    assert [waited_s] * 2 == waits_after(took_s)
