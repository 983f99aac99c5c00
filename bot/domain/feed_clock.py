"""The offset between our clock and the exchange's, and the feed latency without it.

A difference of two clocks is no latency: one recording has a local clock 1.23 s behind, so that
messages arrive before they were sent (feed.md 6). The fastest message of the last minutes is
taken as the offset, and a latency is what a message took longer than that one. The true transit
of the fastest message cannot be known and is missing from every latency.
"""

from __future__ import annotations

from bot.domain.units import NS_PER_S

WINDOW_NS = 600 * NS_PER_S
"""Length of one window; the offset remembers the present and the previous one."""


class FeedClock:
    """Smallest local minus exchange time over a sliding pair of windows.

    Two numbers follow a drifting clock: the estimate looks back one window at least, and three
    at most when messages are rare.
    """

    __slots__ = ("_current_ns", "_previous_ns", "_since_ns", "_window_ns")

    def __init__(self, window_ns: int = WINDOW_NS) -> None:
        """Make a clock that knows nothing. Raises ValueError for a window that is not positive."""
        if window_ns <= 0:
            raise ValueError(f"window of {window_ns} ns is not positive")
        self._window_ns = window_ns
        self._since_ns = 0
        self._current_ns: int | None = None
        self._previous_ns: int | None = None

    @property
    def offset_ns(self) -> int | None:
        """Local minus exchange clock, transit of the fastest message included; `None` at first."""
        if self._current_ns is None or self._previous_ns is None:
            return self._current_ns
        return min(self._current_ns, self._previous_ns)

    def observe(self, local_ns: int, venue_ns: int) -> int:
        """Take one message and return its latency in ns beyond the fastest one; never negative."""
        difference_ns = local_ns - venue_ns
        age_ns = local_ns - self._since_ns
        if self._current_ns is None or age_ns >= self._window_ns:
            self._previous_ns = self._current_ns if age_ns < 2 * self._window_ns else None
            self._current_ns = difference_ns
            self._since_ns = local_ns
        elif difference_ns < self._current_ns:
            self._current_ns = difference_ns
        offset_ns = self._current_ns
        if self._previous_ns is not None and self._previous_ns < offset_ns:
            offset_ns = self._previous_ns
        return difference_ns - offset_ns
