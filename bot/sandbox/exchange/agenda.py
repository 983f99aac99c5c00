"""Things to do later, in order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from bot.domain.ports import NEVER

Action = Callable[[int], None]
"""Something to do at a time: takes the time in ns."""


class Agenda:
    """A heap by (time, order of asking): the same calls give the same order."""

    def __init__(self) -> None:
        """Start with nothing to do."""
        self._heap: list[tuple[int, int, Action]] = []
        self._count = 0

    @property
    def next_due_ns(self) -> int:
        """When the next thing is due; NEVER when nothing is."""
        return self._heap[0][0] if self._heap else NEVER

    def at(self, due_ns: int, action: Action) -> None:
        """Have something done at a time."""
        self._count += 1
        heapq.heappush(self._heap, (due_ns, self._count, action))

    def run(self, now_ns: int) -> None:
        """Do what is due up to now, each thing at its own time."""
        while self._heap and self._heap[0][0] <= now_ns:
            due_ns, _, action = heapq.heappop(self._heap)
            action(due_ns)
