"""The kill switch: trips on a loss, on answers that prove nothing, or on accounts that are wrong.

It never forgets. What it remembers is one frozen value, the `Latch`. The caller keeps it on disk
and hands it back after a restart; only a person takes it away. Midnight, a new run and a recovered
price change nothing.
"""

from __future__ import annotations

from collections import deque

import msgspec

from bot.domain.units import NS_PER_S
from bot.risk.limits import RiskLimits


class Latch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That the switch tripped: why, at which loss (cash, negative for a gain), when (local ns)."""

    reason: str
    loss: int
    tripped_ns: int


class KillSwitch:
    """Watches equity and unknown outcomes; once tripped it stays so for its whole life.

    `reference` is the equity that losses are counted from: 0 where equity counts the flow since the
    run began.
    """

    __slots__ = ("_equity", "_limits", "_reference", "_unknown_ns", "latch")

    def __init__(
        self, limits: RiskLimits, latched: Latch | None = None, *, reference: int = 0
    ) -> None:
        """Start tripped when `latched` is what an earlier run left."""
        self.latch = latched
        self._limits = limits
        self._reference = reference
        self._equity = reference
        self._unknown_ns: deque[int] = deque(maxlen=limits.unknown_outcomes_max)

    @property
    def is_tripped(self) -> bool:
        """True from the first trip on, in this run or an earlier one."""
        return self.latch is not None

    def observe(self, equity: int, now_ns: int) -> Latch | None:
        """Take the equity of a mark; return the latch to keep when this trips the switch."""
        self._equity = equity
        if self._reference - equity < self._limits.loss_max:
            return None
        return self._trip("loss", now_ns)

    def on_unknown_outcome(self, now_ns: int) -> Latch | None:
        """Take that an answer proved nothing; return the latch to keep when this trips it."""
        unknown_ns = self._unknown_ns
        unknown_ns.append(now_ns)
        window_ns = self._limits.unknown_window_s * NS_PER_S
        if len(unknown_ns) < self._limits.unknown_outcomes_max:
            return None
        if now_ns - unknown_ns[0] > window_ns:
            return None
        return self._trip("unknown_outcomes", now_ns)

    def on_unbooked_fill(self, now_ns: int) -> Latch | None:
        """Take that a fill is in no ledger; return the latch to keep when this trips the switch."""
        return self._trip("unbooked_fill", now_ns)

    def _trip(self, reason: str, now_ns: int) -> Latch | None:
        """Latch; `None` when it was latched already."""
        if self.latch is not None:
            return None
        self.latch = Latch(reason, self._reference - self._equity, now_ns)
        return self.latch
