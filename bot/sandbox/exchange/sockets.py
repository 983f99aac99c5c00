"""The two WebSocket channels: who follows what, and what each of them is sent.

A socket that stops reading is cut off, as is one that sends nothing for too long: protocol pings
do not count, only messages do (polymarket.md 5.1).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.domain.market import ConditionId, TokenId
from bot.domain.ports import Clock
from bot.domain.units import NS_PER_MS
from bot.sandbox.exchange.market_frames import opening_book
from bot.sandbox.exchange.outbox import MarketOut, UserOut
from bot.sandbox.exchange.refusals import Refused
from bot.sandbox.exchange.state import Exchange

QUEUE_MAX = 10_000
"""Messages waiting for one socket before it is cut off."""


class Subscriber:
    """One connection: what it follows, and what waits to be sent to it."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        """Follow nothing yet; `transport` is what carries the socket."""
        self.socket = socket
        self._transport = transport
        self.tokens: set[TokenId] = set()
        self.key = ""
        self.markets: set[ConditionId] | None = set()  # None: all
        self.is_custom = False
        self.waiting: asyncio.Queue[str] = asyncio.Queue(QUEUE_MAX)

    def wants(self, message: MarketOut | UserOut) -> bool:
        """Return whether the message is for this connection."""
        if isinstance(message, MarketOut):
            wanted = not self.tokens.isdisjoint(message.tokens)
            is_ours = message.only is None or message.only is self
            return wanted and is_ours and (self.is_custom or not message.is_custom)
        is_followed = self.markets is None or message.market in self.markets
        return message.key == self.key and is_followed

    def put(self, text: str) -> bool:
        """Queue a message; False when too many wait already."""
        try:
            self.waiting.put_nowait(text)
        except asyncio.QueueFull:
            return False
        return True

    def cut(self) -> None:
        """End the connection without a farewell, which would not be read."""
        if self._transport is not None:
            self._transport.abort()

    async def pump(self) -> None:
        """Send what waits, until cancelled or cut off."""
        with contextlib.suppress(ConnectionError):
            while True:
                await self.socket.send_str(await self.waiting.get())


class Sockets:
    """All connections of both channels."""

    def __init__(self, exchange: Exchange, clock: Clock, wake: Callable[[], None]) -> None:
        """Start without any. `wake` is called when something new is to be sent later."""
        self._exchange = exchange
        self._clock = clock
        self._wake = wake
        self._subscribers: set[Subscriber] = set()

    def deliver(self, messages: list[MarketOut | UserOut]) -> None:
        """Queue messages for everybody who wants them."""
        for message in messages:
            for subscriber in list(self._subscribers):
                if subscriber.wants(message) and not subscriber.put(message.text):
                    self._subscribers.discard(subscriber)
                    subscriber.cut()

    async def disconnect(self) -> int:
        """Close every connection and return how many there were."""
        subscribers = list(self._subscribers)
        for subscriber in subscribers:
            await subscriber.socket.close(code=WSCloseCode.GOING_AWAY)
        return len(subscribers)

    async def market(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection to /ws/market."""
        return await self._serve(request, self._on_market)

    async def user(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection to /ws/user."""
        return await self._serve(request, self._on_user)

    async def _serve(
        self, request: web.Request, take: Callable[[Subscriber, dict[str, Any]], bool]
    ) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=True, max_msg_size=1 << 20)
        await socket.prepare(request)
        subscriber = Subscriber(socket, request.transport)
        self._subscribers.add(subscriber)
        pump = asyncio.ensure_future(subscriber.pump())
        try:
            await self._read(subscriber, take)
        finally:
            self._subscribers.discard(subscriber)
            pump.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pump
            await socket.close()
        return socket

    async def _read(
        self, subscriber: Subscriber, take: Callable[[Subscriber, dict[str, Any]], bool]
    ) -> None:
        timeout_s = self._exchange.config.ping_timeout_s
        while True:
            try:
                message = await subscriber.socket.receive(timeout_s)
            except TimeoutError:
                return
            if message.type is not WSMsgType.TEXT:
                return
            if message.data == "PING":
                subscriber.put("PONG")
            elif not self._take(subscriber, message.data, take):
                return

    def _take(
        self,
        subscriber: Subscriber,
        text: str,
        take: Callable[[Subscriber, dict[str, Any]], bool],
    ) -> bool:
        try:
            frame = json.loads(text)
            return isinstance(frame, dict) and take(subscriber, frame)
        except (ValueError, TypeError):
            return subscriber.put("INVALID OPERATION")

    def _on_market(self, subscriber: Subscriber, frame: dict[str, Any]) -> bool:
        tokens = [TokenId(str(token)) for token in frame.get("assets_ids", [])]
        if frame.get("operation") == "unsubscribe":
            subscriber.tokens.difference_update(tokens)
            return True
        subscriber.is_custom = bool(frame.get("custom_feature_enabled", subscriber.is_custom))
        added = [token for token in tokens if token not in subscriber.tokens]
        subscriber.tokens.update(added)
        if frame.get("initial_dump", True):
            self._dump(subscriber, added)
        return True

    def _dump(self, subscriber: Subscriber, tokens: list[TokenId]) -> None:
        """Send the books of what was just subscribed, in one array, behind all that is under way.

        Before it, a change that the books already count would be applied to them once more.
        """
        hall, now_ns = self._exchange.hall, self._clock.now_ns()
        found = [(hall.books_of(token), token) for token in tokens]
        books = [
            (token, opening_book(books, token, now_ns // NS_PER_MS))
            for books, token in found
            if books is not None and books.is_ready and token not in hall.faults.silent_tokens
        ]
        if books:
            text = json.dumps([book for _, book in books], separators=(",", ":"))
            shown = tuple(token for token, _ in books)
            hall.outbox.market(MarketOut(shown, text, only=subscriber), hall.faults, now_ns)
            self.deliver(self._exchange.drain())
            self._wake()

    def _on_user(self, subscriber: Subscriber, frame: dict[str, Any]) -> bool:
        markets = frame.get("markets")
        named = {ConditionId(str(market)) for market in markets or ()}
        if "auth" in frame:
            auth = frame["auth"]
            try:
                key = self._exchange.keyring.authenticate_socket(
                    str(auth.get("apiKey")), str(auth.get("secret")), str(auth.get("passphrase"))
                )
            except Refused:
                return False
            subscriber.key = key.key
            subscriber.markets = named if markets else None
            return True
        if subscriber.markets is None:
            subscriber.markets = set()
        if frame.get("operation") == "unsubscribe":
            subscriber.markets -= named
        else:
            subscriber.markets |= named
        return bool(subscriber.key)
