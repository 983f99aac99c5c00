"""Over HTTP/2 and real sockets: a forgotten connection is used for ever, unless it is given up."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bot.venues.polymarket.connection import LIMITS, Connection
from tests.bot.venues.polymarket.fake_account import HandClock
from tests.bot.venues.polymarket.http2_server import Http2Server, certificate, serving
from tests.bot.venues.polymarket.test_connection import T0

PATIENCE_S = 60.0
SHORT_S = 0.2
"""Long enough for nothing: what is swallowed is never answered."""

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not there")


class Transport:
    """As the library has it, with its limits and HTTP/2."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, http2=True, limits=LIMITS)

    async def ask(self) -> str:
        """Ask for something that is answered; return the version of HTTP."""
        answer = await self._client.post("/order", json={}, timeout=PATIENCE_S)
        return answer.raise_for_status().http_version

    async def ask_in_vain(self, server: Http2Server) -> None:
        """Give up a request once it is swallowed, as a deadline of ours does."""
        server.has_swallowed.clear()
        asking = asyncio.create_task(self.ask())
        async with asyncio.timeout(PATIENCE_S):
            await server.has_swallowed.wait()
        asking.cancel()
        await asyncio.wait([asking])
        assert asking.cancelled()


@pytest_asyncio.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Http2Server]:
    """A server that the HTTP client trusts."""
    files = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    async with serving(files) as made:
        yield made


async def test_http_2_keeps_a_connection_on_which_requests_are_given_up(
    server: Http2Server,
) -> None:
    """What a new one is for: every later order would be swallowed too."""
    transport = Transport(server.url)
    assert "HTTP/2" == await transport.ask()
    server.forget_connections()
    for _ in range(3):
        await transport.ask_in_vain(server)
    assert [4] == server.asked
    await transport._client.aclose()


async def test_a_forgotten_connection_is_given_up_and_orders_go_out_again(
    server: Http2Server,
) -> None:
    """After the first deadline a new one is opened, again HTTP/2; nothing is sent twice."""
    transport = Transport(server.url)
    connection = Connection(transport, HandClock(T0))
    assert "HTTP/2" == await transport.ask()
    server.forget_connections()
    await transport.ask_in_vain(server)
    connection.heed(TimeoutError())
    assert ["HTTP/2", "HTTP/2"] == [await transport.ask(), await transport.ask()]
    assert ([2, 2], 1) == (server.asked, connection.renewals)
    await connection.close()
    await transport._client.aclose()


async def test_the_clients_own_time_out_ends_its_connection(server: Http2Server) -> None:
    """There a new one would come by itself; giving it up as well costs a handshake and no more."""
    transport = Transport(server.url)
    await transport.ask()
    server.forget_connections()
    with pytest.raises(httpx.ReadTimeout):
        await transport._client.post("/order", json={}, timeout=httpx.Timeout(60.0, read=SHORT_S))
    assert "HTTP/2" == await transport.ask()
    assert 2 == len(server.asked)
    await transport._client.aclose()
