"""Markets as metadata and catalogue describe them."""

from __future__ import annotations

import json

import msgspec

from bot.domain.market import RewardTerms
from bot.domain.units import NS_PER_S
from bot.sandbox.exchange import catalogue
from tests.bot.sandbox.exchange.world import MARKET, NO, YES, World, shares

REWARDED = msgspec.structs.replace(MARKET, rewards=RewardTerms(shares(100), 350, 3 * NS_PER_S))


def test_the_short_form_has_the_keys_that_the_client_reads() -> None:
    """Tokens, tick, minimum, fees and rewards (polymarket.md 3.4)."""
    terms = catalogue.clob_market(REWARDED, 10, is_open=True)
    assert [{"t": YES, "o": "Yes"}, {"t": NO, "o": "No"}] == terms["t"]
    assert (0.001, 5.0, False, True) == (terms["mts"], terms["mos"], terms["nr"], terms["ao"])
    assert {"mi": 100.0, "ma": 3.5, "e": True, "moas": 3.0} == terms["r"]
    bare = catalogue.clob_market(MARKET, 100, is_open=False)
    assert ({"mi": 0, "ma": 0, "e": False, "moas": 0}, False) == (bare["r"], bare["ao"])


def test_the_long_form_says_the_same() -> None:
    """GET /markets/{condition id}."""
    terms = catalogue.rest_market(MARKET, 100, is_open=True)
    assert (0.01, 5.0, False) == (
        terms["minimum_tick_size"], terms["minimum_order_size"], terms["closed"],
    )  # fmt: skip


def test_gammas_entry_keeps_what_it_was_given_and_states_the_book(world: World) -> None:
    """Prices, tick and state are of now; volumes are the catalogue's."""
    entry = catalogue.gamma_market(world.books, {"volume24hr": 7, "bestBid": 0}, is_open=True)
    assert (7, 0.48, 0.52, 0.01) == (
        entry["volume24hr"], entry["bestBid"], entry["bestAsk"], entry["orderPriceMinTickSize"],
    )  # fmt: skip
    assert ["0.5", "0.5"] == json.loads(str(entry["outcomePrices"]))
    assert [YES, NO] == json.loads(str(entry["clobTokenIds"]))
