"""Answers about own orders, trades and balances."""

from __future__ import annotations

import msgspec
import pytest

from bot.domain.market import Side
from bot.sandbox.exchange.signing import EXCHANGE
from bot.sandbox.exchange.wallets import deposit_wallets
from tests.bot.sandbox.exchange.world import (
    MARKET,
    NO,
    QUICK,
    T0_NS,
    YES,
    World,
    ask,
    ask_unsigned,
    shares,
)

T0_S = T0_NS // 10**9


def test_orders_are_listed_in_pages() -> None:
    """Two a page here; each once, in order."""
    world = World(msgspec.structs.replace(QUICK, page_size=2))
    ids = [world.place(4_700 - 100 * number).order_id for number in range(3)]
    first = ask(world, "GET", "/data/orders")
    second = ask(world, "GET", "/data/orders", next_cursor=first["next_cursor"])
    assert ids == [each["id"] for each in first["data"] + second["data"]]
    assert "LTE=" == second["next_cursor"]


def test_orders_are_found_by_id_token_and_market(world: World) -> None:
    """And one by one, also when it is not open any more."""
    yes, no = world.place(), world.place(4_600, 10, Side.BUY, NO)
    for query, found in (
        ({"id": yes.order_id}, [yes]),
        ({"asset_id": NO}, [no]),
        ({"market": MARKET.condition_id}, [yes, no]),
        ({"market": "0x"}, []),
    ):
        rows = ask(world, "GET", "/data/orders", **query)["data"]
        assert [order.order_id for order in found] == [each["id"] for each in rows]
    world.cancel(yes)
    assert "ORDER_STATUS_CANCELED" == ask(world, "GET", f"/data/order/{yes.order_id}")["status"]
    assert 404 == ask(world, "GET", "/data/order/0x1").status


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 2),
        ({"asset_id": NO}, 1),
        ({"asset_id": "1"}, 0),
        ({"market": MARKET.condition_id}, 2),
        ({"market": "0x"}, 0),
        ({"id": "x"}, 0),
        ({"maker_address": "0x"}, 0),
        ({"after": str(T0_S)}, 1),
        ({"before": str(T0_S + 1)}, 1),
        ({"before": str(T0_S + 2), "after": str(T0_S - 1)}, 2),
    ],
)
def test_trades_are_listed_newest_first(world: World, query: dict[str, str], count: int) -> None:
    """By token, market, id, maker and time."""
    world.place(4_900, 10)
    world.print(Side.SELL, 4_900, 4)
    world.later(1)
    world.place(4_900, 10, Side.BUY, NO)
    world.print(Side.BUY, 5_100, 4)
    rows = ask(world, "GET", "/data/trades", **query)["data"]
    assert count == len(rows)
    times = [int(each["match_time"]) for each in rows]
    assert sorted(times, reverse=True) == times


def test_a_time_that_is_none_is_refused(world: World) -> None:
    """400."""
    world.place(4_900, 10)
    world.print(Side.SELL, 4_900, 4)
    assert 400 == ask(world, "GET", "/data/trades", after="soon").status


def test_balances_are_of_the_wallet_behind_the_signature_type(world: World) -> None:
    """Type 0 is the key itself, type 3 its deposit wallet; amounts are 1e-6 integers as text."""
    world.account.add(YES, shares(7))
    cash = {"asset_type": "COLLATERAL", "signature_type": "0"}
    assert "25000000" == ask(world, "GET", "/balance-allowance", **cash)["balance"]
    tokens = {"asset_type": "CONDITIONAL", "token_id": YES, "signature_type": "0"}
    answer = ask(world, "GET", "/balance-allowance", **tokens)
    assert "7000000" == answer["balance"]
    assert EXCHANGE in answer["allowances"]
    other = ask(world, "GET", "/balance-allowance", **{**tokens, "signature_type": "3"})
    assert "0" == other["balance"]
    assert "" == ask(world, "GET", "/balance-allowance/update", **cash)


def test_the_deposit_wallet_that_is_in_use_is_meant(world: World) -> None:
    """A key has two possible ones."""
    newer = deposit_wallets(world.owner.address)[1]
    world.exchange.hall.account(newer).add(YES, shares(3))
    query = {"asset_type": "CONDITIONAL", "token_id": YES, "signature_type": "3"}
    assert "3000000" == ask(world, "GET", "/balance-allowance", **query)["balance"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"signature_type": "1", "asset_type": "COLLATERAL"},
        {"signature_type": "0", "asset_type": "GOLD"},
        {"signature_type": "0", "asset_type": "CONDITIONAL"},
    ],
)
def test_questions_that_make_no_sense_are_refused(world: World, query: dict[str, str]) -> None:
    """400 each."""
    assert 400 == ask(world, "GET", "/balance-allowance", **query).status


def test_keys_are_listed_and_deleted(world: World) -> None:
    """A deleted key signs nothing any more."""
    assert {"apiKeys": [world.key.key]} == ask(world, "GET", "/auth/api-keys")
    assert "OK" == ask(world, "DELETE", "/auth/api-key")
    assert 401 == ask(world, "GET", "/auth/api-keys").status
    assert 401 == ask_unsigned(world, "POST", "/auth/api-key").status
    assert 401 == ask_unsigned(world, "GET", "/auth/derive-api-key").status


def test_scoring_and_closed_only(world: World) -> None:
    """An order scores while it rests; the account flag is the fault's."""
    order = world.place()
    scoring = {"order_id": order.order_id}
    assert {"scoring": True} == ask(world, "GET", "/order-scoring", **scoring)
    world.cancel(order)
    assert {"scoring": False} == ask(world, "GET", "/order-scoring", **scoring)
    assert {"closed_only": False} == ask(world, "GET", "/auth/ban-status/closed-only")
