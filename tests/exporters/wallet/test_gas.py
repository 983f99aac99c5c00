"""POL that goes without a transaction of ours is told."""

from pathlib import Path

import pytest

from bot.domain.errors import JournalError
from bot.domain.events import TransactionMined
from bot.journal import Journal
from bot.journal.segment import segments
from exporters.wallet.gas import WEI_PER_POL, GasBook


def mined(directory: Path, at_ns: int, gas_pol: float) -> None:
    """The wallet command writes down what a transaction cost."""
    journal = Journal(directory, at_ns)
    journal.publish(
        TransactionMined(
            seq=1,
            ts_ns=at_ns,
            run_id="wallet",
            operation="approve",
            transaction_hash="0xaa",
            succeeded=True,
            gas_cost_pol=gas_pol,
        )
    )
    journal.close()


def test_what_was_before_is_taken_as_it_was(tmp_path: Path) -> None:
    """Without a journal, and with old transactions in it."""
    assert 0.0 == GasBook(tmp_path).mismatch_pol(WEI_PER_POL)
    mined(tmp_path, 1, 0.25)
    assert 0.0 == GasBook(tmp_path).mismatch_pol(WEI_PER_POL)


def test_our_own_gas_is_explained_and_other_losses_are_not(tmp_path: Path) -> None:
    """What comes is told as well."""
    book = GasBook(tmp_path)
    book.mismatch_pol(2 * WEI_PER_POL)
    mined(tmp_path, 1, 0.25)
    assert 0.0 == book.mismatch_pol(WEI_PER_POL * 7 // 4)
    assert -0.5 == book.mismatch_pol(WEI_PER_POL * 5 // 4)
    assert 1.25 == book.mismatch_pol(3 * WEI_PER_POL)


def test_a_journal_that_cannot_be_read_is_no_answer(tmp_path: Path) -> None:
    """And the count begins again afterwards."""
    mined(tmp_path, 1, 0.25)
    path = segments(tmp_path)[0]
    whole = path.read_bytes()
    path.write_bytes(whole + b"{damaged}\n")
    book = GasBook(tmp_path)
    with pytest.raises(JournalError, match="damaged"):
        book.mismatch_pol(WEI_PER_POL)
    path.write_bytes(whole)
    assert 0.0 == book.mismatch_pol(WEI_PER_POL)
