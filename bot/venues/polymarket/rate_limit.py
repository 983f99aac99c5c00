"""How fast this signer may go: the tier is read from the exchange's answers.

Two token buckets a signer (polymarket.md 2.7): orders, and cancels, which may go into debt. We use
four fifths of the orders' rate. Cancels are never held back here: the exchange lets a mass cancel
through, and an order we want off should not wait for us. Time is handed in.
"""

from __future__ import annotations

import msgspec

from bot.domain.units import NS_PER_S
from bot.execution.throttle import TokenBucket


class Tier(msgspec.Struct, frozen=True):
    """Requests a second and the burst, for orders and for cancels."""

    orders_per_s: int
    order_burst: int
    cancels_per_s: int
    cancel_burst: int


STANDARD = "standard"
TIERS = {
    STANDARD: Tier(40, 60, 80, 120),
    "copper": Tier(60, 90, 120, 180),
    "bronze": Tier(80, 120, 160, 240),
    "silver": Tier(200, 300, 400, 600),
    "gold": Tier(400, 600, 800, 1_200),
    "platinum": Tier(450, 675, 900, 1_350),
    "diamond": Tier(525, 787, 1_050, 1_575),
    "elite": Tier(600, 900, 1_200, 1_800),
}
"""By name in lower case; a name nobody knows counts as the slowest."""


class SignerLimits:
    """What the exchange told us about our pace, and whether an order may leave now.

    `remaining` is what the exchange said is left of the bucket it last counted in, `None` before
    it said so; `warnings` counts answers that would have been refused under enforcement.
    """

    def __init__(self) -> None:
        """Assume the slowest tier until told otherwise."""
        self.tier = STANDARD
        self.remaining: float | None = None
        self.warnings = 0
        self._orders = _order_bucket(STANDARD)
        self._held_until_ns = 0

    def observe(self, *, remaining: float | None, tier: str | None, is_warning: bool) -> None:
        """Take the limiter's headers of one answer; `None` is what they did not say."""
        if remaining is not None:
            self.remaining = remaining
        self.warnings += is_warning
        name = tier.lower() if tier else self.tier
        if name != self.tier:
            self.tier = name
            self._orders = _order_bucket(name)

    def hold_off(self, seconds: float, now_ns: int) -> None:
        """Let no order leave for a while: the exchange asked for it."""
        self._held_until_ns = max(self._held_until_ns, now_ns + round(seconds * NS_PER_S))

    def is_held(self, now_ns: int) -> bool:
        """Return True while the exchange wants no orders."""
        return now_ns < self._held_until_ns

    def admit(self, now_ns: int) -> bool:
        """Return True when one more order may leave, and count it."""
        return self._orders.take(1, now_ns)


def _order_bucket(name: str) -> TokenBucket:
    tier = TIERS.get(name, TIERS[STANDARD])
    return TokenBucket(tier.orders_per_s * 4 // 5, tier.order_burst * 4 // 5)
