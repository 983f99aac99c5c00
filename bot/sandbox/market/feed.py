"""The way from the exchange to us: delay, and frames that never arrive."""

from __future__ import annotations

import math
from random import Random

from bot.domain.units import NS_PER_MS, NS_PER_S
from bot.sandbox.market.config import GeneratedMarketConfig
from bot.sandbox.market.traders import purpose_rng

_DELAY_SIGMA = 0.35
_SPIKE_S = (1.0, 6.0)
"""Real feeds have a 99th percentile of seconds (Dubach, arXiv 2604.24366)."""
_NS_PER_US = 1_000


class FeedLine:
    """One connection: frames arrive in the order they were sent, late ones hold up the rest."""

    def __init__(self, config: GeneratedMarketConfig) -> None:
        """Draw delays and losses from generators of their own, so neither changes the other."""
        self._delay_rng: Random = purpose_rng(config, "delay")
        self._loss_rng: Random = purpose_rng(config, "loss")
        self._log_median_ns = math.log(config.feed_delay_ms * NS_PER_MS)
        self._spike_ratio = config.feed_spike_ratio
        self._arrived_ns = 0

    def arrival_ns(self, sent_ns: int) -> int:
        """Return when a frame sent at `sent_ns` arrives: whole microseconds, never decreasing."""
        rng = self._delay_rng
        delay_ns = rng.lognormvariate(self._log_median_ns, _DELAY_SIGMA)
        if rng.random() < self._spike_ratio:
            delay_ns += rng.uniform(*_SPIKE_S) * NS_PER_S
        arrives_ns = (sent_ns + int(delay_ns)) // _NS_PER_US * _NS_PER_US
        self._arrived_ns = max(self._arrived_ns, arrives_ns)
        return self._arrived_ns

    def is_lost(self, ratio: float) -> bool:
        """Return whether a frame of a kind that is lost at `ratio` never arrives."""
        return self._loss_rng.random() < ratio
