"""The rate limits of one signer: a bucket for orders and one for cancels (polymarket.md 2.7)."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import NamedTuple

from bot.domain.units import NS_PER_S


class Tier(StrEnum):
    """What 30 days of making earned."""

    STANDARD = "Standard"
    COPPER = "Copper"
    BRONZE = "Bronze"
    SILVER = "Silver"
    GOLD = "Gold"
    PLATINUM = "Platinum"
    DIAMOND = "Diamond"
    ELITE = "Elite"


class _Rates(NamedTuple):
    orders: tuple[int, int]  # a second, burst
    cancels: tuple[int, int]


_RATES = {
    Tier.STANDARD: _Rates((40, 60), (80, 120)),
    Tier.COPPER: _Rates((60, 90), (120, 180)),
    Tier.BRONZE: _Rates((80, 120), (160, 240)),
    Tier.SILVER: _Rates((200, 300), (400, 600)),
    Tier.GOLD: _Rates((400, 600), (800, 1200)),
    Tier.PLATINUM: _Rates((450, 675), (900, 1350)),
    Tier.DIAMOND: _Rates((525, 787), (1050, 1575)),
    Tier.ELITE: _Rates((600, 900), (1200, 1800)),
}
_MAY_OVERDRAW = frozenset({Tier.STANDARD, Tier.COPPER, Tier.BRONZE, Tier.SILVER, Tier.GOLD})


class Bucket:
    """A token bucket. Counts 1/1,000,000,000 token, so that ns add up exactly."""

    __slots__ = ("_burst", "_level", "_may_overdraw", "_rate_per_s", "_since_ns", "_tier")

    def __init__(self, rate_per_s: int, burst: int, tier: Tier, *, may_overdraw: bool) -> None:
        """Make a full bucket; one that may be overdrawn only needs one token to be left."""
        self._rate_per_s = rate_per_s
        self._burst = self._level = burst * NS_PER_S
        self._since_ns = 0
        self._tier = tier
        self._may_overdraw = may_overdraw

    def take(self, tokens: int, now_ns: int) -> bool:
        """Take all the tokens or, when they are not there, none."""
        gained = (now_ns - self._since_ns) * self._rate_per_s
        self._level = min(self._burst, self._level + gained)
        self._since_ns = now_ns
        needed = NS_PER_S if self._may_overdraw else tokens * NS_PER_S
        if self._level < needed:
            return False
        self._level -= tokens * NS_PER_S
        return True

    def wait_s(self) -> int:
        """Return whole seconds until one token is there; 0 when there is one."""
        missing = NS_PER_S - self._level
        return max(0, math.ceil(missing / self._rate_per_s / NS_PER_S))

    def headers(self) -> dict[str, str]:
        """Return the headers that tell the signer where it stands."""
        full_ns = self._since_ns + (self._burst - self._level) // self._rate_per_s
        return {
            "Poly-RateLimit-Remaining": str(max(0, self._level // NS_PER_S)),
            "Poly-RateLimit-Reset": str(math.ceil(full_ns / NS_PER_S)),
            "Poly-RateLimit-Tier": self._tier.value,
        }


class SignerLimits:
    """Both buckets of one signer."""

    def __init__(self, tier: Tier) -> None:
        """Make them full."""
        rates = _RATES[tier]
        self.orders = Bucket(*rates.orders, tier, may_overdraw=False)
        self.cancels = Bucket(*rates.cancels, tier, may_overdraw=tier in _MAY_OVERDRAW)
