"""The exchange's own library at a server that answers what the test wants."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from eth_account import Account

from bot.clock import SystemClock
from bot.domain.market import Side
from bot.domain.orders import NewOrder
from bot.venues.polymarket import client
from bot.venues.polymarket.client import PolymarketClient, environment
from bot.venues.polymarket.exchange import AccountKeys, StreamKeys
from bot.venues.polymarket.rate_limit import SignerLimits
from tests.bot.sandbox.exchange.world import YES, shares

KEY = "0x" + "11" * 32
ADDRESS = Account.from_key(KEY).address
STREAM = StreamKeys("api-key-1", "c2VjcmV0LTI=", "phrase-3")
CLOCK = SystemClock()


def bid(price: int = 4_900, size: float = 10) -> NewOrder:
    """An offer to buy YES inside the spread."""
    return NewOrder(
        decision_id=1, token=YES, side=Side.BUY, price=price, size=shares(size), level=0
    )


Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def answering(reply: Reply) -> AsyncIterator[PolymarketClient]:
    """The client at a server that answers everything but the login like this."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/auth/api-keys":
            return web.json_response({"apiKeys": [STREAM.api_key]})
        return await reply(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    where = environment(f"http://127.0.0.1:{runner.addresses[0][1]}")
    keys = AccountKeys(KEY, stream_keys=STREAM)
    try:
        async with client.connect(keys, SignerLimits(), CLOCK, where) as made:
            yield made
    finally:
        await runner.cleanup()


def fails(status: int, text: str = "", headers: dict[str, str] | None = None) -> Reply:
    """The same error for every request."""

    async def reply(_: web.Request) -> web.StreamResponse:
        return web.json_response({"error": text}, status=status, headers=headers)

    return reply


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """Take the request and cut the line."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()
