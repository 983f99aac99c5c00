"""Killing the production bot at random moments while it trades, and reading both books after."""

from __future__ import annotations

import asyncio
import contextlib

from tests.scenarios.production.stage import Stage

LOST_ANSWERS = 0.2
"""Share of orders that rest while their answer never comes."""


async def kill_often(stage: Stage, times: int) -> list[str]:
    """Kill -9 so often, under fills and lost answers; return what the two books disagree about.

    Each run is killed between 0 and 1.2 s after its first order, some before they quote at all.
    """
    stage.faults(lose_answer=LOST_ANSWERS, hold_s=0.3, failed=0.1, duplicate=0.2, reorder=0.2)
    for _ in range(times):
        process = await stage.start()
        if stage.rng.random() < 0.1:
            await asyncio.sleep(stage.rng.random() * 3)
        else:
            await stage.until(lambda: bool(stage.open_orders()), process)
            await stage.trade(stage.rng.random() * 1.2, every_s=0.06)
        await stage.kill(process)
        stage.hit()  # somebody may trade with what a dead bot left
    stage.faults(lose_answer=0.0)
    runs = len(stage.runs())
    process = await stage.start(PMM_ENGINE__STRATEGY__ORDER_SIZE="1000000")  # too small to quote
    await stage.until(lambda: stage.is_reporting(runs + 1), process)
    await stage.until(lambda: stage.is_settled() and not stage.open_orders(), process)
    with contextlib.suppress(TimeoutError):  # what is settled has to be told, and reported
        await stage.until(lambda: not stage.accounts_differ(), process)
    code, text = await stage.end(process)
    differences = stage.accounts_differ()
    if code != 0 or "no order rests" not in text:
        differences.append(text[-500:])
    return differences
