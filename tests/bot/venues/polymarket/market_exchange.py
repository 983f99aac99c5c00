"""A market channel on the loopback that answers as the real one does, with faults to order."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

PAUSE_S_MAX = 0.02
Script = Callable[[ServerConnection], Awaitable[None]]


def book(token: str) -> str:
    """The snapshot of one token."""
    return json.dumps(
        {"event_type": "book", "asset_id": token, "timestamp": "5", "bids": [], "asks": []}
    )


def trade(token: str, size: int) -> str:
    """A trade, numbered by its size."""
    return json.dumps(
        {
            "event_type": "last_trade_price",
            "asset_id": token,
            "timestamp": "5",
            "price": "0.5",
            "size": str(size),
            "side": "BUY",
        }
    )


def change(token: str) -> str:
    """A change of one level."""
    entry = {"asset_id": token, "price": "0.5", "size": "1", "side": "BUY"}
    return json.dumps({"event_type": "price_change", "timestamp": "5", "price_changes": [entry]})


class LoopClock:
    """The clock of the running loop, on which no pause between two looks is long.

    While the machine does other things neither end of a socket does anything: if that time counted,
    the exchange would seem silent.
    """

    def __init__(self) -> None:
        self._now_s = self._seen_s = 0.0

    def now_ns(self) -> int:
        """Return ns since the clock was made."""
        loop_s = asyncio.get_running_loop().time()
        self._now_s += min(loop_s - self._seen_s, PAUSE_S_MAX)
        self._seen_s = loop_s
        return int(self._now_s * 1e9)


class Exchange:
    """A market channel on the loopback that answers as the real one does, with faults to order.

    `scripts` are played, one a connection, after the snapshots of its first subscription.
    """

    def __init__(self, *scripts: Script) -> None:
        self.scripts = list(scripts)
        self.requests: list[dict[str, Any]] = []
        self.sockets: list[ServerConnection] = []
        self.pings = 0
        self.answers_ping = True
        self.silent: set[str] = set()
        self.port = 0

    @asynccontextmanager
    async def open(self, port: int = 0) -> AsyncIterator[Server]:
        """Serve on a free port, or on the one given."""
        async with serve(self._handle, "127.0.0.1", port, close_timeout=0.1) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            yield server

    async def _handle(self, socket: ServerConnection) -> None:
        self.sockets.append(socket)
        playing: asyncio.Task[None] | None = None
        with suppress(ConnectionClosed):
            async for text in socket:
                if text == "PING":
                    self.pings += 1
                    if self.answers_ping:
                        await socket.send("PONG")
                    continue
                request = json.loads(text)
                self.requests.append(request)
                if request.get("operation") != "unsubscribe":
                    await self._send_books(socket, request["assets_ids"])
                if playing is None and self.scripts:
                    playing = asyncio.create_task(self._play(self.scripts.pop(0), socket))
        if playing is not None:
            playing.cancel()

    async def _send_books(self, socket: ServerConnection, tokens: list[str]) -> None:
        for token in tokens:
            if token not in self.silent:
                await socket.send(book(token))

    async def _play(self, script: Script, socket: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await script(socket)


def sends(*frames: str | bytes) -> Script:
    """A script that sends these frames as text."""

    async def script(socket: ServerConnection) -> None:
        for frame in frames:
            await socket.send(frame, text=True)

    return script


async def closes(socket: ServerConnection) -> None:
    """Close in order."""
    await socket.close()


async def aborts(socket: ServerConnection) -> None:
    """Cut the line."""
    socket.transport.abort()
