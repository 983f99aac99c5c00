"""What the exchange pays besides the trades, and whether it has come to the chain.

Rewards and rebates of a day are paid some time after its end, each in one sum, as the exchange's
documentation says. The journal tells what was earned, never what was paid. So a day's sum may be on
the chain or not, whole, until a look that leaves nothing to alert of shows that it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.events import IncomeReported
from bot.domain.units import CASH_SCALE, NS_PER_S

DAYS = 3
"""So long after its end a day may still be paid; more days would explain too much."""
LEAST = CASH_SCALE // 100
"""Less than a cent explains nothing."""

Key = tuple[str, str]
"""(day as YYYY-MM-DD, what is paid)."""


class IncomeBook:
    """The income of one run. `paid` is what came to the chain since it began, cash."""

    def __init__(self) -> None:
        """Know of nothing."""
        self._run_id = ""
        self._earned: dict[Key, int] = {}
        self._paid: dict[Key, int] = {}
        self._offered: tuple[Key, ...] = ()

    @property
    def paid(self) -> int:
        """What is on the chain for certain, cash."""
        return sum(self._paid.values())

    def begin(self, run_id: str) -> None:
        """Take that a run began: what was paid before is in its opening cash."""
        if run_id != self._run_id:
            self._run_id = run_id
            self._earned, self._paid, self._offered = {}, {}, ()

    def take(self, event: IncomeReported) -> None:
        """Take what was earned on a day so far."""
        self._earned[event.day, "rewards"] = round(event.rewards_usd * CASH_SCALE)
        self._earned[event.day, "rebates"] = round(event.rebates_usd * CASH_SCALE)

    def offer(self, block_ns: int) -> tuple[int, ...]:
        """Return the sums that a block of that time may have or not, cash, newest day first."""
        today = datetime.fromtimestamp(block_ns / NS_PER_S, UTC).date()
        oldest = (today - timedelta(days=DAYS)).isoformat()
        days = sorted(self._earned, reverse=True)
        open_keys = [key for key in days if oldest <= key[0] < today.isoformat()]
        self._offered = tuple(key for key in open_keys if self._left(key) >= LEAST)
        return tuple(self._left(key) for key in self._offered)

    def settle(self, is_paid: Sequence[bool]) -> None:
        """Take which of the sums offered last are on the chain; of those left out nothing."""
        for key, is_there in zip(self._offered, is_paid, strict=False):
            if is_there:
                self._paid[key] = self._earned[key]
        self._offered = ()

    def _left(self, key: Key) -> int:
        return self._earned[key] - self._paid.get(key, 0)
