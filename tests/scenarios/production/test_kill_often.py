"""A bot that dies loses no fill, doubles none, and leaves no order behind."""

from pathlib import Path

import pytest

from tests.bot.sandbox.exchange.world import MovableClock
from tests.scenarios.production.kill_often import kill_often
from tests.scenarios.production.stage import open_stage

GONE_S = 15.0


@pytest.mark.slow
async def test_after_kill_9_the_books_of_bot_and_exchange_agree(tmp_path: Path) -> None:
    """Six times at random moments, with fills, lost answers and trades that fail."""
    async with open_stage(tmp_path, seed=7) as stage:
        assert [] == await kill_often(stage, 6)
        assert len(stage.exchange.hall.trades) >= 5


@pytest.mark.slow
async def test_orders_of_a_dead_bot_are_gone_within_15_s(tmp_path: Path) -> None:
    """Its heart has stopped; nobody has to start it again for that."""
    clock = MovableClock()
    async with open_stage(tmp_path, clock=clock) as stage:
        process = await stage.start()
        await stage.until(lambda: len(stage.open_orders()) >= 2, process)
        await stage.kill(process)
        assert stage.open_orders()
        clock.skip(GONE_S)
        stage.exchange.advance(clock.now_ns())
        assert [] == stage.open_orders()
