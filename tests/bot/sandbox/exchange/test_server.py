"""The real client against the local exchange, over real sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any, Literal

import aiohttp
import pytest
import pytest_asyncio
from polymarket import AsyncSecureClient, errors

from bot.domain.market import Side
from bot.domain.messages import TradePrint
from bot.domain.units import NS_PER_S
from bot.sandbox.exchange.server import Server
from bot.sandbox.exchange.state import Exchange
from bot.sandbox.exchange.wallets import deposit_wallets
from tests.bot.sandbox.exchange.real_client import connect
from tests.bot.sandbox.exchange.world import (
    MARKET,
    NO,
    QUICK,
    T0_NS,
    YES,
    MovableClock,
    opening_flow,
    shares,
)
from tests.bot.venues.polymarket.fake_account import HandClock, settle

Word = Literal["BUY", "SELL"]


async def place(
    client: AsyncSecureClient,
    price: str = "0.47",
    side: Word = "BUY",
    token: str = YES,
    size: str = "10",
) -> str:
    """Sign and post an order of 10 shares; return its id."""
    signed = await client.create_limit_order(
        token_id=token, price=price, size=size, side=side, post_only=True
    )
    accepted = await client.post_order(signed)
    assert accepted.ok, accepted
    return str(accepted.order_id)


async def refused(client: AsyncSecureClient, **terms: Any) -> errors.RequestRejectedError:  # noqa: ANN401
    """The error with which an order is refused."""
    with pytest.raises(errors.RequestRejectedError) as caught:
        await place(client, **terms)
    return caught.value


async def open_ids(client: AsyncSecureClient) -> list[str]:
    """The ids of the client's open orders, all pages."""
    return [order.id async for page in client.list_open_orders() for order in page.items]


@pytest_asyncio.fixture
async def http(server: Server) -> AsyncIterator[aiohttp.ClientSession]:
    """Plain HTTP to the exchange, for what the client has no call for."""
    async with aiohttp.ClientSession(server.url) as session:
        yield session


def order_faults(server: Server, patch: str) -> None:
    """Order some faults."""
    server.exchange.change_faults(patch.encode())


def trade(server: Server, clock: MovableClock, side: Side, price: int, size: float) -> None:
    """Let somebody trade YES."""
    now_ns = clock.now_ns()
    server.exchange.on_flow(TradePrint(now_ns, YES, side, price, shares(size), ""), now_ns)
    server.wake()


async def test_an_order_rests_is_listed_and_is_cancelled(any_maker: AsyncSecureClient) -> None:
    """Orders signed as type 3 and type 0 are accepted, found by id, listed, and withdrawn."""
    client = any_maker
    order_id = await place(client)
    found = await client.get_order(order_id=order_id)
    assert (Decimal("0.47"), Decimal(10), str(MARKET.condition_id)) == (
        found.price,
        found.original_size,
        str(found.condition_id),
    )
    assert [order_id] == await open_ids(client)
    answer = await client.cancel_order(order_id=order_id)
    assert [order_id] == [str(each) for each in answer.canceled]
    again = await client.cancel_order(order_id=order_id)
    assert {order_id: "already canceled or matched"} == dict(again.not_canceled)


async def test_a_batch_answers_each_order(any_maker: AsyncSecureClient) -> None:
    """One rests, the other crosses; cancel_all takes what rests."""
    orders = [
        await any_maker.create_limit_order(
            token_id=YES, price=price, size="10", side="BUY", post_only=True
        )
        for price in ("0.47", "0.52")
    ]
    good, bad = await any_maker.post_orders(orders)
    assert good.ok
    assert not bad.ok
    assert "post_only_would_cross" == bad.code
    assert [good.order_id] == list((await any_maker.cancel_all()).canceled)


async def test_a_fill_changes_orders_trades_and_balances(
    any_maker: AsyncSecureClient, server: Server, clock: MovableClock
) -> None:
    """Four of ten shares at 0.49, settled within some 40 ms."""
    order_id = await place(any_maker, "0.49")
    trade(server, clock, Side.SELL, 4_900, 4)
    clock.skip(5)
    server.wake()
    assert Decimal(4) == (await any_maker.get_order(order_id=order_id)).size_matched
    [page] = [page async for page in any_maker.list_account_trades()]
    [listed] = page.items
    assert ("CONFIRMED", order_id) == (listed.status, listed.maker_orders[0].order_id)
    cash = await any_maker.get_balance_allowance(asset_type="COLLATERAL")
    held = await any_maker.get_balance_allowance(asset_type="CONDITIONAL", token_id=YES)
    assert (shares(25 - 1.96), shares(4)) == (cash.balance, held.balance)


