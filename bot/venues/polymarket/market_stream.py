"""The live market channel: our own reader, because a lost message must be known (polymarket.md 5).

One socket carries at most 150 tokens. Every loss of continuity becomes a `FeedGap` in its place in
the stream. Nothing is buffered without a limit: when the reader of `messages` is slow, the sockets
are read more slowly. Messages of tokens that nobody asked for are passed on and counted by the
engine.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from typing import TypeAlias, assert_never

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from bot.domain.errors import InputError, VenueUnavailable
from bot.domain.market import TokenId
from bot.domain.messages import (
    BookSnapshot,
    FeedGap,
    LevelChanges,
    MarketMessage,
    TickSizeChange,
    TradePrint,
)
from bot.domain.ports import Clock
from bot.venues.polymarket.stream_watch import (
    DOUBLINGS_MAX,
    Ping,
    Reconnect,
    Resubscribe,
    StreamWatch,
    WatchSettings,
)
from bot.venues.polymarket.wire import decode

MARKET_URL = "wss://ws-subscriptions-clob.polymarket.com/ws/market"
FRAME_BYTES_MAX = 1 << 24
"""The first frame of a connection holds the books of all its tokens."""

Tap: TypeAlias = Callable[[int, bytes], None]
"""Told of every data frame as it came, with its receive time in ns."""


class StreamSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to reach the stream. Times in seconds.

    Between two attempts to connect a random time is waited, from 0 up to `backoff_s` doubled with
    each failure, at most `backoff_max_s` (full jitter). `look_s` is between two looks at the watch.
    `queue_max` messages wait for a slow reader. Tokens of one market are neighbours and
    `shard_tokens_max` is even, so that both its tokens are on one socket.
    """

    url: str = MARKET_URL
    watch: WatchSettings = WatchSettings()
    open_s: float = 10.0
    close_s: float = 1.0
    backoff_s: float = 0.5
    backoff_max_s: float = 30.0
    look_s: float = 0.5
    queue_max: int = 10_000
    shard_tokens_max: int = 150


class MarketStream:
    """A `MarketFeed` of the live exchange, over as many sockets as its tokens need."""

    def __init__(
        self,
        tokens: Sequence[TokenId],
        clock: Clock,
        rng: random.Random,
        settings: StreamSettings,
        tap: Tap | None = None,
    ) -> None:
        """Connect to nothing yet. Raises InputError without tokens, or with one twice."""
        if not tokens or len(set(tokens)) != len(tokens):
            raise InputError("a market stream needs at least one token, and none of them twice")
        size = settings.shard_tokens_max
        self._queue: asyncio.Queue[tuple[int, MarketMessage]] = asyncio.Queue(settings.queue_max)
        self._shards = [
            _Shard(tokens[start : start + size], self._queue, clock, rng, settings, tap)
            for start in range(0, len(tokens), size)
        ]
        self._ended: asyncio.Task[None] | None = None

    @property
    def reconnects(self) -> int:
        """Connections lost so far, over all sockets."""
        return sum(shard.reconnects for shard in self._shards)

    @property
    def resubscriptions(self) -> int:
        """Single tokens subscribed to again so far."""
        return sum(shard.resubscriptions for shard in self._shards)

    @property
    def pong_ns(self) -> int:
        """Local time of the last PONG of the socket that has waited longest for one."""
        return min(shard.watch.pong_ns for shard in self._shards)

    def resubscribe(self, token: TokenId) -> None:
        """Ask for a new snapshot of one token, soon. Raises InputError for an unknown token."""
        for shard in self._shards:
            if token in shard.tokens:
                shard.wish(token)
                return
        raise InputError(f"token {token} is not part of this market stream")

    async def messages(self) -> AsyncGenerator[tuple[int, MarketMessage], None]:
        """Yield (local receive time in ns, message), for ever; connections are its own affair.

        Close it (`aclose`) to close the sockets. Raises only what is a bug of ours.
        """
        tasks = [asyncio.create_task(shard.run()) for shard in self._shards]
        for task in tasks:
            task.add_done_callback(self._end)
        try:
            while True:
                item = await self._queue.get()
                if self._ended is not None:
                    self._ended.result()
                yield item
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _end(self, task: asyncio.Task[None]) -> None:
        # A shard ends by itself only by a bug of ours: wake the reader, who then raises it.
        if not task.cancelled():
            self._ended = task
            with suppress(asyncio.QueueFull):
                self._queue.put_nowait((0, FeedGap("a stream ended")))


