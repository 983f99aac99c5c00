"""Both channels over real sockets: subscriptions, keep-alive, and the faults of delivery."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio
from polymarket import AsyncSecureClient
from polymarket.streams import MarketSpec, UserSpec

from bot.domain.market import Side
from bot.domain.messages import TradePrint
from bot.sandbox.exchange import sockets as sockets_module
from bot.sandbox.exchange.outbox import MarketOut
from bot.sandbox.exchange.server import Server
from bot.sandbox.exchange.state import Exchange
from tests.bot.sandbox.exchange.world import (
    MARKET,
    NO,
    QUICK,
    YES,
    MovableClock,
    opening_flow,
    shares,
)

Socket = aiohttp.ClientWebSocketResponse
PATIENCE_S = 30.0


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A client of plain sockets."""
    async with aiohttp.ClientSession() as opened:
        yield opened


async def follow(
    session: aiohttp.ClientSession, server: Server, *tokens: str, **options: object
) -> Socket:
    """Return a market socket that follows tokens."""
    socket = await session.ws_connect(f"{server.ws_url}/ws/market")
    await socket.send_json({"type": "market", "assets_ids": list(tokens), **options})
    return socket


async def follow_user(
    session: aiohttp.ClientSession, server: Server, maker: AsyncSecureClient, **options: object
) -> Socket:
    """Return a user socket of the maker."""
    keys = maker.credentials
    auth = {"apiKey": keys.key, "secret": keys.secret, "passphrase": keys.passphrase}
    socket = await session.ws_connect(f"{server.ws_url}/ws/user")
    await socket.send_json({"type": "user", "auth": auth, **options})
    await in_step(socket)
    return socket


async def read(socket: Socket) -> Any:  # noqa: ANN401 - JSON
    """Return the next message."""
    return json.loads(await socket.receive_str(timeout=PATIENCE_S))


async def in_step(socket: Socket) -> list[str]:
    """Return what came before the answer to a PING: everything sent so far was handled."""
    await socket.send_str("PING")
    before = []
    while (text := await socket.receive_str(timeout=PATIENCE_S)) != "PONG":
        before.append(text)
    return before


