"""POL that came or went, against the gas of the transactions that the wallet command wrote down.

What leaves without a transaction of ours is the first sign of a key in other hands.
"""

from __future__ import annotations

from pathlib import Path

from bot.domain.errors import JournalError
from bot.domain.events import TransactionMined
from bot.journal import JournalPosition, read_after
from bot.journal.segment import segments

WEI_PER_POL = 10**18


class GasBook:
    """Compares with the first look of this process: what was before is taken as it was."""

    def __init__(self, directory: Path) -> None:
        """Follow the wallet command's journal, which need not exist."""
        self._directory = directory
        self._position: JournalPosition | None = None
        self._spent_pol = 0.0
        self._start: tuple[int, float] | None = None

    def mismatch_pol(self, gas_wei: int) -> float:
        """Return POL that came (or, negative, went) unexplained since the first call.

        Raises JournalError when the journal cannot be read.
        """
        self._follow()
        if self._start is None:
            self._start = gas_wei, self._spent_pol
        start_wei, start_spent_pol = self._start
        return (gas_wei - start_wei) / WEI_PER_POL + self._spent_pol - start_spent_pol

    def _follow(self) -> None:
        if not segments(self._directory):
            return  # nobody moved anything yet
        try:
            for position, event in read_after(self._directory, self._position):
                self._position = position
                if isinstance(event, TransactionMined):
                    self._spent_pol += event.gas_cost_pol
        except JournalError:
            self._position, self._spent_pol, self._start = None, 0.0, None
            raise
