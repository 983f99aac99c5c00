"""How far back trades are asked for: enough to miss nothing, and never further and further.

A trade that never becomes final would otherwise have every comparison read all trades since. So
what is unsettled for minutes is asked for every few minutes only, and what is unsettled for a day
no more: it is pending for good, and *PmmTradesHang* has told of it since its third minute.
"""

from __future__ import annotations

from bot.domain.units import NS_PER_S
from bot.venues.polymarket.settlement import Settlement

TRADES_BACK_S = 180
"""Trades are asked for from this long before the oldest one not settled, or before the lists were
last read: what was matched while the exchange could not be reached is still to be heard of. At a
start, from this long before the oldest order of which something may still come."""
NEAR_NS = 600 * NS_PER_S
"""Trades settle in seconds, in slow times within a minute (polymarket.md 8.4). What takes longer
than this is asked for once in as long."""
FAR_NS = 86_400 * NS_PER_S
"""What takes longer than this is not asked for: a start asks no further back either."""


class LookBack:
    """From when the next list of trades has to be asked for."""

    def __init__(self, settlement: Settlement, now_ns: int) -> None:
        """Everything up to now was read."""
        self._settlement = settlement
        self._read_ns = self._read_far_ns = now_ns

    def after_s(self, now_ns: int) -> int:
        """Return since when, epoch seconds."""
        reach_ns = FAR_NS if self._is_far_due(now_ns) else NEAR_NS
        pending_ns = self._settlement.pending_since_ns(now_ns - reach_ns)
        since_ns = self._read_ns if pending_ns is None else min(pending_ns, self._read_ns)
        return since_ns // NS_PER_S - TRADES_BACK_S

    def was_read(self, asked_ns: int) -> None:
        """Take that the list asked for at `asked_ns` came."""
        if self._is_far_due(asked_ns):
            self._read_far_ns = asked_ns
        self._read_ns = asked_ns

    def _is_far_due(self, now_ns: int) -> bool:
        return now_ns - self._read_far_ns >= NEAR_NS
