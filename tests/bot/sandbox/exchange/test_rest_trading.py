"""Answers to cancels and heartbeats; those to orders are tested with the real client."""

from __future__ import annotations

from bot.domain.market import Side
from bot.sandbox.exchange.refusals import Refused
from tests.bot.sandbox.exchange.world import MARKET, NO, World, ask, ask_unsigned


def test_cancels_by_id_by_list_and_by_market(world: World) -> None:
    """Each answers with what was cancelled and what was not."""
    first, second, third, fourth = (world.place(4_700 - 100 * number) for number in range(4))
    one = ask(world, "DELETE", "/order", {"orderID": first.order_id})
    assert {"canceled": [first.order_id], "not_canceled": {}} == one
    some = ask(world, "DELETE", "/orders", [first.order_id, second.order_id])
    assert [second.order_id] == some["canceled"]
    assert {first.order_id: "already canceled or matched"} == some["not_canceled"]
    scope = {"market": MARKET.condition_id}
    rest = ask(world, "DELETE", "/cancel-market-orders", scope)
    assert [third.order_id, fourth.order_id] == rest["canceled"]


def test_cancels_by_token_leave_the_other_one(world: World) -> None:
    """Then cancel-all takes the rest."""
    yes, no = world.place(), world.place(4_600, 10, Side.BUY, NO)
    answer = ask(world, "DELETE", "/cancel-market-orders", {"asset_id": NO})
    assert [no.order_id] == answer["canceled"]
    assert [yes.order_id] == ask(world, "DELETE", "/cancel-all")["canceled"]
    assert [] == ask(world, "DELETE", "/cancel-all")["canceled"]


def test_a_body_that_is_none_is_refused(world: World) -> None:
    """400, as is a request that nobody signed with 401."""
    answer = ask(world, "DELETE", "/order", {"id": "x"})
    assert (400, "Invalid orderID") == (answer.status, answer.error)
    assert 401 == ask_unsigned(world, "DELETE", "/cancel-all").status
    assert 401 == ask_unsigned(world, "POST", "/order", {}).status


def test_heartbeats_are_a_chain(world: World) -> None:
    """The answer carries the next id; a wrong one names the right one."""
    first = ask(world, "POST", "/v1/heartbeats", {"heartbeat_id": ""})["heartbeat_id"]
    wrong = ask(world, "POST", "/v1/heartbeats", {"heartbeat_id": "x"})
    assert isinstance(wrong, Refused)
    assert first == wrong.body["heartbeat_id"]
