"""The jump guard: a mid that runs pulls the quotes until it has been calm for a while."""

from __future__ import annotations

from collections import deque

from bot.domain.units import NS_PER_MS
from bot.domain.value import Value


class Jump(Value, frozen=True):
    """A move of the mid (price units) that was too large for the time it took."""

    mid_before: float
    mid_after: float
    window_ms: float


class JumpGuard:
    """Watches the range of the mid over a sliding window.

    A mid holds until the next one, so one step after a quiet minute is a jump too. Two monotone
    queues of (held until, mid) keep the candidates for the window's lowest and highest mid: O(1)
    on average, and no queue outgrows the number of distinct mids.
    """

    __slots__ = (
        "_calm_ns",
        "_highs",
        "_jumped_ns",
        "_lows",
        "_mid",
        "_now_ns",
        "_size",
        "_window_ns",
    )

    def __init__(self, size: float, window_ns: int, calm_ns: int) -> None:
        """Start calm. `size` is the move in price units that counts as a jump.

        Raises ValueError unless size and window are positive and the calm time is not negative.
        """
        if not size > 0 or window_ns <= 0 or calm_ns < 0:
            raise ValueError(f"jump guard of {size} in {window_ns} ns, calm {calm_ns} ns")
        self._size = size
        self._window_ns = window_ns
        self._calm_ns = calm_ns
        self._lows: deque[tuple[int, float]] = deque()
        self._highs: deque[tuple[int, float]] = deque()
        self._mid: float | None = None
        self._jumped_ns: int | None = None
        self._now_ns = 0

    def observe(self, mid: float, now_ns: int) -> Jump | None:
        """Take the mid; return the jump it completes, if any. The next is measured from there."""
        now_ns = self._now_ns = max(now_ns, self._now_ns)
        before = self._mid
        if before is None or mid == before:
            self._mid = mid
            return None
        self._hold(before, now_ns)
        self._mid = mid
        lowest, highest = self._lows[0], self._highs[0]
        rise, fall = mid - lowest[1], highest[1] - mid
        if max(rise, fall) < self._size:
            return None
        held_ns, start = lowest if rise >= fall else highest
        self._jumped_ns = now_ns
        self._lows.clear()
        self._highs.clear()
        return Jump(start, mid, (now_ns - held_ns) / NS_PER_MS)

    def is_calm(self, now_ns: int) -> bool:
        """Return True when the last jump is at least the calm time ago, or there was none."""
        return self._jumped_ns is None or now_ns - self._jumped_ns >= self._calm_ns

    def _hold(self, mid: float, now_ns: int) -> None:
        """Note that `mid` held until now, and drop what ended before the window."""
        lows, highs = self._lows, self._highs
        while lows and lows[-1][1] >= mid:
            lows.pop()
        while highs and highs[-1][1] <= mid:
            highs.pop()
        lows.append((now_ns, mid))
        highs.append((now_ns, mid))
        oldest_ns = now_ns - self._window_ns
        while lows[0][0] < oldest_ns:
            lows.popleft()
        while highs[0][0] < oldest_ns:
            highs.popleft()
