"""The live stream against a local exchange that disconnects, falls silent and sends garbage."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from bot.domain.errors import InputError
from bot.domain.market import TokenId
from bot.domain.messages import BookSnapshot, DamagedFrame, FeedGap, MarketMessage, TradePrint
from bot.venues.polymarket.market_stream import MarketStream, StreamSettings
from bot.venues.polymarket.stream_watch import WatchSettings
from bot.venues.polymarket.wire import decode
from tests.bot.venues.polymarket.market_exchange import (
    Exchange,
    LoopClock,
    Script,
    aborts,
    book,
    change,
    closes,
    sends,
    trade,
)
from tests.ports import free_port

A, B, C = TokenId("1"), TokenId("2"), TokenId("3")
WAIT_S = 60.0
PATIENT = WatchSettings(ping_s=0.01)
HASTY = WatchSettings(
    ping_s=0.01, pong_s=0.3, connection_silence_s=0.15, token_silence_s=0.15, snapshot_s=0.15
)
Item = tuple[int, MarketMessage]


def stream_of(
    exchange: Exchange,
    tokens: Sequence[TokenId] = (A, B),
    watch: WatchSettings = PATIENT,
    tap: Callable[[int, bytes], None] | None = None,
    **settings: Any,  # noqa: ANN401 - passed on
) -> MarketStream:
    """A stream of the local exchange that does not wait long for anything."""
    return MarketStream(
        tokens,
        LoopClock(),
        random.Random(1),
        StreamSettings(
            url=f"ws://127.0.0.1:{exchange.port}",
            watch=watch,
            look_s=0.005,
            backoff_s=0.001,
            backoff_max_s=0.01,
            close_s=0.1,
            **settings,
        ),
        tap,
    )


async def until(
    messages: AsyncGenerator[Item, None], is_last: Callable[[MarketMessage], bool]
) -> list[MarketMessage]:
    """Return what comes up to and with the first message that `is_last`."""
    seen: list[MarketMessage] = []
    async with asyncio.timeout(WAIT_S):
        async for _, message in messages:
            seen.append(message)
            if is_last(message):
                return seen
    raise AssertionError("the stream ended")


async def take(messages: AsyncGenerator[Item, None], count: int) -> list[MarketMessage]:
    """Return the next messages."""
    async with asyncio.timeout(WAIT_S):
        return [(await anext(messages))[1] for _ in range(count)]


def is_gap(message: MarketMessage) -> bool:
    """True for a FeedGap."""
    return isinstance(message, FeedGap)


async def test_frames_arrive_in_order_with_their_time() -> None:
    """As decoded, arrays too, and the tap sees them byte for byte."""
    frames = [f"[{trade(A, 1)},{trade(B, 2)}]", trade(B, 3), "", trade(A, 4)]
    exchange = Exchange(sends(*frames))
    tapped: list[bytes] = []
    times: list[int] = []

    def tap(now_ns: int, frame: bytes) -> None:
        times.append(now_ns)
        tapped.append(frame)

    async with exchange.open():
        messages = stream_of(exchange, tap=tap).messages()
        seen = await take(messages, 6)
        await messages.aclose()
    everything = [book(A), book(B), *frames]
    assert [message for frame in everything for message in decode(frame)] == seen
    assert [frame.encode() for frame in everything] == tapped
    assert sorted(times) == times


async def test_subscription_is_what_the_exchange_wants() -> None:
    """All tokens in one request, custom events included."""
    exchange = Exchange()
    async with exchange.open():
        messages = stream_of(exchange).messages()
        await take(messages, 2)
        await messages.aclose()
    expected = {"type": "market", "assets_ids": [A, B], "custom_feature_enabled": True}
    assert [expected] == exchange.requests


@pytest.mark.parametrize("fault", [closes, aborts])
async def test_disconnect_is_a_gap_and_then_a_new_snapshot(fault: Script) -> None:
    """Whether the line is closed in order or cut."""
    exchange = Exchange(fault, sends(trade(A, 1)))
    async with exchange.open():
        stream = stream_of(exchange)
        messages = stream.messages()
        seen = await until(messages, lambda message: isinstance(message, TradePrint))
        await messages.aclose()
    kinds = [type(message) for message in seen]
    assert [BookSnapshot, BookSnapshot, FeedGap, BookSnapshot, BookSnapshot, TradePrint] == kinds
    gap = seen[2]
    assert isinstance(gap, FeedGap)
    assert (A, B) == gap.tokens
    assert gap.reason.startswith("disconnected: ")
    assert 1 == stream.reconnects


async def test_garbage_is_damage_and_the_stream_goes_on() -> None:
    """Half a frame, no JSON, bytes that are no text: each is counted in its place."""
    exchange = Exchange(sends(trade(A, 1)[:-7], "hello", b"\xff\xfe", "PONG", trade(A, 2)))
    async with exchange.open():
        stream = stream_of(exchange)
        messages = stream.messages()
        seen = await until(messages, lambda message: isinstance(message, TradePrint))
        await messages.aclose()
    assert [DamagedFrame] * 3 == [type(message) for message in seen[2:-1]]
    assert 0 == stream.reconnects


async def test_pings_are_answered_and_their_age_is_known() -> None:
    """The exchange closes sockets that do not ping."""
    exchange = Exchange()
    async with exchange.open():
        stream = stream_of(exchange)
        began_ns = stream.pong_ns
        messages = stream.messages()
        await take(messages, 2)
        reading = asyncio.ensure_future(anext(messages))
        await true_soon(lambda: exchange.pings >= 3 and stream.pong_ns > began_ns)
        reading.cancel()
        await asyncio.wait([reading])
        await messages.aclose()


async def true_soon(condition: Callable[[], bool]) -> None:
    """Return when the condition is true. Raises TimeoutError."""
    async with asyncio.timeout(WAIT_S):
        while not condition():  # noqa: ASYNC110 - conditions of both ends
            await asyncio.sleep(0.001)


async def test_missing_pong_is_a_gap() -> None:
    """Data alone does not prove that the exchange still knows us."""
    exchange = Exchange()
    exchange.answers_ping = False
    watch = WatchSettings(ping_s=0.01, pong_s=0.05)
    async with exchange.open():
        messages = stream_of(exchange, watch=watch).messages()
        seen = await until(messages, is_gap)
        await messages.aclose()
    assert FeedGap("disconnected: no PONG", (A, B)) == seen[-1]


async def test_pong_without_data_is_a_gap() -> None:
    """The socket lives, but brings nothing (py-clob-client#292, the silent freeze)."""
    exchange = Exchange()
    async with exchange.open():
        messages = stream_of(exchange, watch=HASTY).messages()
        seen = await until(messages, is_gap)
        await messages.aclose()
    assert FeedGap("disconnected: connected, but no data", (A, B)) == seen[-1]


async def chatters(socket: ServerConnection) -> None:
    """Changes of B only, for ever."""
    while True:
        await socket.send(change(B))
        await asyncio.sleep(0.005)


async def test_silent_token_is_subscribed_again() -> None:
    """Only its own book is in doubt, until the snapshot that comes back."""
    exchange = Exchange(chatters)
    async with exchange.open():
        stream = stream_of(exchange, watch=HASTY)
        messages = stream.messages()
        await until(messages, lambda message: message == FeedGap("subscribed again: silent", (A,)))
        after = await until(messages, lambda message: isinstance(message, BookSnapshot))
        await messages.aclose()
    snapshot = after[-1]
    assert isinstance(snapshot, BookSnapshot)
    assert A == snapshot.token
    expected = [{"operation": "unsubscribe"}, {"operation": "subscribe"}]
    common = {"assets_ids": [A], "custom_feature_enabled": True}
    assert [item | common for item in expected] == exchange.requests[1:3]
    assert (0, 1) == (stream.reconnects, stream.resubscriptions)


async def test_token_that_stays_silent_costs_the_connection() -> None:
    """Subscribing again did not help."""
    exchange = Exchange(chatters)
    exchange.silent = {A}
    async with exchange.open():
        messages = stream_of(exchange, watch=HASTY).messages()
        seen = await until(
            messages, lambda message: isinstance(message, FeedGap) and message.tokens == (A, B)
        )
        await messages.aclose()
    assert FeedGap("subscribed again: silent", (A,)) in seen
    assert FeedGap(f"disconnected: token {A} stays silent", (A, B)) == seen[-1]


async def test_wished_snapshot_comes() -> None:
    """After a change of the tick size the engine asks for one."""
    exchange = Exchange()
    async with exchange.open():
        stream = stream_of(exchange)
        messages = stream.messages()
        await take(messages, 2)
        stream.resubscribe(B)
        gap, snapshot = await take(messages, 2)
        await messages.aclose()
    assert FeedGap("subscribed again: asked for", (B,)) == gap
    assert isinstance(snapshot, BookSnapshot)
    assert B == snapshot.token


async def test_many_tokens_are_spread_over_sockets() -> None:
    """Losing one socket puts only its own tokens in doubt."""
    exchange = Exchange()
    async with exchange.open():
        stream = stream_of(exchange, (A, B, C), shard_tokens_max=2)
        messages = stream.messages()
        await take(messages, 3)
        subscribed = {tuple(request["assets_ids"]) for request in exchange.requests}
        assert {(A, B), (C,)} == subscribed
        lost = exchange.requests.index(next(r for r in exchange.requests if r["assets_ids"] == [C]))
        exchange.sockets[lost].transport.abort()
        [gap] = await take(messages, 1)
        stream.resubscribe(C)
        await messages.aclose()
    assert isinstance(gap, FeedGap)
    assert (C,) == gap.tokens


async def test_slow_reader_slows_the_sockets() -> None:
    """Nothing is buffered without a limit."""
    count = 5_000
    exchange = Exchange(sends(*[trade(A, number) for number in range(1, count + 1)]))
    tapped: list[bytes] = []
    async with exchange.open():
        watch = WatchSettings()
        stream = stream_of(
            exchange, watch=watch, tap=lambda _, frame: tapped.append(frame), queue_max=10
        )
        messages = stream.messages()
        await take(messages, 2)
        await true_soon(lambda: len(tapped) >= 10)
        assert len(tapped) <= 15
        seen = await take(messages, count)
        await messages.aclose()
    sizes = [message.size // 1_000_000 for message in seen if isinstance(message, TradePrint)]
    assert list(range(1, count + 1)) == sizes


async def test_absent_exchange_is_tried_until_it_is_there() -> None:
    """Each failure is a gap; waiting grows but never above its limit."""
    exchange = Exchange()
    exchange.port = port = free_port()
    stream = stream_of(exchange)
    messages = stream.messages()
    seen = await take(messages, 12)
    assert all(is_gap(message) for message in seen)
    async with exchange.open(port):
        await until(messages, lambda message: isinstance(message, BookSnapshot))
        await messages.aclose()
    assert stream.reconnects >= 12


async def test_bug_in_a_tap_reaches_the_reader() -> None:
    """A stream that broke by our own fault does not fall silent."""

    def tap(now_ns: int, frame: bytes) -> None:
        raise ZeroDivisionError

    exchange = Exchange()
    async with exchange.open():
        messages = stream_of(exchange, tap=tap).messages()
        with pytest.raises(ZeroDivisionError):
            await take(messages, 1)


async def test_leaving_the_stream_closes_its_sockets() -> None:
    """No task and no socket outlives the reader."""
    exchange = Exchange()
    async with exchange.open():
        messages = stream_of(exchange).messages()
        await take(messages, 2)
        await messages.aclose()
        await asyncio.wait_for(exchange.sockets[0].wait_closed(), WAIT_S)


async def test_a_line_that_breaks_while_the_stream_is_left_is_not_made_again() -> None:
    """Whoever leaves waits for the sockets, so the loss must not hide that they are to close."""

    def tap(now_ns: int, frame: bytes) -> None:
        reading.cancel()
        raise ConnectionResetError

    exchange = Exchange()
    async with exchange.open():
        messages = stream_of(exchange, tap=tap).messages()
        reading = asyncio.ensure_future(anext(messages))
        await asyncio.wait([reading], timeout=WAIT_S)
        assert reading.cancelled()
    assert 1 == len(exchange.sockets)


@pytest.mark.parametrize("tokens", [(), (A, B, A)])
def test_useless_tokens_are_refused(tokens: tuple[TokenId, ...]) -> None:
    """None, or one twice."""
    with pytest.raises(InputError, match="at least one token"):
        stream_of(Exchange(), tokens)


async def test_wish_for_an_unknown_token_is_refused() -> None:
    """It names the token."""
    with pytest.raises(InputError, match="token 3 is not part"):
        stream_of(Exchange()).resubscribe(C)
