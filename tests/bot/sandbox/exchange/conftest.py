"""A running local exchange, and the real client connected to it with both kinds of wallet."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from eth_account import Account
from polymarket import AsyncSecureClient

from bot.sandbox.exchange.server import Server
from bot.sandbox.exchange.state import Exchange
from tests.bot.sandbox.exchange.real_client import connect
from tests.bot.sandbox.exchange.world import (
    MARKET,
    OWNER_KEY,
    QUICK,
    MovableClock,
    World,
    opening_flow,
)


@pytest.fixture
def world() -> World:
    """An exchange without sockets, on a clock turned by hand."""
    return World()


@pytest.fixture
def clock() -> MovableClock:
    """The time of the exchange: real, and moved on by the test."""
    return MovableClock()


@pytest_asyncio.fixture
async def server(clock: MovableClock) -> AsyncIterator[Server]:
    """A local exchange with one open market, listening on a free port."""
    exchange = Exchange([MARKET], QUICK, clock.now_ns())
    async with Server(exchange, opening_flow(), clock) as running:
        yield running


@pytest_asyncio.fixture
async def maker(server: Server) -> AsyncIterator[AsyncSecureClient]:
    """The real client with a deposit wallet (signature type 3)."""
    client = await connect(server.url, server.ws_url)
    yield client
    await client.close()


@pytest_asyncio.fixture(params=["deposit wallet", "plain key"])
async def any_maker(
    request: pytest.FixtureRequest, server: Server
) -> AsyncIterator[AsyncSecureClient]:
    """The real client with either kind of wallet: signature types 3 and 0."""
    wallet = Account.from_key(OWNER_KEY).address if request.param == "plain key" else None
    client = await connect(server.url, server.ws_url, wallet=wallet)
    yield client
    await client.close()
