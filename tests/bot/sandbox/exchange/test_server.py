"""The real client against the local exchange, over real sockets."""

from __future__ import annotations

from decimal import Decimal

from polymarket import AsyncSecureClient

from tests.bot.sandbox.exchange.world import MARKET, YES


async def place(client: AsyncSecureClient, price: str = "0.47", side: str = "BUY") -> str:
    """Sign and post an order of 10 YES; return its id."""
    signed = await client.create_limit_order(
        token_id=YES, price=price, size="10", side=side, post_only=True
    )
    accepted = await client.post_order(signed)
    assert accepted.ok, accepted
    return accepted.order_id


async def test_an_order_rests_is_listed_and_is_cancelled(any_maker: AsyncSecureClient) -> None:
    """Orders signed as type 3 and type 0 are accepted, found by id, listed, and withdrawn."""
    client = any_maker
    order_id = await place(client)
    found = await client.get_order(order_id=order_id)
    assert (Decimal("0.47"), Decimal(10), MARKET.condition_id) == (
        found.price,
        found.original_size,
        found.condition_id,
    )
    pages = [page async for page in client.list_open_orders()]
    assert [order_id] == [order.id for page in pages for order in page.items]
    answer = await client.cancel_order(order_id=order_id)
    assert (order_id,) == answer.canceled
    again = await client.cancel_order(order_id=order_id)
    assert {order_id: "already canceled or matched"} == again.not_canceled
