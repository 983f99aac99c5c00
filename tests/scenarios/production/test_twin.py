"""Production on the local exchange beside its twin: compared order by order, never in its way."""

from __future__ import annotations

import asyncio
import os
import signal
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from bot.domain import events
from bot.domain.agreement import Agreement
from bot.domain.market import TokenId
from tests.ports import free_port
from tests.scenarios.production.stage import PATIENCE_S, Followed, Stage, open_stage

TWIN_GONE = "the twin is silent from now on"
UP = "pmm_twin_up 1.0"


def twin_of(state_dir: Path) -> Followed:
    """The twin's own journal."""
    return Followed(state_dir / "twin" / "journal")


@pytest.mark.slow
async def test_every_order_is_compared_with_its_twin(tmp_path: Path) -> None:
    """Same decisions at the same times; what was filled is told for both sides, in own journals."""
    twin = twin_of(tmp_path)
    async with open_stage(tmp_path) as stage:
        process = await stage.start()
        await stage.until(lambda: len(stage.open_orders()) >= 2, process)
        await stage.trade(4.0)
        async with asyncio.timeout(PATIENCE_S):
            while not filled_decisions(twin.told()) & filled_decisions(stage.journal()):
                await stage.trade(1.0)
        code, text = await stage.end(process)
        assert (0, []) == (code, stage.accounts_differ())
        assert TWIN_GONE not in text
    real, paper = stage.journal(), twin.told()
    decided, copied = (
        [
            (each.ts_ns, each.decision_id, each.token, each.side, each.price, each.size)
            for each in told
            if isinstance(each, events.OrderSubmitted)
        ]
        for told in (real, paper)
    )
    filled = {each.order_id for each in real if isinstance(each, events.OrderFilled)}
    compared = {each.order_id: each for each in paper if isinstance(each, events.OrderCompared)}
    counts = Counter(each.agreement for each in compared.values())
    assert decided == copied
    assert len(decided) == len(compared)
    assert filled == {i for i, each in compared.items() if each.filled_production}
    assert counts[Agreement.BOTH] >= 1
    assert isinstance(paper[-1], events.RunStopped)


def filled_decisions(told: list[events.Event]) -> set[tuple[int, TokenId | None, int]]:
    """Decision, token and price of each order with a fill: both sides name orders differently."""
    filled = {each.order_id for each in told if isinstance(each, events.OrderFilled)}
    return {
        (each.decision_id, each.token, each.price)
        for each in told
        if isinstance(each, events.OrderSubmitted) and each.order_id in filled
    }


async def trades_on(stage: Stage, process: asyncio.subprocess.Process) -> str:
    """Let production trade after its twin was lost, and end it; return what it said."""
    traded = len(stage.exchange.hall.trades)
    await stage.trade(2.0)
    await stage.until(lambda: len(stage.exchange.hall.trades) > traded or stage.hit(), process)
    await stage.until(stage.is_settled, process)
    code, text = await stage.end(process)
    assert (0, [], []) == (code, stage.open_orders(), stage.accounts_differ())
    return text


async def twin_pid(stage: Stage, process: asyncio.subprocess.Process) -> int:
    """The process that holds the lock of the twin's journal, once there is one."""
    lock = stage.state_dir / "twin" / "journal" / "journal.lock"
    await stage.until(lambda: lock.exists() and bool(lock.read_text()), process)
    return int(lock.read_text())


@pytest.mark.slow
async def test_production_trades_on_without_a_twin_that_cannot_start(tmp_path: Path) -> None:
    """It is said once; orders, fills and cash are the exchange's."""
    (tmp_path / "twin").write_text("in the way of its directory")
    async with open_stage(tmp_path) as stage:
        process = await stage.start()
        await stage.until(lambda: len(stage.open_orders()) >= 2, process)
        text = await trades_on(stage, process)
    assert 1 == text.count(TWIN_GONE)
    assert "it ended with code 1" in text


@pytest.mark.slow
async def test_production_trades_on_without_a_twin_that_dies(tmp_path: Path) -> None:
    """In the middle of trading; the metrics of production tell it."""
    async with open_stage(tmp_path) as stage:
        port = free_port()
        process = await stage.start(PMM_METRICS_PORT=str(port))
        await stage.until(lambda: len(stage.open_orders()) >= 2, process)
        pid = await twin_pid(stage, process)
        before = await scraped(port)
        os.kill(pid, signal.SIGKILL)
        await stage.trade(1.5)
        after = await scraped(port)
        async with asyncio.timeout(PATIENCE_S):
            while UP in after:
                after = await scraped(port)
        text = await trades_on(stage, process)
    assert (True, True) == (UP in before, "pmm_twin_failures_total 0.0" in before)
    assert (True, True) == ("pmm_twin_up 0.0" in after, "pmm_twin_failures_total 1.0" in after)
    assert 1 == text.count(TWIN_GONE)


@pytest.mark.slow
async def test_production_trades_on_beside_a_twin_that_hangs(tmp_path: Path) -> None:
    """It neither waits for it while trading nor for ever at the end."""
    async with open_stage(tmp_path) as stage:
        process = await stage.start()
        await stage.until(lambda: len(stage.open_orders()) >= 2, process)
        os.kill(await twin_pid(stage, process), signal.SIGSTOP)
        text = await trades_on(stage, process)
    assert 1 == text.count(TWIN_GONE)
    assert "it did not finish within 10 s" in text


async def scraped(port: int) -> str:
    """Production's metrics."""
    url = f"http://127.0.0.1:{port}/metrics"
    return await asyncio.to_thread(lambda: urllib.request.urlopen(url, timeout=10).read().decode())
