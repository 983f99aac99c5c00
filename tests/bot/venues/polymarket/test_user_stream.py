"""The user channel against a local server that answers, falls silent and goes away."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from bot.venues.polymarket.exchange import StreamKeys
from bot.venues.polymarket.user_stream import UserStream, UserStreamSettings
from bot.venues.polymarket.user_wire import OrderNews, UserMessage
from tests.bot.venues.polymarket.own_account import order_event

KEYS = StreamKeys("api-key-1", "secret-2", "phrase-3")
WAIT_S = 60.0
Handler = Callable[[ServerConnection], Awaitable[None]]


class Reader:
    """A stream at work, and what it said."""

    def __init__(self, port: int, **settings: float) -> None:
        """Point at a server; everything is fast."""
        quick = {"ping_s": 0.01, "silence_s": 5.0, "backoff_s": 0.001} | settings
        self.messages: asyncio.Queue[UserMessage] = asyncio.Queue()
        self.opened: asyncio.Queue[None] = asyncio.Queue()
        self.stream = UserStream(
            KEYS,
            UserStreamSettings(url=f"ws://127.0.0.1:{port}/ws/user", **quick),
            random.Random(1),
            self.messages.put_nowait,
            lambda: self.opened.put_nowait(None),
        )


@asynccontextmanager
async def reading(handler: Handler, **settings: float) -> AsyncIterator[Reader]:
    """A server with this behaviour and a stream that reads it."""
    async with serve(handler, "127.0.0.1", 0) as server:
        reader = Reader(next(iter(server.sockets)).getsockname()[1], **settings)
        running = asyncio.create_task(reader.stream.run())
        async with asyncio.timeout(WAIT_S):
            yield reader
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_it_logs_in_asks_for_every_market_and_pings_in_text() -> None:
    """The first frame is the login; then the text PING at its interval."""
    frames: asyncio.Queue[str | bytes] = asyncio.Queue()

    async def listen(socket: ServerConnection) -> None:
        async for frame in socket:
            frames.put_nowait(frame)
            await socket.send("PONG")

    async with reading(listen) as reader:
        auth = {"apiKey": "api-key-1", "secret": "secret-2", "passphrase": "phrase-3"}
        assert {"type": "user", "auth": auth} == json.loads(await frames.get())
        assert ["PING", "PING"] == [await frames.get(), await frames.get()]
        await reader.opened.get()
        assert reader.stream.opened.is_set()
        assert reader.messages.empty()


async def test_a_channel_that_answers_nothing_never_opens() -> None:
    """A login that was refused without a word is no channel, however long the socket stays."""
    frames: asyncio.Queue[str | bytes] = asyncio.Queue()

    async def ignore(socket: ServerConnection) -> None:
        async for frame in socket:
            frames.put_nowait(frame)

    async with reading(ignore) as reader:
        for _ in range(4):  # the login, and PINGs without an answer
            await frames.get()
        assert not reader.stream.opened.is_set()
        assert reader.opened.empty()


async def test_messages_come_through_in_order() -> None:
    """One frame, two orders."""

    async def tell(socket: ServerConnection) -> None:
        await socket.send(json.dumps([order_event(1), order_event(2)]))
        await socket.wait_closed()

    async with reading(tell) as reader:
        first, second = await reader.messages.get(), await reader.messages.get()
    assert isinstance(first, OrderNews)
    assert isinstance(second, OrderNews)
    assert first.order_id < second.order_id


async def test_every_connection_says_that_something_may_be_missing() -> None:
    """Lost and made again: twice opened, and the loss is counted."""

    async def leave(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send("PONG")

    async with reading(leave) as reader:
        for _ in range(3):
            await reader.opened.get()
        assert reader.stream.losses >= 2


async def test_a_silent_connection_is_given_up() -> None:
    """No PONG any more, no data: dead, whatever TCP says."""

    async def fall_silent(socket: ServerConnection) -> None:
        await socket.send("PONG")
        async for _ in socket:
            pass

    async with reading(fall_silent, silence_s=0.02) as reader:
        for _ in range(2):
            await reader.opened.get()
        assert reader.stream.losses >= 1


async def test_nobody_there_is_tried_again_ever_more_slowly() -> None:
    """The wait doubles to its limit, between half of it and all of it."""
    stream = Reader(1, backoff_s=1.0, backoff_max_s=8.0).stream
    waits = [stream._backoff_s() for _ in range(6)]
    spans = [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert all(span / 2 <= wait <= span for span, wait in zip(spans, waits, strict=True))


async def test_a_refused_connection_is_a_loss() -> None:
    """The stream goes on trying."""
    reader = Reader(1)
    running = asyncio.create_task(reader.stream.run())
    async with asyncio.timeout(WAIT_S):
        while reader.stream.losses < 2:  # noqa: ASYNC110 - nothing tells of a loss
            await asyncio.sleep(0.001)
    assert not reader.stream.opened.is_set()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_the_login_is_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Even when everything logs everything."""
    caplog.set_level(logging.DEBUG)
    for name in ("websockets", "websockets.client"):
        caplog.set_level(logging.DEBUG, logger=name)

    async def leave(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send("PONG")

    mute = logging.getLogger("the_test_server")  # it would log what it receives
    mute.setLevel(logging.CRITICAL)
    async with serve(leave, "127.0.0.1", 0, logger=mute) as server:
        reader = Reader(next(iter(server.sockets)).getsockname()[1])
        running = asyncio.create_task(reader.stream.run())
        async with asyncio.timeout(WAIT_S):
            await reader.opened.get()
            await reader.opened.get()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    for secret in ("api-key-1", "secret-2", "phrase-3"):
        assert secret not in caplog.text
