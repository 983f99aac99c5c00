"""How many requests a second: token buckets per signer, where cancels never wait.

Facts (polymarket.md 2.7): orders and cancels have buckets of their own; a mass cancel is let
through and paid for afterwards. Counting is in billionths of a token, so it is exact at any rate.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.units import NS_PER_S
from bot.execution.config import ThrottleConfig
from bot.execution.reconcile import Action, Cancel


class TokenBucket:
    """Holds up to `burst` tokens and gains `rate_per_s` a second; starts full."""

    __slots__ = ("_burst", "_credit", "_now_ns", "_rate_per_s")

    def __init__(self, rate_per_s: int, burst: int) -> None:
        """Start full. Raises ValueError unless both are positive."""
        if rate_per_s <= 0 or burst <= 0:
            raise ValueError(f"bucket of {burst} at {rate_per_s}/s")
        self._rate_per_s = rate_per_s
        self._burst = burst * NS_PER_S
        self._credit = self._burst
        self._now_ns: int | None = None

    def take(self, n: int, now_ns: int) -> bool:
        """Take `n` tokens and return True, or take none and return False."""
        self._refill(now_ns)
        if self._credit < n * NS_PER_S:
            return False
        self._credit -= n * NS_PER_S
        return True

    def overdraw(self, n: int, now_ns: int) -> None:
        """Take `n` tokens even when they are not there; the debt is paid by waiting."""
        self._refill(now_ns)
        self._credit -= n * NS_PER_S

    def is_in_debt(self, now_ns: int) -> bool:
        """Return True while more was taken than there was."""
        self._refill(now_ns)
        return self._credit < 0

    def _refill(self, now_ns: int) -> None:
        """Add what time has brought; time that goes back brings nothing."""
        if self._now_ns is None:
            self._now_ns = now_ns
        elapsed_ns = max(0, now_ns - self._now_ns)
        self._now_ns += elapsed_ns
        self._credit = min(self._burst, self._credit + elapsed_ns * self._rate_per_s)


class Throttle:
    """Lets every cancel through, and as many places as the tier allows.

    While cancels are in debt nothing is placed: an order we could not cancel is not worth having.
    """

    __slots__ = ("_cancels", "_orders")

    def __init__(self, config: ThrottleConfig) -> None:
        """Start with full buckets."""
        self._orders = TokenBucket(config.order_rate_per_s, config.order_burst)
        self._cancels = TokenBucket(config.cancel_rate_per_s, config.cancel_burst)

    def admit(self, actions: Iterable[Action], now_ns: int) -> list[Action]:
        """Return the actions that may leave now, cancels first; the next reconcile asks again."""
        wanted = list(actions)
        cancels = [action for action in wanted if isinstance(action, Cancel)]
        places = [action for action in wanted if not isinstance(action, Cancel)]
        if cancels:
            self._cancels.overdraw(len(cancels), now_ns)
        if not places or self._cancels.is_in_debt(now_ns):
            return list(cancels)
        return [*cancels, *(place for place in places if self._orders.take(1, now_ns))]
