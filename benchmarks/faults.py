"""`python -m benchmarks.faults`: what each fault of the exchange does to a trading bot."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from tests.scenarios.production.faults import suffer_all
from tests.scenarios.production.stage import open_stage


async def measure() -> None:
    """Print the table of docs/production.md."""
    with tempfile.TemporaryDirectory() as directory:
        async with open_stage(Path(directory)) as stage:
            outcomes = await suffer_all(stage)
    print("| fault | orders | trades | outcomes unknown | refused | both books equal after |")
    print("|---|---|---|---|---|---|")
    for each in outcomes:
        row = (
            each.fault,
            each.orders,
            each.trades,
            each.lost,
            each.rejected,
            f"{each.safe_s:.1f} s",
        )
        print("| " + " | ".join(str(cell) for cell in row) + " |")


if __name__ == "__main__":
    asyncio.run(measure())
