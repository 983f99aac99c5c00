"""What the recent past says: volatility, flow and toxicity, each forgetting with a half-life.

Time only goes forward in here: an observation stamped earlier than the one before it counts as made
at the same moment.
"""

from __future__ import annotations

import math

from bot.domain.market import BUY, Side
from bot.domain.units import NS_PER_S

VOLATILITY_SAMPLE_NS = 60 * NS_PER_S
"""Time between two looks of the volatility estimate."""
SMOOTHING_NS = 20 * NS_PER_S
"""Time constant by which it smooths the mid."""
TOXICITY_PRIOR_FILLS = 5.0
"""Fills of cost zero that a measured cost has to outweigh: one bad fill proves nothing."""


class Decay:
    """The factor by which old weight shrinks; half of it is gone after one half-life."""

    __slots__ = ("_last_ns", "_rate_per_ns")

    def __init__(self, half_life_s: float) -> None:
        """Start without a past. Raises ValueError unless the half-life is positive."""
        if not half_life_s > 0:
            raise ValueError(f"half-life {half_life_s} s is not positive")
        self._rate_per_ns = math.log(2) / (half_life_s * NS_PER_S)
        self._last_ns: int | None = None

    def peek(self, now_ns: int) -> float:
        """Return the factor from the last step until now, in (0, 1]; 1 before the first step."""
        if self._last_ns is None or now_ns <= self._last_ns:
            return 1.0
        return math.exp(-self._rate_per_ns * (now_ns - self._last_ns))

    def step(self, now_ns: int) -> float:
        """Return the same factor and count from now on."""
        factor = self.peek(now_ns)
        self._last_ns = now_ns if self._last_ns is None else max(now_ns, self._last_ns)
        return factor


class VolatilityEstimator:
    """Volatility of the mid: root of the moving mean of squared moves per second.

    The touch flickers by a tick without the value having moved, and squared moves would take that
    for volatility. So the mid is smoothed (exponentially, in time) and looked at once a minute; the
    variance that the smoothing takes from a random walk is given back: over a time T it leaves the
    part 1 - (tau / T) * (1 - exp(-T / tau)) of it.

    It starts at 0 and warms up over a half-life; the strategy has a floor for that.
    """

    __slots__ = (
        "_half_life_s", "_mid", "_sampled", "_sampled_ns", "_seen_ns", "_smooth", "_variance_per_s",
    )  # fmt: skip

    def __init__(self, half_life_s: float) -> None:
        """Start without a past. Raises ValueError unless the half-life is positive."""
        if not half_life_s > 0:
            raise ValueError(f"half-life {half_life_s} s is not positive")
        self._half_life_s = half_life_s
        self._mid = self._smooth = self._sampled = 0.0
        self._seen_ns: int | None = None
        self._sampled_ns = 0
        self._variance_per_s = 0.0

    def observe(self, mid: float, now_ns: int) -> None:
        """Take the mid in price units; it holds from now on."""
        if self._seen_ns is None:
            self._mid = self._smooth = self._sampled = mid
            self._seen_ns = self._sampled_ns = now_ns
            return
        held_ns = now_ns - self._seen_ns
        if held_ns > 0:
            self._seen_ns = now_ns
            kept = math.exp(-held_ns / SMOOTHING_NS)
            self._smooth = kept * self._smooth + (1.0 - kept) * self._mid
        self._mid = mid
        if now_ns - self._sampled_ns >= VOLATILITY_SAMPLE_NS:
            self._sample(now_ns)

    def _sample(self, now_ns: int) -> None:
        elapsed_s = (now_ns - self._sampled_ns) / NS_PER_S
        tau_s = SMOOTHING_NS / NS_PER_S
        left = 1.0 - tau_s / elapsed_s * (1.0 - math.exp(-elapsed_s / tau_s))
        rate = (self._smooth - self._sampled) ** 2 / (elapsed_s * left)
        kept = 0.5 ** (elapsed_s / self._half_life_s)
        self._variance_per_s = kept * self._variance_per_s + (1.0 - kept) * rate
        self._sampled, self._sampled_ns = self._smooth, now_ns

    @property
    def per_sqrt_s(self) -> float:
        """Price units per square root of a second; 0 before a first minute was seen."""
        return math.sqrt(self._variance_per_s)


class FlowEstimator:
    """Who takes: the signed share of recent taker volume, in YES terms."""

    __slots__ = ("_bought", "_decay", "_scale", "_sold")

    def __init__(self, half_life_s: float, scale: int) -> None:
        """Start without a past; `scale` is the traded size at which flow counts half.

        Raises ValueError unless both are positive.
        """
        if not scale > 0:
            raise ValueError(f"flow scale {scale} is not positive")
        self._decay = Decay(half_life_s)
        self._scale = scale
        self._bought = 0.0
        self._sold = 0.0

    def observe(self, side: Side, size: int, now_ns: int) -> None:
        """Take one trade: the taker's side on YES and its size."""
        factor = self._decay.step(now_ns)
        self._bought *= factor
        self._sold *= factor
        if side is BUY:
            self._bought += size
        else:
            self._sold += size

    def imbalance(self, now_ns: int) -> float:
        """Return (bought - sold) / (bought + sold + scale) in [-1, 1]; 0 again after a while."""
        factor = self._decay.peek(now_ns)
        total = (self._bought + self._sold) * factor
        return (self._bought - self._sold) * factor / (total + self._scale)


class ToxicityEstimator:
    """What a fill costs us by its markout, in cents per share; positive means we lose."""

    __slots__ = ("_cost", "_decay", "_weight")

    def __init__(self, half_life_s: float) -> None:
        """Start without a past. Raises ValueError unless the half-life is positive."""
        self._decay = Decay(half_life_s)
        self._cost = 0.0
        self._weight = 0.0

    def observe(self, cost_cents: float, now_ns: int) -> None:
        """Take the cost of one fill at the horizon the caller settled on."""
        factor = self._decay.step(now_ns)
        self._cost = self._cost * factor + cost_cents
        self._weight = self._weight * factor + 1.0

    def cost_cents(self, now_ns: int) -> float:
        """Return the mean cost, shrunk to 0 by five fills' weight.

        It fades with time: quotes so wide that nothing fills would otherwise stay wide for ever.
        """
        factor = self._decay.peek(now_ns)
        return self._cost * factor / (self._weight * factor + TOXICITY_PRIOR_FILLS)
