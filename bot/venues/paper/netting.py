"""Tells which shrinking of a level was a trade and which was somebody leaving.

On the wire one trade is a level that shrinks and, some 20 ms later, a print (feed.md 3). Counted
separately they would move a queue twice. So a shrinking is held until its print comes or the window
ends, whichever is first; a print that comes first waits for its shrinking in the same way.
"""

from __future__ import annotations

from bot.domain.units import NS_PER_MS

HOLD_NS = 250 * NS_PER_MS
"""How long a shrinking waits for its print: ten times what was measured (18-30 ms, feed.md 3)."""


class Netting:
    """The shrinkings and prints of one level that have not found each other yet.

    Sizes in fixed-point units, times in ns, never going back. A print takes the oldest shrinking of
    exactly its size; failing that it is taken off the oldest ones by amount, because one shrinking
    may be several prints. Both lists are in order of time and hold at most what the window saw.
    `held` is the size in all of the shrinkings that may still turn out to be trades.
    """

    __slots__ = ("_prints", "_shrinks", "held")

    def __init__(self) -> None:
        """Make one with nothing waiting."""
        self._shrinks: list[tuple[int, int]] = []
        self._prints: list[tuple[int, int]] = []
        self.held = 0

    def clear(self) -> None:
        """Forget everything that waits."""
        self._shrinks.clear()
        self._prints.clear()
        self.held = 0

    def shrink(self, size: int, now_ns: int) -> None:
        """Take a shrinking; what a waiting print explains is dropped, the rest is held."""
        left = size - sum(taken for _, taken in _take(self._prints, size))
        if left:
            self._shrinks.append((now_ns, left))
            self.held += left

    def trade(self, size: int, now_ns: int) -> list[tuple[int, int]]:
        """Take a print and return the held shrinkings it explains, as (time seen, size)."""
        taken = _take(self._shrinks, size)
        explained = sum(part for _, part in taken)
        self.held -= explained
        left = size - explained
        if left:
            self._prints.append((now_ns, left))
        return taken

    def expire(self, now_ns: int) -> list[tuple[int, int]]:
        """Return the shrinkings, (time seen, size), whose window is over: nobody traded there."""
        horizon = now_ns - HOLD_NS
        over = []
        while self._shrinks and self._shrinks[0][0] <= horizon:
            entry = self._shrinks.pop(0)
            self.held -= entry[1]
            over.append(entry)
        while self._prints and self._prints[0][0] <= horizon:
            del self._prints[0]
        return over


def _take(waiting: list[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Take `size` out of `waiting`, an equal entry first and else the oldest; return the parts."""
    for index, entry in enumerate(waiting):
        if entry[1] == size:
            del waiting[index]
            return [entry]
    taken = []
    while waiting and size > 0:
        since, held = waiting[0]
        part = min(held, size)
        taken.append((since, part))
        size -= part
        if part == held:
            del waiting[0]
        else:
            waiting[0] = (since, held - part)
    return taken
