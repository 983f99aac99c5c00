"""The only reader of the wall clock."""

from __future__ import annotations

import time


class SystemClock:
    """The time of this machine, set once by the wall clock and carried on by the monotonic one.

    So it never goes back and never jumps when the wall clock is corrected; it drifts from it by
    what the correction was, until the next start.
    """

    def __init__(self) -> None:
        """Read the wall clock, once."""
        self._anchor_ns = time.time_ns() - time.monotonic_ns()

    def now_ns(self) -> int:
        """Return ns since the epoch, UTC; never goes back."""
        return self._anchor_ns + time.monotonic_ns()
