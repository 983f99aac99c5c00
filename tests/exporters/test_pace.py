"""How often a process looks, and when it ends."""

import os
import signal
from collections.abc import Iterator

import pytest

from bot.domain.units import NS_PER_S
from exporters.pace import LOOK_S, every_minute, until_signal


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


@pytest.fixture
def handlers() -> Iterator[None]:
    """Give the handlers of signals back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_either_signal_ends_the_wait(number: signal.Signals) -> None:
    """Before it came there was something to wait for."""
    wait = until_signal()
    assert not wait(0)
    os.kill(os.getpid(), number)
    assert wait(60)
