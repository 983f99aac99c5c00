"""`python -m benchmarks.kill9 [TIMES [SEED]]`: kill -9 of a trading bot, over and over."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.scenarios.production.kill_often import kill_often
from tests.scenarios.production.stage import Stage, open_stage


async def measure(times: int, seed: int) -> int:
    """Kill so often, print what came of it, and return the exit code."""
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        async with open_stage(Path(directory), seed=seed) as stage:
            differences = await kill_often(stage, times)
            _print(stage, times, time.monotonic() - began_s, differences)
    return 1 if differences else 0


def _print(stage: Stage, times: int, seconds: float, differences: list[str]) -> None:
    hall = stage.exchange.hall
    print(
        f"{times} kills in {seconds:.0f} s: {len(hall.orders)} orders, {len(hall.trades)} trades, "
        f"{len(differences)} differences"
    )
    for line in differences:
        print(f"  {line}")


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    sys.exit(asyncio.run(measure(*(arguments + [200, 1][len(arguments) :]))))