async def test_sold_shares_are_those_that_were_bought(
    maker: AsyncSecureClient, server: Server, clock: MovableClock
) -> None:
    """A sale needs tokens, and settled ones."""
    assert "not enough balance / allowance" in str(await refused(maker, side="SELL", price="0.55"))
    await place(maker, "0.49")
    trade(server, clock, Side.SELL, 4_900, 10)
    clock.skip(5)
    server.wake()
    await asyncio.sleep(0)
    await place(maker, "0.55", "SELL")


async def test_refusals_carry_the_exchanges_words(maker: AsyncSecureClient) -> None:
    """Crossing, size, balance, and the same order again."""
    assert "order crosses book" in str(await refused(maker, price="0.52"))
    assert "lower than the minimum: 5" in str(await refused(maker, size="4"))
    assert "balance: 25000000, order amount: 47000000" in str(await refused(maker, size="100"))
    signed = await maker.create_limit_order(
        token_id=NO, price="0.40", size="10", side="BUY", post_only=True
    )
    await maker.post_order(signed)
    with pytest.raises(errors.RequestRejectedError, match="Duplicated"):
        await maker.post_order(signed)


async def test_a_second_client_of_the_owner_derives_its_key(
    maker: AsyncSecureClient, server: Server
) -> None:
    """Same key, so it sees the same orders; another owner has none."""
    order_id = await place(maker)
    again = await connect(server.url, server.ws_url)
    assert [order_id] == await open_ids(again)
    stranger = await connect(server.url, server.ws_url, key="0x" + "22" * 32)
    assert [] == await open_ids(stranger)
    await again.close()
    await stranger.close()


async def test_the_newer_kind_of_deposit_wallet_trades_too(
    server: Server, maker: AsyncSecureClient
) -> None:
    """An owner may name it."""
    signer = server.exchange.keyring.owner(maker.credentials.key)
    assert signer is not None
    newer = await connect(server.url, server.ws_url, wallet=deposit_wallets(signer)[1])
    await place(newer)
    balance = await newer.get_balance_allowance(asset_type="COLLATERAL")
    assert QUICK.cash == balance.balance
    await newer.close()


async def test_heartbeats_are_chained_and_their_end_cancels(
    maker: AsyncSecureClient, server: Server, clock: MovableClock
) -> None:
    """The client reads the expected id from the refusal; 15 s of silence take every order."""
    await place(maker)
    first = await maker.send_order_heartbeat()
    with pytest.raises(errors.OrderHeartbeatMismatchError) as caught:
        await maker.send_order_heartbeat(heartbeat_id="wrong")
    assert first.heartbeat_id == caught.value.heartbeat_id
    await maker.send_order_heartbeat(heartbeat_id=first.heartbeat_id)
    clock.skip(15.1)
    server.wake()
    await asyncio.sleep(0)
    assert [] == await open_ids(maker)


async def test_modes_reach_the_client(maker: AsyncSecureClient, server: Server) -> None:
    """Status, restriction and when to come back, as the client tells them."""
    order_faults(server, '{"mode": "restart"}')
    assert (425, "restarting") == (
        (await refused(maker)).status,
        (await refused(maker)).restriction,
    )
    order_faults(server, '{"mode": "cancel_only"}')
    assert "cancel_only" == (await refused(maker)).restriction
    assert () == (await maker.cancel_all()).canceled
    order_faults(server, '{"mode": "disabled"}')
    disabled = await refused(maker)
    assert (503, None) == (disabled.status, disabled.restriction)
    order_faults(server, '{"mode": "post_only", "retry_after_s": 7}')
    await place(maker)
    taker = await maker.create_limit_order(token_id=YES, price="0.46", size="10", side="BUY")
    with pytest.raises(errors.RequestRejectedError) as caught:
        await maker.post_order(taker)
    assert ("post_only", "post_only_mode", 7.0) == (
        caught.value.restriction,
        caught.value.code,
        caught.value.retry_after,
    )


async def test_rate_limits_reach_the_client(maker: AsyncSecureClient, server: Server) -> None:
    """With the signer's headers, or bare."""
    order_faults(server, '{"too_many": 1.0}')
    with pytest.raises(errors.RateLimitError) as caught:
        await place(maker)
    assert caught.value.rate_limit is not None
    assert ("Standard", 1.0) == (caught.value.rate_limit.tier, caught.value.retry_after)
    order_faults(server, '{"is_bare_429": true}')
    with pytest.raises(errors.RateLimitError) as caught:
        await place(maker)
    assert (None, None) == (caught.value.rate_limit, caught.value.retry_after)


