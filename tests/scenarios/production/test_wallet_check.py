"""The wallet exporter beside a production bot: settling is no mismatch, and theft is one."""

from functools import partial
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.domain.events import OrderFilled, TradeStateChanged
from bot.domain.ledger import Key, trade_key
from bot.domain.reports import TradeState
from bot.domain.units import NS_PER_S
from bot.sandbox.exchange.account import CASH
from exporters.wallet.amounts import Amounts, Comparison, compare
from exporters.wallet.ledger import CLOCKS_NS, JournalLedger
from tests.scenarios.production.stage import NO, YES, Stage, open_stage

TRADES = 4
FINAL = {TradeState.CONFIRMED, TradeState.FAILED}
NOTHING = pytest.approx((0.0, 0.0, 0.0), abs=1e-4)
"""To a hundredth of a cent: cash is rounded once a fill."""


async def look(stage: Stage, ledger: JournalLedger, later_ns: int = 0) -> Comparison:
    """What an exporter would find now: the exchange moves balances where the chain would.

    The bot is given the time to write down what the exchange tells it, however long it takes.
    """
    account = stage.exchange.hall.accounts()[0]
    chain = Amounts(account.balance(CASH), account.balance(YES), account.balance(NO))
    block_ns = SystemClock().now_ns() + later_ns
    await stage.until(partial(has_told_fills, stage))
    ledger.follow()
    return compare(ledger.claim(block_ns // NS_PER_S * NS_PER_S), chain)


def matches(stage: Stage) -> set[Key]:
    """What the bot traded, as the exchange has it."""
    hall = stage.exchange.hall
    legs = ((trade, leg.order_id) for trade in hall.trades.values() for leg in trade.legs)
    return {trade_key(trade.trade_id, name) for trade, name in legs if name in hall.orders}


def has_told_fills(stage: Stage) -> bool:
    """True once every match is in the journal."""
    told = (each for each in stage.journal() if isinstance(each, OrderFilled))
    return matches(stage) <= {trade_key(each.trade_id, each.order_id) for each in told}


def has_told_ends(stage: Stage) -> bool:
    """True once the journal says of every match that it is settled, or that it failed."""
    told = (each for each in stage.journal() if isinstance(each, OrderFilled | TradeStateChanged))
    ended = {trade_key(each.trade_id, each.order_id) for each in told if each.state in FINAL}
    return matches(stage) <= ended


def is_quoting(stage: Stage, run: int) -> bool:
    """True once the run has told its account; until then nothing is compared."""
    return len(stage.open_orders()) >= 2 and stage.is_reporting(run)


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
            for _ in range(TRADES):
                await stage.until(stage.hit, process)
                found = await look(stage, ledger)
                in_flight = max(in_flight, found.in_flight)
                assert NOTHING == found.mismatch_usd
            await stage.until(partial(has_told_ends, stage), process)
            await stage.until(stage.hit, process)  # one is on its way when the bot dies
            assert NOTHING == (await look(stage, ledger)).mismatch_usd
            await stage.kill(process)
        assert in_flight > 0
        await stage.until(stage.is_settled)
        assert NOTHING == (await look(stage, ledger)).mismatch_usd  # the journal outlives the bot
        stage.take_cash(3_000_000)
        # In a block that all the others are behind: a purchase and a sale on their way could take
        # some cents upon themselves, one alone cannot.
        found = await look(stage, ledger, CLOCKS_NS + NS_PER_S)
        assert found.in_flight <= 1
        assert pytest.approx((-3.0, 0.0, 0.0), abs=1e-4) == found.mismatch_usd
