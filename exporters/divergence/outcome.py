"""What a comparison tells: alarms, and what both sides show."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Direction(StrEnum):
    """Which side is the higher one."""

    PROD_HIGHER = "prod_higher"
    DEMO_HIGHER = "demo_higher"


class Seen(msgspec.Struct, frozen=True):
    """What both sides show, in the unit of the quantity; `None` when nothing is known.

    `ratio` is production over demo, `None` where a ratio makes no sense.
    """

    demo: float | None = None
    prod: float | None = None
    demo_events: float = 0.0
    prod_events: float = 0.0
    ratio: float | None = None


class Alarm(msgspec.Struct, frozen=True):
    """The two sides differ by more than 2x."""

    direction: Direction
    seen: Seen
    at_ns: int
