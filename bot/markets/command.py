"""`python -m bot markets`: which markets pass the screen, and why."""

from __future__ import annotations

import asyncio
import random
import sys

import msgspec
from rich.console import Console

from bot.clock import SystemClock
from bot.domain.errors import VenueError
from bot.markets.scan import Scan, none_passes, scan
from bot.markets.table import as_data, as_table
from bot.settings import Settings
from bot.venues.polymarket.gamma import GammaClient, GammaSettings

TABLE_COLUMNS = 120
"""Width of the table where nobody is looking at a terminal."""


def run_markets(settings: Settings, *, limit: int, as_json: bool) -> int:
    """Screen the catalogue and print what was found. Returns the exit code: 1 when none passes.

    Raises VenueError when the catalogue cannot be read.
    """
    sys.stderr.write("reading the catalogue...\n")
    return _show(asyncio.run(_scan(settings)), limit, as_json=as_json)


def _show(found: Scan, limit: int, *, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(msgspec.json.encode(as_data(found, limit)).decode() + "\n")
    else:
        width = None if sys.stdout.isatty() else TABLE_COLUMNS
        Console(width=width).print(as_table(found, limit))
    if found.passing:
        return 0
    raise VenueError(none_passes(found))


async def _scan(settings: Settings) -> Scan:
    rng = random.Random(settings.seed)
    async with GammaClient(GammaSettings(url=settings.gamma_url), rng) as client:
        return await scan(client, settings.screen, SystemClock().now_ns())
