"""The wallet exporter beside a production bot: settling is no mismatch, and theft is one."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.domain.events import FeedCounted, RunStarted
from bot.domain.units import NS_PER_S
from bot.sandbox.exchange.account import CASH
from exporters.wallet.amounts import Amounts, Comparison, compare
from exporters.wallet.ledger import JournalLedger
from tests.scenarios.production.stage import NO, YES, Stage, open_stage

FLUSHED_S = 1.0
"""By then the bot has written down what the exchange had told it."""
NOTHING = pytest.approx((0.0, 0.0, 0.0), abs=1e-4)
"""To a hundredth of a cent: cash is rounded once a fill."""


async def look(stage: Stage, ledger: JournalLedger) -> Comparison:
    """What an exporter would find now: the exchange moves balances where the chain would."""
    account = stage.exchange.hall.accounts()[0]
    chain = Amounts(account.balance(CASH), account.balance(YES), account.balance(NO))
    block_ns = SystemClock().now_ns()
    await asyncio.sleep(FLUSHED_S)
    ledger.follow()
    return compare(ledger.claim(block_ns // NS_PER_S * NS_PER_S), chain)


def is_quoting(stage: Stage, run: int) -> bool:
    """True once the run has told its account; until then nothing is compared."""
    kinds = [type(each) for each in stage.journal()]
    if kinds.count(RunStarted) < run or len(stage.open_orders()) < 2:
        return False
    return FeedCounted in kinds[len(kinds) - kinds[::-1].index(RunStarted) :]


@pytest.mark.slow
async def test_trades_restarts_and_failures_are_no_mismatch_and_theft_is(tmp_path: Path) -> None:
    """Looks while trades settle and fail, after kill -9 with holdings, and when cash goes."""
    async with open_stage(tmp_path, seed=3) as stage:
        stage.faults(failed=0.3, retrying=0.2, duplicate=0.2)
        ledger = JournalLedger(tmp_path / "journal")
        in_flight = 0
        for run in (1, 2):  # the second takes over what the first one held
            process = await stage.start()
            await stage.until(partial(is_quoting, stage, run), process)
            for _ in range(5):
                stage.hit()
                found = await look(stage, ledger)
                in_flight = max(in_flight, found.in_flight)
                assert NOTHING == found.mismatch_usd
            await stage.kill(process)
        assert in_flight > 0
        assert NOTHING == (await look(stage, ledger)).mismatch_usd  # the journal outlives the bot
        stage.take_cash(3_000_000)
        cash, yes, no = (await look(stage, ledger)).mismatch_usd
        # A buy and a sell on their way may take some cents of it upon themselves, but no dollar.
        assert pytest.approx(-3.0, abs=0.99) == cash
        assert (0.0, 0.0) == (yes, no)
