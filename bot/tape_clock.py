"""The times of a recording's frames: never going back, and not believed at every word.

One damaged digit can put a frame centuries ahead; every later frame would then be clamped to that
time, and a replay would live through all of it. So a frame that jumps ahead by more than a day, and
the first of all, is held back until another frame agrees with it. When none does it is damage.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bot.domain.units import NS_PER_S

JUMP_NS_MAX = 86_400 * NS_PER_S
"""Farther ahead than this a frame needs a second one that says so: a day of silence is no tape."""
HELD_MAX = 8
"""Frames held back at once; the oldest is damage then."""


class Frame(NamedTuple):
    """A frame as its line says: its time in ns, its JSON, and the line, counted from 1."""

    stated_ns: int
    payload: bytes
    line: int


class TapeClock:
    """Gives each frame its time. `backward_steps` counts those that were earlier than one before.

    `latest_ns` is the last time given, -1 before the first. A frame stated from `latest_ns` to
    `limit_ns` is in order and may be given its stated time by the caller, who then sets both.
    """

    __slots__ = ("_held", "_on_damage", "backward_steps", "latest_ns", "limit_ns")

    def __init__(self, on_damage: Callable[[int, str], None]) -> None:
        """Know no time. `on_damage` is told the line and what is wrong with it."""
        self._on_damage = on_damage
        self._held: list[Frame] = []
        self.backward_steps = 0
        self.latest_ns = self.limit_ns = -1

    def place(self, stated_ns: int | None, payload: bytes, line: int) -> list[tuple[int, bytes]]:
        """Return the frames whose time is known now, in order: (local ns, JSON)."""
        if stated_ns is None:
            return self._place_untimed(payload, line)
        frame = Frame(stated_ns, payload, line)
        if self.latest_ns >= 0 and stated_ns <= self.latest_ns + JUMP_NS_MAX:
            self._refuse(self._held)
            return [self._give(frame)]
        agreeing = [held for held in self._held if abs(held.stated_ns - stated_ns) <= JUMP_NS_MAX]
        if agreeing:
            return self._believe([*agreeing, frame])
        if len(self._held) == HELD_MAX:
            self._refuse(self._held[:1])
        self._held.append(frame)
        self.limit_ns = -1
        return []

    def end(self) -> list[tuple[int, bytes]]:
        """Return what was held back to the end and may be believed: the first of a short tape."""
        if self.latest_ns < 0 and self._held:
            return self._believe(self._held[:1])
        self._refuse(self._held)
        return []

    def _place_untimed(self, payload: bytes, line: int) -> list[tuple[int, bytes]]:
        # It has the time of the frame before; of the first one even if that is still held.
        if self.latest_ns >= 0:
            self._refuse(self._held)  # no order of frames is right if that one is given later
            return [(self.latest_ns, payload)]
        if not self._held:
            self._on_damage(line, "no time, and none before it")
            return []
        return [*self._believe(self._held[-1:]), (self.latest_ns, payload)]

    def _believe(self, frames: list[Frame]) -> list[tuple[int, bytes]]:
        self._refuse([held for held in self._held if held not in frames])
        self._held = []
        return [self._give(frame) for frame in frames]

    def _give(self, frame: Frame) -> tuple[int, bytes]:
        if frame.stated_ns < self.latest_ns:
            self.backward_steps += 1
        else:
            self.latest_ns = frame.stated_ns
        self.limit_ns = self.latest_ns + JUMP_NS_MAX
        return self.latest_ns, frame.payload

    def _refuse(self, frames: list[Frame]) -> None:
        for frame in frames:
            self._on_damage(frame.line, f"time {frame.stated_ns} ns: no other frame is near it")
        self._held = [held for held in self._held if held not in frames]
