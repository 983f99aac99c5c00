"""Looks at chain and ledger every minute and shows what they say of each other.

A look that fails is counted and said once; what the last good one showed stays, with its time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from bot.domain.errors import InputError, JournalError, VenueUnavailable
from bot.domain.ports import Clock
from bot.domain.units import NS_PER_S
from bot.wallet.chain import Balances
from exporters.pace import every_minute
from exporters.wallet.amounts import Amounts, Comparison, compare
from exporters.wallet.export import WalletMetrics
from exporters.wallet.gas import GasBook
from exporters.wallet.ledger import JournalLedger

LOOK_AGE_S_MAX = 300.0
"""The process hangs when it has not looked for so long: a look at dead nodes takes a minute."""
BLOCK_AGE_S_MAX = 300
"""Nodes whose newest common block is older stand still; a block takes two seconds."""


class Result(StrEnum):
    """What came of a look; the values of balance.RESULT."""

    COMPARED = "compared"
    NO_CHAIN = "no_chain"
    NO_LEDGER = "no_ledger"


class ChainReader(Protocol):
    """What is asked of the chain; `bot.wallet.chain.Chain` is one."""

    def balances(self, address: str, payer: str, tokens: Sequence[str]) -> Balances:
        """Return what the wallet holds. Raises VenueUnavailable when nobody can be believed."""
        ...


class Look(msgspec.Struct, frozen=True):
    """One look: what the chain said, what came of the comparison, and what stood in the way.

    `balances` is `None` without a chain, `found` without a comparison, `trouble` when all is well.
    """

    result: Result
    balances: Balances | None = None
    found: Comparison | None = None
    trouble: str | None = None


class WalletHealth(msgspec.Struct, frozen=True):
    """How the process is. A chain that is away is told, but restarting this would not help."""

    is_alive: bool
    trouble: str | None

    @property
    def is_well(self) -> bool:
        """True while it looks."""
        return self.is_alive


class WalletService:
    """One wallet, its chain, its ledger and its metrics.

    `node_failures` is the running count of the chain's nodes; `say` gets one line whenever the
    trouble changes, or is over.
    """

    def __init__(
        self,
        chain: ChainReader,
        ledger: JournalLedger,
        gas: GasBook,
        *,
        wallet: tuple[str, str],
        clock: Clock,
        metrics: WalletMetrics,
        node_failures: Callable[[], int],
        say: Callable[[str], None],
    ) -> None:
        """Look at nothing yet. `wallet` is its address and that of who pays the gas."""
        self._chain = chain
        self._ledger = ledger
        self._gas = gas
        self._wallet = wallet
        self._clock = clock
        self._metrics = metrics
        self._node_failures = node_failures
        self._say = say
        self._failures_told = 0
        self._looked_ns: int | None = None
        self._trouble: str | None = None

    def step(self) -> Look:
        """Look once and show it."""
        look = self._look()
        failures = self._node_failures()
        self._metrics.count(look.result, failures - self._failures_told)
        self._failures_told = failures
        if look.found is not None:
            self._metrics.show(look.found, self._clock.now_ns() / NS_PER_S)
        if look.trouble != self._trouble:
            self._say(look.trouble or "chain and ledger are compared again")
        self._trouble = look.trouble
        self._looked_ns = self._clock.now_ns()
        return look

    def run(self, wait: Callable[[float], bool]) -> None:
        """Look every minute until `wait(seconds)` returns True."""
        every_minute(self.step, self._clock, wait)

    def health(self) -> WalletHealth:
        """Tell whether it looks."""
        looked_ns = self._looked_ns
        age_s = None if looked_ns is None else (self._clock.now_ns() - looked_ns) / NS_PER_S
        return WalletHealth(age_s is not None and age_s <= LOOK_AGE_S_MAX, self._trouble)

    def _look(self) -> Look:
        trouble = self._follow()
        try:
            balances = self._fresh(self._chain.balances(*self._wallet, self._ledger.tokens))
        except VenueUnavailable as error:
            return Look(Result.NO_CHAIN, trouble=f"chain: {error}")
        self._show_chain(balances)
        # What happened since the block is in the journal by now, as a match on its way.
        trouble = trouble or self._follow()
        if trouble is not None:
            return Look(Result.NO_LEDGER, balances, trouble=trouble)
        try:
            return Look(Result.COMPARED, balances, self._compared(balances))
        except InputError as error:
            return Look(Result.NO_LEDGER, balances, trouble=f"ledger: {error}")

    def _follow(self) -> str | None:
        try:
            self._ledger.follow()
        except (JournalError, OSError) as error:
            return f"ledger: {error}"
        return None

    def _fresh(self, balances: Balances) -> Balances:
        age_s = self._clock.now_ns() // NS_PER_S - balances.time_s
        if age_s > BLOCK_AGE_S_MAX:
            raise VenueUnavailable(
                f"the nodes stand still: block {balances.block} is {age_s} s old"
            )
        return balances

    def _show_chain(self, balances: Balances) -> None:
        try:
            mismatch_pol = self._gas.mismatch_pol(balances.gas_wei)
        except (JournalError, OSError):
            mismatch_pol = None
        self._metrics.show_chain(balances, mismatch_pol)

    def _compared(self, balances: Balances) -> Comparison:
        claim = self._ledger.claim(balances.time_s * NS_PER_S)
        if balances.tokens.keys() != set(self._ledger.tokens):
            raise InputError("another run began during the look")  # whose tokens were not asked for
        yes, no = (balances.tokens[token] for token in self._ledger.tokens)
        found = compare(claim, Amounts(balances.pusd, yes, no))
        self._ledger.learn(found)
        return found