async def true_soon(condition: Callable[[], bool]) -> None:
    """Return when the condition is true. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.001)


async def place(client: AsyncSecureClient, price: str = "0.49") -> str:
    """Place an order of 10 YES."""
    signed = await client.create_limit_order(
        token_id=YES, price=price, size="10", side="BUY", post_only=True
    )
    answer = await client.post_order(signed)
    assert answer.ok
    return str(answer.order_id)


def trade(server: Server, clock: MovableClock) -> None:
    """Let 4 YES be sold at 0.49."""
    now_ns = clock.now_ns()
    server.exchange.on_flow(TradePrint(now_ns, YES, Side.SELL, 4_900, shares(4), ""), now_ns)
    server.wake()


async def test_a_subscription_starts_with_both_books(
    session: aiohttp.ClientSession, server: Server
) -> None:
    """In one array; unknown tokens are left out."""
    socket = await follow(session, server, YES, NO, "1")
    books = await read(socket)
    assert [("book", YES, "0.01"), ("book", NO, "0.01")] == [
        (book["event_type"], book["asset_id"], book["tick_size"]) for book in books
    ]
    await socket.close()


async def test_a_late_channel_starts_with_books_behind_what_is_under_way(
    session: aiohttp.ClientSession, server: Server, maker: AsyncSecureClient, clock: MovableClock
) -> None:
    """A change that the books already count, sent behind them, would spoil whoever follows."""
    late = {"median_ms": 60_000.0, "sigma": 0.0}
    server.exchange.change_faults(msgspec.json.encode({"latency": {"market": late}}))
    await place(maker)
    socket = await follow(session, server, YES)
    assert [] == await in_step(socket)
    clock.skip(60.1)
    server.wake()
    change, (book,) = await read(socket), await read(socket)
    assert ("price_change", "book") == (change["event_type"], book["event_type"])
    assert {"price": "0.49", "size": "10"} == book["bids"][-1]
    await socket.close()


async def test_the_initial_dump_can_be_left_out(
    session: aiohttp.ClientSession, server: Server
) -> None:
    """And tokens added later are dumped alone."""
    socket = await follow(session, server, YES, initial_dump=False)
    assert [] == await in_step(socket)
    await socket.send_json({"operation": "subscribe", "assets_ids": [YES, NO]})
    assert [NO] == [book["asset_id"] for book in await read(socket)]
    await socket.close()


async def test_what_is_unsubscribed_is_not_sent(
    session: aiohttp.ClientSession, server: Server, maker: AsyncSecureClient
) -> None:
    """The other socket still gets it."""
    left, kept = await follow(session, server, YES), await follow(session, server, YES)
    await read(left)
    await read(kept)
    await left.send_json({"operation": "unsubscribe", "assets_ids": [YES]})
    await in_step(left)
    await place(maker)
    assert "price_change" == (await read(kept))["event_type"]
    assert [] == await in_step(left)
    await left.close()
    await kept.close()


async def test_custom_features_add_the_touch(
    session: aiohttp.ClientSession, server: Server, maker: AsyncSecureClient
) -> None:
    """best_bid_ask follows the change, only for who asked."""
    socket = await follow(session, server, YES, custom_feature_enabled=True)
    await read(socket)
    await place(maker)
    kinds = [(await read(socket))["event_type"] for _ in range(2)]
    assert ["price_change", "best_bid_ask"] == kinds
    await socket.close()


async def test_the_owner_hears_of_orders_and_trades(
    session: aiohttp.ClientSession, server: Server, maker: AsyncSecureClient, clock: MovableClock
) -> None:
    """PLACEMENT, UPDATE, then the trade from MATCHED to CONFIRMED."""
    socket = await follow_user(session, server, maker)
    order_id = await place(maker)
    trade(server, clock)
    placement, update, matched = [await read(socket) for _ in range(3)]
    assert ("PLACEMENT", order_id) == (placement["type"], placement["id"])
    assert ("UPDATE", "4") == (update["type"], update["size_matched"])
    assert ["MATCHED", "MINED", "CONFIRMED"] == [
        each["status"] for each in (matched, await read(socket), await read(socket))
    ]
    await socket.close()


async def test_only_followed_markets_are_told(
    session: aiohttp.ClientSession, server: Server, maker: AsyncSecureClient
) -> None:
    """Subscribing to one market, leaving it, and entering it again."""
    socket = await follow_user(session, server, maker, markets=["0x1"])
    await place(maker)
    assert [] == await in_step(socket)
    condition = MARKET.condition_id
    await socket.send_json({"operation": "subscribe", "markets": [condition]})
    await in_step(socket)
    await maker.cancel_all()
    assert "CANCELLATION" == (await read(socket))["type"]
    await socket.send_json({"operation": "unsubscribe", "markets": [condition]})
    await in_step(socket)
    await place(maker)
    assert [] == await in_step(socket)
    await socket.close()


async def test_naming_a_market_ends_following_all(
    session: aiohttp.ClientSession, server: Server, maker: AsyncSecureClient
) -> None:
    """As the real channel narrows it."""
    socket = await follow_user(session, server, maker)
    await socket.send_json({"operation": "subscribe", "markets": ["0x1"]})
    await in_step(socket)
    await place(maker)
    assert [] == await in_step(socket)
    await socket.close()


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "user", "auth": {"apiKey": "x", "secret": "y", "passphrase": "z"}},
        {"operation": "subscribe", "markets": ["0x1"]},
    ],
)
async def test_a_user_socket_without_right_is_closed(
    session: aiohttp.ClientSession, server: Server, frame: dict[str, object]
) -> None:
    """Wrong keys, or none."""
    socket = await session.ws_connect(f"{server.ws_url}/ws/user")
    await socket.send_json(frame)
    assert (await socket.receive(timeout=PATIENCE_S)).type is aiohttp.WSMsgType.CLOSE
    await socket.close()


async def test_nonsense_is_answered_and_binary_ends_it(
    session: aiohttp.ClientSession, server: Server
) -> None:
    """Text that is no JSON gets INVALID OPERATION."""
    socket = await session.ws_connect(f"{server.ws_url}/ws/market")
    await socket.send_str("hello")
    assert "INVALID OPERATION" == await socket.receive_str(timeout=PATIENCE_S)
    await socket.send_bytes(b"x")
    assert (await socket.receive(timeout=PATIENCE_S)).type is aiohttp.WSMsgType.CLOSE
    await socket.close()


async def test_a_socket_that_never_pings_is_closed(
    session: aiohttp.ClientSession, clock: MovableClock
) -> None:
    """Protocol pings are not enough."""
    config = msgspec.structs.replace(QUICK, ping_timeout_s=0.05)
    exchange = Exchange([MARKET], config, clock.now_ns())
    async with Server(exchange, opening_flow(), clock) as server:
        socket = await follow(session, server, YES)
        await socket.ping()
        kinds = []
        while aiohttp.WSMsgType.CLOSE not in kinds:  # the books come before, if they are in time
            kinds.append((await socket.receive(timeout=PATIENCE_S)).type)
        assert set(kinds) <= {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.CLOSE}
        await socket.close()


async def test_frozen_sockets_answer_pings_only(
    session: aiohttp.ClientSession, server: Server, maker: AsyncSecureClient
) -> None:
    """No opening books, no changes, no events; one silent token leaves the other."""
    server.exchange.change_faults(b'{"is_frozen": true}')
    market, user = await follow(session, server, YES), await follow_user(session, server, maker)
    await place(maker)
    assert ([], []) == (await in_step(market), await in_step(user))
    patch = {"is_frozen": False, "silent_tokens": [YES]}
    server.exchange.change_faults(json.dumps(patch).encode())
    silent = await follow(session, server, YES, NO)
    assert [NO] == [book["asset_id"] for book in await read(silent)]
    for socket in (market, user, silent):
        await socket.close()


async def test_connections_are_cut_on_request(
    session: aiohttp.ClientSession, server: Server
) -> None:
    """Each is told goodbye."""
    socket = await follow(session, server, YES)
    await read(socket)
    assert 1 == await server.sockets.disconnect()
    assert (await socket.receive(timeout=PATIENCE_S)).type is aiohttp.WSMsgType.CLOSE
    await socket.close()


async def test_a_socket_that_does_not_read_is_cut_off(
    session: aiohttp.ClientSession, server: Server
) -> None:
    """Its queue has a limit."""
    socket = await follow(session, server, YES)
    await read(socket)
    message = MarketOut((YES,), "x" * 1_000)
    server.sockets.deliver([message] * (sockets_module.QUEUE_MAX + 10))
    kinds = []
    while aiohttp.WSMsgType.CLOSED not in kinds:
        kinds.append((await socket.receive(timeout=PATIENCE_S)).type)
    assert len(kinds) < sockets_module.QUEUE_MAX
    await socket.close()


async def test_the_clients_own_streams_read_everything(
    maker: AsyncSecureClient, server: Server, clock: MovableClock
) -> None:
    """Its typed market and user events, without one dropped."""
    market = await maker.subscribe(MarketSpec(token_ids=[YES, NO]))
    user = await maker.subscribe(UserSpec())
    seen: list[str] = []

    async def collect(handle: Any) -> None:  # noqa: ANN401 - a handle of either kind
        async for event in handle:
            seen.append(event.type)  # noqa: PERF401 - it never ends

    tasks = [asyncio.create_task(collect(handle)) for handle in (market, user)]
    await true_soon(lambda: any(each.key for each in server.sockets._subscribers))
    await true_soon(lambda: "book" in seen)
    await place(maker)
    trade(server, clock)
    await true_soon(lambda: seen.count("trade") == 3 and "last_trade_price" in seen)
    for task in tasks:
        task.cancel()
    assert {"book", "price_change", "last_trade_price", "order", "trade"} == set(seen)
    await market.close()
    await user.close()
