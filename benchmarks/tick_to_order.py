"""`python -m benchmarks.tick_to_order [SECONDS]`: from a feed message to an order on the wire.

The production bot runs in a process of its own, at the local exchange over real sockets, and its
quotes have to move with every message. What is printed is what it wrote into its journal; so the
journal's fsync, the signature and the HTTP client are the real ones, and the network is not.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from bot.domain import events
from tests.scenarios.production.stage import open_stage

SECONDS = 60.0
EVERY_S = 0.4
"""Longer than the pace of decisions (250 ms), so that no tick waits for it."""
STAGES = ("decide", "sign", "queue", "journal", "send")


async def measure(seconds: float) -> None:
    """Print the table of docs/production.md."""
    with tempfile.TemporaryDirectory() as directory:
        async with open_stage(Path(directory)) as stage:
            process = await stage.start("run", "--venue", "polymarket")
            await stage.until(lambda: len(stage.open_orders()) >= 2, process)
            await stage.walk(seconds, EVERY_S)
            await stage.end(process)
            sent = [each for each in stage.journal() if isinstance(each, events.OrderSent)]
    print(f"{len(sent)} orders in {seconds:g} s")
    print("| stage | mean | p50 | p99 | longest |")
    print("|---|---|---|---|---|")
    print(_row("whole way", [each.tick_to_order_ms for each in sent]))
    for name in STAGES:
        print(_row(name, [getattr(each, f"{name}_ms") or 0.0 for each in sent]))


def _row(name: str, values_ms: Sequence[float]) -> str:
    ranked = sorted(values_ms)
    p50, p99 = (ranked[min(len(ranked) - 1, int(len(ranked) * share))] for share in (0.5, 0.99))
    cells = (fmean(ranked), p50, p99, ranked[-1])
    return f"| {name} | " + " | ".join(f"{cell:.2f} ms" for cell in cells) + " |"


if __name__ == "__main__":
    asyncio.run(measure(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
