"""The exchange as a whole: limits, modes, heartbeats, balances taken away, and its truth."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.market import Side
from bot.domain.orders import OrderId
from bot.sandbox.exchange.account import CASH
from bot.sandbox.exchange.refusals import Refused
from tests.bot.sandbox.exchange.world import T0_NS, YES, World, shares


def status(world: World) -> int:
    """The status of the refusal of one more order as a whole."""
    with pytest.raises(Refused) as refused:
        world.answer(world.posted())
    return refused.value.status


def test_modes_refuse_before_an_order_is_looked_at(world: World) -> None:
    """Cancels pass in cancel-only mode, not while trading is disabled."""
    order = world.place()
    world.faults(mode="cancel_only")
    assert 503 == status(world)
    world.cancel(order)
    world.faults(mode="disabled")
    with pytest.raises(Refused, match="Trading is currently disabled"):
        world.cancel(order)
    world.faults(mode="restart")
    assert 425 == status(world)
    with pytest.raises(Refused) as refused:
        world.exchange.heartbeat(world.key, "", world.now_ns)
    assert 425 == refused.value.status


def test_the_61st_order_at_once_is_too_many(world: World) -> None:
    """429 with the signer's headers and Retry-After; a second later it goes on."""
    bucket = world.exchange.limits(world.key).orders
    assert bucket.take(60, world.now_ns)
    with pytest.raises(Refused) as refused:
        world.answer(world.posted())
    assert (429, "0", "1") == (
        refused.value.status,
        refused.value.headers["Poly-RateLimit-Remaining"],
        refused.value.headers["Retry-After"],
    )
    world.later(1)
    world.place()


def test_a_drawn_429_may_come_without_headers(world: World) -> None:
    """Then nothing says whether the order was seen."""
    world.faults(too_many=1.0)
    with pytest.raises(Refused) as refused:
        world.answer(world.posted())
    assert "Retry-After" in refused.value.headers
    world.faults(is_bare_429=True)
    with pytest.raises(Refused) as refused:
        world.answer(world.posted())
    assert {} == refused.value.headers


def test_drawn_rejections_carry_their_text(world: World) -> None:
    """By reason."""
    world.faults(reject={"not_ready": 1.0})
    assert "the market is not yet ready to process new orders" == world.answer(world.posted())
    world.faults(reject={})
    world.place()


def test_too_many_ids_in_one_cancel_are_refused(world: World) -> None:
    """More than 3,000."""
    with pytest.raises(Refused, match="Too many orders in payload: 3001"):
        world.exchange.cancel(world.key, ["0x"] * 3_001, world.now_ns)


def test_silence_of_10_s_cancels_within_15_s(world: World) -> None:
    """The exchange looks every 5 s; while the heart beats nothing happens; unarmed neither."""
    world.place()
    world.later(60)
    assert 1 == len(world.exchange.desk.open_orders())
    beat = world.exchange.heartbeat(world.key, "", world.now_ns)
    world.later(9)
    world.exchange.heartbeat(world.key, beat, world.now_ns)
    world.later(10)
    assert 1 == len(world.exchange.desk.open_orders())
    world.later(5)
    assert 0 == len(world.exchange.desk.open_orders())
    assert "CANCELED" == world.heard()[1][-1]["status"]


def test_silence_of_one_key_concerns_its_orders_alone(world: World) -> None:
    """The chain belongs to the key, not to the wallet."""
    world.place()
    other = world.exchange.keyring.create(world.owner.address, 1)
    world.exchange.heartbeat(other, "", world.now_ns)
    world.later(60)
    assert 1 == len(world.exchange.desk.open_orders())


def test_a_balance_taken_away_cancels_what_it_no_longer_covers(world: World) -> None:
    """With its own status; the older order keeps its cover."""
    older, newer = world.place(4_700, 20), world.place(4_600, 20)
    world.heard()
    world.exchange.move_balance(world.owner.address, "", -shares(10), world.now_ns)
    assert ["CANCELED_NOT_ENOUGH_BALANCE"] == [each["status"] for each in world.heard()[1]]
    assert [older] == world.exchange.desk.open_orders()
    assert "CANCELED_NOT_ENOUGH_BALANCE" == newer.status


def test_the_truth_lists_accounts_orders_and_trades(world: World) -> None:
    """In integer units."""
    order = world.place(4_900, 10)
    world.print(Side.SELL, 4_900, 4)
    truth: dict[str, Any] = world.exchange.truth()
    account = truth["accounts"][world.owner.address]
    assert (world.account.balance(CASH), shares(4.9), 1) == (
        account["cash"], account["cash_held"], len(account["pending"]),
    )  # fmt: skip
    [listed] = truth["open_orders"]
    assert (order.order_id, shares(4), YES) == (
        listed["order_id"], listed["filled"], listed["token"],
    )  # fmt: skip
    [trade] = truth["trades"]
    assert "matched" == trade["state"]


def test_orders_and_trades_belong_to_their_key(world: World) -> None:
    """Another key of the same owner sees neither."""
    order = world.place(4_900, 10)
    world.print(Side.SELL, 4_900, 4)
    other = world.exchange.keyring.create(world.owner.address, 1)
    assert order is world.exchange.order_of(world.key, order.order_id)
    assert world.exchange.order_of(other, order.order_id) is None
    assert world.exchange.order_of(world.key, OrderId("0x")) is None
    assert (1, 0) == (
        len(world.exchange.trades_of(world.key)), len(world.exchange.trades_of(other)),
    )  # fmt: skip


def test_the_same_calls_give_the_same_messages() -> None:
    """Everything random comes from the seed."""

    def run() -> list[object]:
        world = World()
        world.faults(retrying=0.5, failed=0.5, duplicate=0.5, reorder=0.5)
        for number in range(5):
            world.place(4_900, 10)
            world.print(Side.SELL, 4_900, 12)
            world.later(number)
        return list(world.heard())

    assert run() == run()
    assert T0_NS + 5_000_000_000 == World().exchange.next_due_ns