async def test_an_order_whose_answer_is_lost_rests(
    maker: AsyncSecureClient, server: Server
) -> None:
    """The client cannot know; asking by id tells."""
    order_faults(server, '{"lose_answer": 1.0, "hold_s": 0.01}')
    with pytest.raises(errors.TransportError):
        await place(maker)
    [order_id] = await open_ids(maker)
    assert order_id == (await maker.get_order(order_id=order_id)).id


async def test_latency_is_split_between_the_way_in_and_out(
    maker: AsyncSecureClient, server: Server
) -> None:
    """An order takes effect after its share of 60 ms; reads stay quick."""
    latency = '{"latency": {"order": {"median_ms": 60, "sigma": 0}}, "entry_share": 0.5}'
    order_faults(server, latency)
    started = time.perf_counter()
    posting = asyncio.create_task(place(maker))
    async with asyncio.timeout(60):
        while not server.exchange.desk.open_orders():  # noqa: ASYNC110 - it has no event for it
            await asyncio.sleep(0.001)
    took_effect = time.perf_counter() - started
    await posting
    answered = time.perf_counter() - started
    assert 0.03 <= took_effect < answered
    assert 0.06 <= answered


async def test_metadata_and_prices_are_read_by_the_client(maker: AsyncSecureClient) -> None:
    """Book, midpoint, price, spread, catalogue and account flags."""
    book = await maker.get_order_book(token_id=YES)
    assert (Decimal("0.48"), Decimal("0.01")) == (book.bids[-1].price, book.tick_size)
    assert Decimal("0.5") == await maker.get_midpoint(token_id=YES)
    assert Decimal("0.48") == await maker.get_price(token_id=YES, side="BUY")
    assert Decimal("0.04") == await maker.get_spread(token_id=YES)
    assert 2 == len(await maker.get_order_books(token_ids=[YES, NO]))
    assert MARKET.slug == (await maker.get_market(slug=MARKET.slug)).slug
    assert not await maker.get_closed_only_mode()
    assert not await maker.get_order_scoring(order_id="0x1")


async def test_control_is_served_over_http(
    server: Server, http: aiohttp.ClientSession, maker: AsyncSecureClient
) -> None:
    """Faults, acts, truth, and cutting connections."""
    await place(maker, "0.49")
    act = {"type": "print", "token": YES, "side": "SELL", "price": 4_900, "size": shares(4)}
    async with http.post("/control/acts", json=act) as answer:
        assert "OK" == await answer.json()
    async with http.get("/control/truth") as answer:
        assert shares(4) == (await answer.json())["open_orders"][0]["filled"]
    async with http.post("/control/faults", json={"failed": 2}) as answer:
        assert 400 == answer.status
    async with http.post("/control/disconnect") as answer:
        assert {"disconnected": 0} == await answer.json()
    async with http.get("/nowhere") as answer:
        assert 404 == answer.status
    assert server.ws_url.startswith("ws://127.0.0.1:")


async def test_the_flow_runs_at_its_speed_and_ends() -> None:
    """A thousand seconds of flow pass in one of the clock; after its end time goes on."""
    clock = HandClock(T0_NS)  # the flow is so fast that real time would show
    fast = QUICK.__class__(speed=1_000.0)
    flow = [*opening_flow()]
    late = TradePrint(0, YES, Side.BUY, 5_200, shares(1), "")
    messages = iter([*flow, (1_000 * 10**9, late)])
    async with Server(Exchange([MARKET], fast, clock.now_ns()), messages, clock) as server:
        books = server.exchange.hall.markets[MARKET.condition_id]
        assert books.is_ready
        clock.time_ns += 900_000_000
        server.wake()
        await settle()
        assert "" == books.last_trade[YES]
        clock.time_ns += 200_000_000
        server.wake()
        await settle()
        assert "0.520" == books.last_trade[YES]
        clock.time_ns += 60 * NS_PER_S
        server.wake()
        await settle()
        assert server.exchange.next_due_ns > clock.now_ns()


async def test_a_taken_port_is_an_error(server: Server, clock: MovableClock) -> None:
    """As the operating system reports it."""
    port = int(server.url.rpartition(":")[2])
    second = Server(Exchange([MARKET], QUICK, clock.now_ns()), opening_flow(), clock, port)
    with pytest.raises(OSError, match="address already in use"):
        async with second:
            pass
    await second.__aexit__(None, None, None)
