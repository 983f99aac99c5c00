"""One price level of the tape with own orders at it: feeds their queue positions.

Knows what is shown, what shrank without a print yet, and who of ours stands here in order of
arrival. A level is uncertain when the feed lost continuity: then nothing moves until `restart`.
"""

from __future__ import annotations

import itertools
import math
import random

from bot.domain.units import SIZE_MAX
from bot.venues.paper.netting import Netting
from bot.venues.paper.queue import QueuePosition, SizeCounts


class QueueModel:
    """What every queue of one venue shares: the exponent n, its generator, the sizes seen."""

    __slots__ = ("power_n", "rng", "sizes")

    def __init__(self, power_n: float, rng: random.Random) -> None:
        """`power_n` may be infinite; `rng` is used by the queues alone."""
        self.power_n = power_n
        self.rng = rng
        self.sizes = SizeCounts()

    def with_power(self, power_n: float) -> QueueModel:
        """Return a model of another exponent that shares the generator and the sizes seen."""
        other = QueueModel(power_n, self.rng)
        other.sizes = self.sizes
        return other


class Level:
    """The size shown by others at one price, and the own orders that stand there.

    `users` counts own orders at rest or under way: the level is watched as long as there are any.
    """

    __slots__ = ("is_certain", "model", "netting", "positions", "shown", "users")

    def __init__(self, model: QueueModel, shown: int | None) -> None:
        """Watch a level that shows `shown`; `None` when the book is not to be trusted now."""
        self.model = model
        self.is_certain = shown is not None
        self.shown = shown or 0
        self.netting = Netting()
        self.positions: list[QueuePosition] = []
        self.users = 0

    def join(self, now_ns: int) -> QueuePosition:
        """Return the position of an own order that arrives now; SIZE_MAX ahead when uncertain."""
        position = QueuePosition(self.shown if self.is_certain else SIZE_MAX, now_ns)
        self.positions.append(position)
        return position

    def change(self, before: int, after: int, now_ns: int) -> None:
        """Take a change of the size shown.

        Another `before` than was known means that changes were lost: what is there bounds us.
        """
        self._expire(now_ns)
        if before != self.shown:
            self.shown = before
            self.cap()
        self.shown = after
        if after > before:
            self.model.sizes.add(after - before)
            for position in self.positions:
                position.behind.join(after - before)
        elif after < before:
            self.netting.shrink(before - after, now_ns)
            self.cap()  # for who arrived between a print and its late shrinking

    def trade(self, size: int, now_ns: int) -> list[tuple[int, int]]:
        """Take a print at this price; return the shrinkings it explains, as (time seen, size)."""
        self._expire(now_ns)
        return self.netting.trade(size, now_ns)

    def cap(self) -> None:
        """Bound every position by what is shown or may have been traded but not printed yet."""
        bound = self.shown + self.netting.held
        for position in self.positions:
            position.cap(bound)

    def lose(self) -> None:
        """Take that continuity was lost."""
        self.is_certain = False
        self.netting.clear()

    def restart(self, shown: int) -> None:
        """Trust the level again, with every own order behind as much as may be ahead of it."""
        self.is_certain = True
        self.shown = shown
        for position in self.positions:
            position.restart(shown)

    def _expire(self, now_ns: int) -> None:
        """Let those leave for whose shrinking no print came, oldest first."""
        over = self.netting.expire(now_ns)
        if not over:
            return
        level = self.shown + self.netting.held + sum(size for _, size in over)
        for since_ns, size in over:
            self._leave(size, level, since_ns)
            level -= size
            self.cap()
            if not self.netting.held:
                self._align()

    def _leave(self, size: int, level: int, since_ns: int) -> None:
        """Let one anonymous order leave; it concerns own orders that stood here before.

        At the very same time counts as after: an order gains nothing that is in doubt.
        """
        model = self.model
        draw = 1.0 if math.isinf(model.power_n) else model.rng.random()
        like_any = model.sizes.share(size)
        is_ahead, older_front = False, 0
        for position in self.positions:
            if position.arrived_ns < since_ns:
                before = position.front
                is_ahead = position.leave(
                    size, level, model.power_n, draw=draw, like_any=like_any, is_ahead=is_ahead
                )
                # Several that left at once look like one: never let that reverse our own order.
                position.front = min(before, max(position.front, older_front))
                older_front = position.front

    def _align(self) -> None:
        """Bound each own order by the next newer one: who is before the older is before both.

        Not while something is held: it may be a trade that is due to the older one alone.
        """
        for newer, older in itertools.pairwise(reversed(self.positions)):
            older.front = min(older.front, newer.front)
            older.proven = min(older.proven, newer.proven)
