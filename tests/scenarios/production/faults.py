"""Every fault the local exchange can be ordered to have, one after the other on one running bot."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import Sequence

import msgspec

from bot.domain import events
from bot.domain.messages import TickSizeChange
from bot.sandbox.exchange.refusals import Reason
from tests.scenarios.production.stage import MARKET, YES, Stage

SLOW = {"median_ms": 800.0, "sigma": 0.5}
FAULTS: dict[str, dict[str, object]] = {
    "latency of 0.8 s on every request and event": {
        "latency": dict.fromkeys(("order", "cancel", "read", "user"), SLOW)
    },
    **{f"rejected: {reason.value}": {"reject": {reason.value: 1.0}} for reason in Reason},
    "restart (425)": {"mode": "restart"},
    "disabled (503)": {"mode": "disabled"},
    "cancel-only (503)": {"mode": "cancel_only"},
    "post-only mode": {"mode": "post_only"},
    "429 with the signer's headers": {"too_many": 0.5},
    "429 without headers": {"too_many": 0.5, "is_bare_429": True},
    "accepted, answer lost": {"lose_answer": 0.7, "hold_s": 0.3},
    "accepted, answer lost, channel 2 s late": {
        "lose_answer": 0.7,
        "hold_s": 0.3,
        "latency": {"user": {"median_ms": 2_000.0, "sigma": 0.1}},
    },
    "user events twice": {"duplicate": 1.0},
    "user events out of order": {"reorder": 0.5},
    "trades first seen at CONFIRMED": {"hidden": 1.0},
    "RETRYING": {"retrying": 1.0},
    "FAILED after MATCHED": {"failed": 1.0},
    "both channels silent": {"is_frozen": True},
    "one asset silent": {"silent_tokens": [YES]},
}
NORMAL = msgspec.to_builtins({"latency": {}, "reject": {}, "mode": "normal", "too_many": 0.0,
    "is_bare_429": False, "lose_answer": 0.0, "duplicate": 0.0, "reorder": 0.0, "hidden": 0.0,
    "retrying": 0.0, "failed": 0.0, "is_frozen": False, "silent_tokens": []})  # fmt: skip


WALKING = ("accepted, answer lost", "accepted, answer lost, channel 2 s late")
"""Faults of placing, for which orders must be placed: the books move, and every quote with them."""
TICK_CHANGE = "tick change that metadata does not show, then books on the new grid"
ALL = (*FAULTS, "disconnect", "balance drop", TICK_CHANGE)


class Outcome(msgspec.Struct, frozen=True):
    """What one fault did: counts of what the bot told, and s from its end to two equal books."""

    fault: str
    orders: int
    trades: int
    lost: int
    rejected: int
    safe_s: float


async def suffer(stage: Stage, fault: str, process: Process, seconds: float) -> Outcome:
    """Order a fault for some seconds of trading, lift it, and wait until all is well again.

    Begins with a bot that quotes. Raises TimeoutError when it never is.
    """
    await stage.until(lambda: bool(stage.open_orders()), process)
    before, trades = len(stage.journal()), len(stage.exchange.hall.trades)
    if fault in FAULTS:
        stage.faults(**FAULTS[fault])
    elif fault == "disconnect":
        await stage.server.sockets.disconnect()
    elif fault == "balance drop":
        stage.take_cash(20_000_000)
    else:
        stage.faults(is_tick_stale=True)
        now_ns = stage.clock.now_ns()
        for token in MARKET.tokens:
            stage.exchange.on_flow(TickSizeChange(now_ns, token, 10), now_ns)
        stage.server.wake()
    if fault in WALKING:
        await stage.walk(3 * seconds)
    else:
        await stage.trade(seconds)
    stage.faults(**NORMAL)
    safe_s = await stage.until(lambda: is_safe(stage), process)
    if fault == TICK_CHANGE:
        stage.show(tick=10)
        safe_s += await stage.until(lambda: bool(stage.open_orders()), process)
    told = stage.journal()[before:]
    return Outcome(
        fault,
        sum(isinstance(each, events.OrderSubmitted) for each in told),
        len(stage.exchange.hall.trades) - trades,
        sum(isinstance(each, events.OrderLost) for each in told),
        sum(isinstance(each, events.OrderRejected) for each in told),
        safe_s,
    )


def is_safe(stage: Stage) -> bool:
    """True once every trade is settled, no order is unknown, and both books are equal."""
    return stage.is_settled() and not stage.unknown_orders() and not stage.accounts_differ()


async def suffer_all(
    stage: Stage, seconds: float = 2.0, faults: Sequence[str] = ALL
) -> list[Outcome]:
    """Order the faults; return what each did. Ends with an empty book and equal accounts."""
    process = await stage.start()
    await stage.until(lambda: len(stage.open_orders()) >= 2, process)
    outcomes = []
    for fault in faults:
        try:
            outcomes.append(await suffer(stage, fault, process, seconds))
        except TimeoutError:
            await stage.kill(process)
            raise AssertionError(f"{fault}: {stage.accounts_differ()}") from None
    code, text = await stage.end(process)
    await asyncio.sleep(0)
    assert (0, [], []) == (code, stage.open_orders(), stage.accounts_differ()), text[-500:]
    return outcomes