class _Shard:
    """One socket and its tokens, reconnected for ever."""

    def __init__(
        self,
        tokens: Sequence[TokenId],
        queue: asyncio.Queue[tuple[int, MarketMessage]],
        clock: Clock,
        rng: random.Random,
        settings: StreamSettings,
        tap: Tap | None,
    ) -> None:
        self.tokens = tuple(tokens)
        self.watch = StreamWatch(tokens, settings.watch, clock.now_ns())
        self.reconnects = 0
        self.resubscriptions = 0
        self._queue = queue
        self._clock = clock
        self._rng = rng
        self._settings = settings
        self._tap = tap
        self._failures = 0  # attempts in a row that brought no data
        self._wishes: set[TokenId] = set()
        self._woken = asyncio.Event()

    def wish(self, token: TokenId) -> None:
        self._wishes.add(token)
        self._woken.set()

    async def run(self) -> None:
        while True:
            reason = await self._live()
            self.reconnects += 1
            await self._put(FeedGap(reason, self.tokens))
            doubled_s = self._settings.backoff_s * 2 ** min(self._failures, DOUBLINGS_MAX)
            limit_s = min(self._settings.backoff_max_s, doubled_s)
            self._failures += 1
            await asyncio.sleep(self._rng.uniform(0.0, limit_s))

    async def _live(self) -> str:
        # One connection from its opening to its end; returns why it ended.
        reason = ""
        try:
            async with connect(
                self._settings.url,
                open_timeout=self._settings.open_s,
                close_timeout=self._settings.close_s,
                ping_interval=None,  # the exchange wants text PINGs, and those we watch
                compression=None,
                max_size=FRAME_BYTES_MAX,
                proxy=None,
            ) as socket:
                await self._subscribe(socket)
                await _first_to_fail(self._read(socket), self._mind(socket))
        except (OSError, EOFError, WebSocketException, VenueUnavailable) as error:
            reason = f"disconnected: {str(error) or type(error).__name__}"
        return reason

    async def _subscribe(self, socket: ClientConnection) -> None:
        request = {"type": "market", "assets_ids": self.tokens, "custom_feature_enabled": True}
        await socket.send(_text(request))
        self._wishes.clear()
        self.watch.connected(self._clock.now_ns())

    async def _read(self, socket: ClientConnection) -> None:
        while True:
            frame = await socket.recv(decode=False)
            now_ns = self._clock.now_ns()
            if frame == b"PONG":
                self.watch.saw_pong(now_ns)
                continue
            if self._tap is not None:
                self._tap(now_ns, frame)
            messages = decode(frame)
            for message in messages:
                await self._queue.put((now_ns, message))
            self.watch.saw_frame(_tokens_of(messages), now_ns)
            self._failures = 0

    async def _mind(self, socket: ClientConnection) -> None:
        while True:
            for action in self.watch.due(self._clock.now_ns()):
                match action:
                    case Ping():
                        await socket.send("PING")
                    case Resubscribe():
                        await self._resubscribe(socket, action.token, "silent")
                    case Reconnect():
                        raise VenueUnavailable(action.reason)
                    case _:
                        assert_never(action)
            while self._wishes:
                await self._resubscribe(socket, self._wishes.pop(), "asked for")
            self._woken.clear()
            with suppress(TimeoutError):  # not wait_for, which may lose a cancel before 3.12
                async with asyncio.timeout(self._settings.look_s):
                    await self._woken.wait()

    async def _resubscribe(self, socket: ClientConnection, token: TokenId, reason: str) -> None:
        await self._put(FeedGap(f"subscribed again: {reason}", (token,)))
        for operation in ("unsubscribe", "subscribe"):
            request = {
                "operation": operation,
                "assets_ids": [token],
                "custom_feature_enabled": True,
            }
            await socket.send(_text(request))
        self.watch.resubscribed(token, self._clock.now_ns())
        self.resubscriptions += 1

    async def _put(self, message: MarketMessage) -> None:
        await self._queue.put((self._clock.now_ns(), message))


def _text(request: object) -> str:
    return msgspec.json.encode(request).decode()


async def _first_to_fail(*duties: Coroutine[None, None, None]) -> None:
    # Raises what ends one of these, which by themselves go on for ever, and ends the others. Not a
    # TaskGroup: before Python 3.13 it forgets a cancel that comes while one of its tasks fails. The
    # line that breaks as the bot ends was then made again, and the end waited for for ever.
    tasks = [asyncio.create_task(duty) for duty in duties]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


def _tokens_of(messages: Iterable[MarketMessage]) -> Iterable[TokenId]:
    for message in messages:
        if isinstance(message, LevelChanges):
            for change in message.changes:
                yield change.token
        elif isinstance(message, BookSnapshot | TradePrint | TickSizeChange):
            yield message.token
