"""`python -m bot check`: prints every check and exits 0 when all are green, else 1."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from bot.clock import SystemClock
from bot.preflight.checks import Line, check, may_trade
from bot.preflight.probes import Account, probe_all
from bot.settings import Secrets, Settings
from bot.venues.polymarket.client import connect, environment
from bot.venues.polymarket.exchange import AccountKeys
from bot.venues.polymarket.rate_limit import SignerLimits
from bot.wallet.chain import Chain
from bot.wallet.contracts import CHAIN_ID
from bot.wallet.rpc import nodes_of

NAME_COLUMNS = 16
"""Room for the longest name of a check."""


def run_check(settings: Settings, secrets: Secrets, *, as_json: bool) -> int:
    """Probe and print. Returns the exit code. Raises SettingsError for useless RPC addresses."""
    sys.stderr.write("asking the exchange and the chain...\n")
    return _show(asyncio.run(_lines(settings, secrets)), as_json=as_json)


def _show(lines: list[Line], *, as_json: bool) -> int:
    if as_json:
        data = {"may_trade": may_trade(lines), "checks": lines}
        sys.stdout.write(msgspec.json.encode(data).decode() + "\n")
    else:
        sys.stdout.writelines(f"{as_text(line)}\n" for line in lines)
    return 0 if may_trade(lines) else 1


def as_text(line: Line) -> str:
    """Return a check as one line: coloured on a terminal, and readable without."""
    word = "ok " if line.is_green else "NO "
    if sys.stdout.isatty():
        word = f"\x1b[{32 if line.is_green else 31}m{word}\x1b[0m"
    return f"{word} {line.name:<{NAME_COLUMNS}} {line.text}"


async def _lines(settings: Settings, secrets: Secrets) -> list[Line]:
    clock = SystemClock()

    @asynccontextmanager
    async def login(keys: AccountKeys) -> AsyncIterator[Account]:
        where = environment(settings.clob_url, settings.relayer_url)
        async with connect(keys, SignerLimits(), clock, where) as client:
            yield client

    chain = Chain(nodes_of(settings.rpc_urls, CHAIN_ID))
    return check(await probe_all(settings, secrets, login, chain, clock))
