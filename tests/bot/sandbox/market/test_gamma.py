"""The catalogue entry of a generated market."""

import json

from bot.sandbox.market import GeneratedMarketConfig, gamma_market
from bot.sandbox.market.ids import condition_id, token_ids


def test_the_entry_survives_json_and_names_the_market() -> None:
    """Lists are JSON inside strings, as in Gamma; ids are those of the feed."""
    config = GeneratedMarketConfig(seed=3)
    entry = json.loads(json.dumps(gamma_market(config)))
    assert list(token_ids(config)) == json.loads(entry["clobTokenIds"])
    assert ["Yes", "No"] == json.loads(entry["outcomes"])
    assert 1.0 == sum(float(price) for price in json.loads(entry["outcomePrices"]))
    assert condition_id(config) == entry["conditionId"]
    assert {"rate": 0.05, "exponent": 1, "takerOnly": True, "rebateRate": 0.25} == entry[
        "feeSchedule"
    ]


def test_the_entry_passes_a_screen_for_market_making() -> None:
    """Over $100k a day, tight, near one half, far from resolution, open for orders."""
    entry = gamma_market(GeneratedMarketConfig())
    bid, ask = entry["bestBid"], entry["bestAsk"]
    assert isinstance(bid, float)
    assert isinstance(ask, float)
    assert 0.4 < bid < ask < 0.6
    assert (0.01, 5.0) == (entry["orderPriceMinTickSize"], entry["orderMinSize"])
    assert (True, True, False) == (
        entry["enableOrderBook"],
        entry["acceptingOrders"],
        entry["closed"],
    )
    assert "2026-07-01T00:00:00Z" == entry["startDate"]
    assert "2026-12-29T00:00:00Z" == entry["endDate"]
