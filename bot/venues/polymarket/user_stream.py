"""Reads the user channel and says when it may have missed something.

The exchange keeps the socket alive only for those who send the text `PING` every 10 s, answers each
with `PONG`, and repeats nothing that was missed (polymarket.md 5.2). So with the first frame of
every connection `on_open` is called, upon which somebody has to compare with the exchange's lists;
one that refuses the login without a word never opens. What opens the channel is never logged: the
library gets a logger that drops its frames.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from bot.venues.polymarket.exchange import StreamKeys
from bot.venues.polymarket.user_wire import UserMessage, decode_user

_quiet = logging.Logger("user_stream", logging.CRITICAL)  # noqa: LOG001 - in no tree, so that nobody can turn it on
_quiet.addHandler(logging.NullHandler())


class UserStreamSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds: between PINGs, without any frame before the socket counts as dead, to open.

    After a loss the wait is drawn from the upper half of a span that doubles from `backoff_s` up to
    `backoff_max_s`, and starts over with the first frame.
    """

    url: str = "wss://ws-subscriptions-clob.polymarket.com/ws/user"
    ping_s: float = 10.0
    silence_s: float = 25.0
    open_s: float = 10.0
    close_s: float = 1.0
    backoff_s: float = 0.5
    backoff_max_s: float = 30.0


class UserStream:
    """One connection to the user channel, made again whenever it is lost.

    `opened` is set while messages can come in; wait for it before quoting. `losses` counts
    connections lost.
    """

    def __init__(
        self,
        keys: StreamKeys,
        settings: UserStreamSettings,
        rng: random.Random,
        on_message: Callable[[UserMessage], None],
        on_open: Callable[[], None],
    ) -> None:
        """Connect to nothing yet. Neither callback may block."""
        self._keys = keys
        self._settings = settings
        self._rng = rng
        self._on_message = on_message
        self._on_open = on_open
        self._failures = 0
        self.opened = asyncio.Event()
        self.losses = 0

    async def run(self) -> None:
        """Read for ever."""
        while True:
            # Why it went matters less than that it did; it is counted below.
            with contextlib.suppress(OSError, EOFError, WebSocketException):
                await self._connection()
            self.opened.clear()
            self.losses += 1
            await asyncio.sleep(self._backoff_s())

    async def _connection(self) -> None:
        settings = self._settings
        async with connect(
            settings.url,
            logger=_quiet,
            open_timeout=settings.open_s,
            close_timeout=settings.close_s,
            ping_interval=None,  # the exchange wants text
        ) as socket:
            await socket.send(self._opening())
            await socket.send("PING")  # what comes back proves that somebody took the login
            pinging = asyncio.create_task(self._ping(socket))
            try:
                await self._read(socket)
            finally:
                pinging.cancel()
                await asyncio.gather(pinging, return_exceptions=True)

    async def _read(self, socket: ClientConnection) -> None:
        while True:
            async with asyncio.timeout(self._settings.silence_s):
                frame = await socket.recv()
            self._failures = 0
            if not self.opened.is_set():
                self.opened.set()
                self._on_open()
            for message in decode_user(frame):
                self._on_message(message)

    async def _ping(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(self._settings.ping_s)
            await socket.send("PING")

    def _opening(self) -> str:
        keys = self._keys
        auth = {"apiKey": keys.api_key, "secret": keys.secret, "passphrase": keys.passphrase}
        # No list of markets: trades of all our orders, wherever they are.
        return msgspec.json.encode({"type": "user", "auth": auth}).decode()

    def _backoff_s(self) -> float:
        settings = self._settings
        span_s = min(settings.backoff_max_s, settings.backoff_s * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return span_s * self._rng.uniform(0.5, 1.0)
