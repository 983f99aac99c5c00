"""The money guard of one bot: equity over all markets, the kill switch, and its latch on disk."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Protocol

from bot.domain import events
from bot.domain.book import VALID
from bot.domain.ledger import MarketLedger
from bot.domain.market import Outcome, TokenId
from bot.engine.equity import equity_marked
from bot.engine.publisher import Publisher
from bot.engine.tokens import TokenState
from bot.risk.kill_switch import KillSwitch, Latch
from bot.risk.limits import RiskLimits

CARRY_STEP = 10_000
"""A cent: smaller changes of the loss are not worth a write."""


class LatchStore(Protocol):
    """Where the kill switch survives the process."""

    def load(self) -> Latch | None:
        """Return the latch when the switch has tripped."""
        ...

    def carried_loss(self) -> int:
        """Return the loss of earlier runs since the switch was last armed, cash."""
        ...

    def carry(self, loss: int) -> None:
        """Remember the loss so far for the next run. Raises OSError when the disk refuses."""
        ...

    def save(self, latch: Latch) -> None:
        """Make the latch durable before returning. Raises OSError when the disk refuses."""
        ...


class Guard:
    """Marks every ledger at the YES mid and trips when the loss reaches the limit.

    A book that is not valid says nothing, and neither does one without any order of others, as an
    exchange that restarts may show it: the market stays at its last mark. A valid book that lost
    one side is a market that ran: a long position is then worth the bid that is left, maybe 0.
    """

    def __init__(
        self,
        limits: RiskLimits,
        ledgers: Mapping[str, MarketLedger],
        tokens: Mapping[TokenId, TokenState],
        publisher: Publisher,
        latch: LatchStore | None,
    ) -> None:
        """Start from the latch when there is one: a tripped switch stays tripped."""
        self._ledgers = ledgers
        self._yes = {
            state.market.slug: state for state in tokens.values() if state.outcome is Outcome.YES
        }
        self._out = publisher
        self._store = latch
        self._carried = latch.carried_loss() if latch else 0
        self._noted_loss = self._carried
        self._switch = KillSwitch(limits, latch.load() if latch else None, reference=self._carried)
        self._unkept: Latch | None = None
        self._outcome: dict[str, int] = {}
        self._equity: dict[str, int] = dict.fromkeys(ledgers, 0)
        self._peak: dict[str, int] = dict.fromkeys(ledgers, 0)

    @property
    def is_tripped(self) -> bool:
        """True once trading has to stop for good."""
        return self._switch.is_tripped

    def mark(self, slug: str, now_ns: int) -> None:
        """Value one market at its present mid and let the kill switch see the sum of all."""
        price = self._price(slug)
        if price is None:
            return
        self._equity[slug] = self._ledgers[slug].mark(price).equity
        self._peak[slug] = max(self._peak[slug], self._equity[slug])
        equity = sum(self._equity.values())
        self._act(self._switch.observe(equity, now_ns), now_ns)
        if not self.is_tripped:  # a person may have armed it again, and this run is over
            self._carry(max(0, self._carried - equity))

    def resolve(self, slug: str, worth: int, now_ns: int) -> None:
        """Value one market at its outcome from now on: what a YES is worth, 10,000 or 0."""
        self._outcome[slug] = worth
        self.mark(slug, now_ns)

    def keep_latch(self) -> None:
        """Make a trip durable, unless it is: what the disk refused is tried again by the caller."""
        if self._unkept is None or self._store is None:
            return
        # The switch has tripped in memory: a disk that refuses must not stop the cancels.
        with contextlib.suppress(OSError):
            self._store.save(self._unkept)
            self._unkept = None

    def on_unknown_outcome(self, now_ns: int) -> None:
        """Count an answer that proved nothing; too many of them trip the switch."""
        self._act(self._switch.on_unknown_outcome(now_ns), now_ns)

    def on_unbooked_fill(self, now_ns: int) -> None:
        """Trip the switch: with a fill in no ledger, position and loss are not what we think."""
        self._act(self._switch.on_unbooked_fill(now_ns), now_ns)

    def publish_equity(self, slug: str, now_ns: int) -> None:
        """Publish the account of one market; nothing before its first mid."""
        ledger, state = self._ledgers[slug], self._yes[slug]
        mid = self._outcome.get(slug, state.mids[-1][1] if state.mids else None)
        if mid is None:
            return
        worth = ledger.mark(mid)
        stamp = self._out.stamp(now_ns, slug)
        self._out.publish(equity_marked(stamp, state.market, ledger, worth, self._peak[slug]))

    def _carry(self, loss: int) -> None:
        """Note the loss for the next run when it has changed by enough to write it."""
        if self._store is None or abs(loss - self._noted_loss) < CARRY_STEP:
            return
        with contextlib.suppress(OSError):
            self._store.carry(loss)
            self._noted_loss = loss

    def _price(self, slug: str) -> float | None:
        """The outcome, else the mid of a valid book, else what our position could be closed at."""
        if slug in self._outcome:
            return self._outcome[slug]
        state = self._yes[slug]
        if state.book.state is not VALID:
            return None
        mid = state.mid
        if mid is not None:
            return mid
        touch = state.own.others(state.book)
        if not touch.best_bid_size and not touch.best_ask_size:
            return None
        return touch.best_bid if self._ledgers[slug].net_size > 0 else touch.best_ask

    def _act(self, latch: Latch | None, now_ns: int) -> None:
        if latch is None:
            return
        self._unkept = latch
        self.keep_latch()
        self._out.publish(
            events.KillSwitchTripped(
                **self._out.stamp(now_ns), reason=latch.reason, loss=latch.loss
            )
        )
