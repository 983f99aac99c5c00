"""Orders that were taken while the answer got lost: all end known, and none leaves twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.domain import events
from tests.scenarios.production.faults import is_safe
from tests.scenarios.production.stage import PATIENCE_S, Stage, open_stage

ORDERS = 30


def count(stage: Stage, kind: type[events.Event]) -> int:
    """How many events of a kind the journal has."""
    return sum(isinstance(each, kind) for each in stage.journal())


@pytest.mark.slow
async def test_many_orders_with_lost_answers_all_end_known(tmp_path: Path) -> None:
    """Seven of ten answers are cut off, the user channel is late, and takers come meanwhile."""
    late = {"user": {"median_ms": 700.0, "sigma": 0.3}}
    async with open_stage(tmp_path) as stage:
        process = await stage.start()
        await stage.until(lambda: len(stage.open_orders()) >= 2, process)
        stage.faults(lose_answer=0.7, hold_s=0.2, latency=late)
        async with asyncio.timeout(PATIENCE_S):
            while len(stage.exchange.hall.orders) < ORDERS:
                await stage.walk(1.2)
                stage.hit(0.5)
        stage.faults(lose_answer=0.0, latency={})
        await stage.until(lambda: is_safe(stage), process)
        code, _ = await stage.end(process)
        assert (0, [], []) == (code, stage.open_orders(), stage.accounts_differ())
        orders = set(stage.exchange.hall.orders)
        assert count(stage, events.OrderLost) >= ORDERS // 4
        told = stage.journal()
        sent = [each.order_id for each in told if isinstance(each, events.OrderSent)]
        refused = {each.order_id for each in told if isinstance(each, events.OrderRejected)}
        assert orders == set(sent) - refused  # a book that moves may cross an order on its way
        assert len(sent) == len(set(sent))
