"""How long to wait before the next attempt."""

from __future__ import annotations

from random import Random

BASE_S = 0.5
"""The longest first pause; it doubles with each failure in a row."""
MAX_S = 30.0
"""The longest pause: how late the shipper may notice that the store is back."""
DOUBLINGS_MAX = 10


class Backoff:
    """Pauses that grow with each failure in a row, spread so that many writers do not march."""

    def __init__(self, rng: Random) -> None:
        """Take the randomness."""
        self._rng = rng
        self._failures = 0

    def next_s(self, at_least_s: float = 0.0) -> float:
        """Return the next pause: half to all of 0.5, 1 ... 30 s, after what the store asks for."""
        ceiling_s = min(MAX_S, BASE_S * 2.0 ** min(self._failures, DOUBLINGS_MAX))
        self._failures += 1
        spread_s = ceiling_s * self._rng.uniform(0.5, 1.0)
        return at_least_s + spread_s

    def reset(self) -> None:
        """Begin again with short pauses: something worked."""
        self._failures = 0
