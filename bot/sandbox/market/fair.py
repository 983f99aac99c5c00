"""What the outcome is worth: a latent probability, and the pace of the day."""

from __future__ import annotations

import math
from random import Random

from bot.domain.units import NS_PER_S

_DAY_NS = 86_400 * NS_PER_S
_LOGIT_MAX = math.log(0.95 / 0.05)
"""The fair price stays within 0.05 to 0.95: beyond 0.04 and 0.96 the exchange changes the tick."""

_QUIET, _BUSY = 0.6, 2.2
_QUIET_MEAN_S, _BUSY_MEAN_S = 5_400.0, 1_800.0
_BUSY_SHARE = _BUSY_MEAN_S / (_QUIET_MEAN_S + _BUSY_MEAN_S)
"""A quarter of the time busy: 0.75 * 0.6 + 0.25 * 2.2 = 1, so the mean pace is 1."""


class FairValue:
    """A random walk with jumps in the logit of the price (Shaw and Dalen 2025)."""

    def __init__(
        self, rng: Random, *, start: float, vol_per_day: float, jump_size: float, start_ns: int
    ) -> None:
        """Start at probability `start`; the other two are standard deviations of the logit."""
        self._rng = rng
        self._logit = math.log(start / (1 - start))
        self._vol = vol_per_day
        self._jump_size = jump_size
        self._at_ns = start_ns
        self._price = start

    def price(self, now_ns: int) -> float:
        """Return the fair price in dollars at `now_ns`, which never goes back."""
        elapsed = now_ns - self._at_ns
        if elapsed > 0:
            self._at_ns = now_ns
            self._move(self._rng.gauss(0.0, self._vol * math.sqrt(elapsed / _DAY_NS)))
        return self._price

    def jump(self, now_ns: int) -> None:
        """Let news arrive: the logit moves by one normal step at once."""
        self.price(now_ns)
        self._move(self._rng.gauss(0.0, self._jump_size))

    def _move(self, step: float) -> None:
        self._logit = max(-_LOGIT_MAX, min(_LOGIT_MAX, self._logit + step))
        self._price = 1 / (1 + math.exp(-self._logit))


class Pace:
    """How busy the market is: quiet and busy spells of exponential length, 1 on average."""

    def __init__(self, rng: Random, activity: float) -> None:
        """Start quiet or busy, as likely as at any later time; `activity` multiplies every rate."""
        self._rng = rng
        self._activity = activity
        self._is_busy = rng.random() < _BUSY_SHARE

    @property
    def factor(self) -> float:
        """What every arrival rate is multiplied by now."""
        return self._activity * (_BUSY if self._is_busy else _QUIET)

    def switch(self) -> float:
        """Change from quiet to busy or back and return the seconds this spell will last."""
        self._is_busy = not self._is_busy
        return self.spell_s()

    def spell_s(self) -> float:
        """Return a fresh length in seconds for the present spell."""
        return self._rng.expovariate(1 / (_BUSY_MEAN_S if self._is_busy else _QUIET_MEAN_S))
