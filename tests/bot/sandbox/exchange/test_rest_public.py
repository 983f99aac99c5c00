"""Answers that need no key."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.market import Side
from bot.domain.messages import MarketResolved
from bot.sandbox.exchange.refusals import Refused
from tests.bot.sandbox.exchange.world import MARKET, NO, T0_NS, YES, World, ask, ask_unsigned

CONDITION = MARKET.condition_id
TICK_ACT = {"type": "tick_size", "token": YES, "tick": 10}


@pytest.mark.parametrize(
    ("path", "query", "answer"),
    [
        ("/ok", {}, "OK"),
        ("/time", {}, T0_NS // 10**9),
        ("/version", {}, {"version": 2}),
        ("/deployed", {"address": "0x"}, {"deployed": True}),
        ("/price", {"token_id": YES, "side": "BUY"}, {"price": "0.48"}),
        ("/price", {"token_id": YES, "side": "SELL"}, {"price": "0.52"}),
        ("/midpoint", {"token_id": YES}, {"mid": "0.5"}),
        ("/spread", {"token_id": YES}, {"spread": "0.04"}),
        ("/last-trade-price", {"token_id": YES}, {"price": "0.5", "side": ""}),
        ("/tick-size", {"token_id": NO}, {"minimum_tick_size": 0.01}),
        ("/neg-risk", {"token_id": YES}, {"neg_risk": False}),
        ("/fee-rate", {"token_id": YES}, {"base_fee": 0}),
    ],
)
def test_plain_questions(world: World, path: str, query: dict[str, str], answer: object) -> None:
    """Each has one answer, without any signature."""
    assert answer == ask_unsigned(world, "GET", path, **query)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/midpoints", {YES: "0.5", NO: "0.5"}),
        ("/spreads", {YES: "0.04", NO: "0.04"}),
        ("/prices", {YES: {"BUY": "0.48"}, NO: {"BUY": "0.48"}}),
    ],
)
def test_questions_about_many_tokens(world: World, path: str, answer: object) -> None:
    """One answer for each of them."""
    body = [{"token_id": YES, "side": "BUY"}, {"token_id": NO, "side": "BUY"}]
    assert answer == ask(world, "POST", path, body)


def test_books_are_answered_one_by_one_or_together(world: World) -> None:
    """Unknown tokens are left out of the list, and not found alone."""
    book = ask(world, "GET", "/book", token_id=YES)
    assert [book] == ask(world, "POST", "/books", [{"token_id": YES}, {"token_id": "1"}])
    assert 404 == ask(world, "GET", "/book", token_id="1").status
    assert 400 == ask(world, "GET", "/book").status


def test_a_side_must_be_one_and_a_midpoint_needs_two(world: World) -> None:
    """400 and 404."""
    assert 400 == ask(world, "GET", "/price", token_id=YES, side="UP").status
    for price in (5_200, 5_300):
        world.level(YES, price, 0, is_bid=False)
    assert 404 == ask(world, "GET", "/midpoint", token_id=YES).status


def test_the_last_price_is_answered_after_a_trade(world: World) -> None:
    """On both tokens."""
    world.print(Side.BUY, 5_200, 1)
    assert "0.480" == ask(world, "GET", "/last-trade-price", token_id=NO)["price"]


def test_markets_are_found_by_token_and_condition(world: World) -> None:
    """Unknown ones are not found."""
    assert CONDITION == ask(world, "GET", f"/markets-by-token/{YES}")["condition_id"]
    assert 404 == ask(world, "GET", "/markets-by-token/1").status
    assert CONDITION == ask(world, "GET", f"/clob-markets/{CONDITION}")["c"]
    assert 404 == ask(world, "GET", "/clob-markets/0x1").status
    assert CONDITION == ask(world, "GET", f"/markets/{CONDITION}")["condition_id"]
    assert [CONDITION] == [
        each["condition_id"] for each in ask(world, "GET", "/sampling-markets")["data"]
    ]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 1),
        ({"slug": MARKET.slug}, 1),
        ({"slug": "other"}, 0),
        ({"condition_ids": f"0x1,{CONDITION}"}, 1),
        ({"clob_token_ids": NO}, 1),
        ({"clob_token_ids": "1"}, 0),
        ({"closed": "true"}, 0),
        ({"offset": "1"}, 0),
        ({"limit": "0"}, 0),
    ],
)
def test_the_catalogue_is_searched(world: World, query: dict[str, str], count: int) -> None:
    """By slug, condition ids or token ids; open markets unless asked otherwise."""
    assert count == len(ask(world, "GET", "/markets", **query))


def test_the_catalogue_knows_a_slug_and_what_was_decided(world: World) -> None:
    """One entry, and 404 for a slug of nothing; a decided market is closed."""
    assert CONDITION == ask(world, "GET", f"/markets/slug/{MARKET.slug}")["conditionId"]
    assert isinstance(ask(world, "GET", "/markets/slug/x"), Refused)
    world.flow(MarketResolved(T0_NS, (YES, NO), YES))
    assert [True] == [each["closed"] for each in ask(world, "GET", "/markets", closed="true")]


def test_metadata_may_lag_behind_a_new_tick(world: World) -> None:
    """With that fault it states the first tick while the book is on the new one."""

    def stated() -> list[Any]:
        return [
            ask(world, "GET", "/tick-size", token_id=YES)["minimum_tick_size"],
            ask(world, "GET", f"/clob-markets/{CONDITION}")["mts"],
            ask(world, "GET", f"/markets/{CONDITION}")["minimum_tick_size"],
        ]

    ask(world, "POST", "/control/acts", TICK_ACT)
    assert [0.001] * 3 == stated()
    world.faults(is_tick_stale=True)
    assert [0.01] * 3 == stated()
    assert "0.001" == ask(world, "GET", "/book", token_id=YES)["tick_size"]


def test_the_geoblock_page_says_blocked_when_told_to(world: World) -> None:
    """GET /api/geoblock."""
    assert not ask(world, "GET", "/api/geoblock")["blocked"]
    world.faults(is_geoblocked=True)
    assert ask(world, "GET", "/api/geoblock")["blocked"]
