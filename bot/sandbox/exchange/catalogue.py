"""Markets as the exchange's metadata and catalogue answers describe them.

Facts: polymarket.md 3.4 and 6.1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from bot.domain.market import Market
from bot.domain.units import NS_PER_S, PRICE_SCALE, SIZE_SCALE
from bot.sandbox.exchange.books import PublicBooks

Json = dict[str, object]
_YEAR_2099 = "2099-01-01T00:00:00Z"


def clob_market(market: Market, tick: int, *, is_open: bool) -> Json:
    """Return GET /clob-markets/{condition id}: short keys, numbers as numbers."""
    rewards = market.rewards
    return {
        "c": market.condition_id,
        "t": [{"t": market.yes, "o": "Yes"}, {"t": market.no, "o": "No"}],
        "mts": tick / PRICE_SCALE,
        "mos": market.size_min / SIZE_SCALE,
        "nr": market.neg_risk,
        "fd": {"r": market.fees.rate, "e": market.fees.exponent, "to": True},
        "mbf": 0,
        "tbf": 0,
        "r": {
            "mi": rewards.size_min / SIZE_SCALE if rewards else 0,
            "ma": rewards.spread_max * 100 / PRICE_SCALE if rewards else 0,
            "e": rewards is not None,
            "moas": rewards.age_min_ns / NS_PER_S if rewards else 0,
        },
        "ao": is_open,
        "cbos": False,
        "itode": False,
    }


def rest_market(market: Market, tick: int, *, is_open: bool) -> Json:
    """Return GET /markets/{condition id}, the older long form."""
    return {
        "condition_id": market.condition_id,
        "question": market.question,
        "market_slug": market.slug,
        "active": True,
        "closed": not is_open,
        "accepting_orders": is_open,
        "enable_order_book": True,
        "minimum_order_size": market.size_min / SIZE_SCALE,
        "minimum_tick_size": tick / PRICE_SCALE,
        "neg_risk": market.neg_risk,
        "maker_base_fee": 0,
        "taker_base_fee": 0,
        "tokens": [
            {"token_id": market.yes, "outcome": "Yes"},
            {"token_id": market.no, "outcome": "No"},
        ],
        "rewards": {"rates": [], "min_size": 0, "max_spread": 0},
    }


def gamma_market(books: PublicBooks, base: Mapping[str, object], *, is_open: bool) -> Json:
    """Return the market's entry of Gamma GET /markets as it stands now.

    `base` is the catalogue's own text about it, when there is one: volumes, dates, fees.
    """
    market, book = books.market, books.shown[books.market.yes]
    mid = (book.mid or book.best_bid or book.best_ask) / PRICE_SCALE
    return {
        "id": "1",
        "question": market.question or f"Market {market.slug}",
        "endDate": _YEAR_2099,
        "outcomes": json.dumps(["Yes", "No"]),
        "archived": False,
        "restricted": False,
        "enableOrderBook": True,
        "negRiskOther": False,
        "feesEnabled": market.fees.rate > 0,
        "feeSchedule": {
            "rate": market.fees.rate,
            "exponent": market.fees.exponent,
            "takerOnly": True,
            "rebateRate": market.fees.rebate_share,
        },
        "umaResolutionStatuses": "[]",
        "events": [],
        **base,
        "conditionId": market.condition_id,
        "slug": market.slug,
        "clobTokenIds": json.dumps(list(market.tokens)),
        "outcomePrices": json.dumps([f"{mid:.6g}", f"{1 - mid:.6g}"]),
        "active": True,
        "closed": not is_open,
        "acceptingOrders": is_open,
        "negRisk": market.neg_risk,
        "orderPriceMinTickSize": books.tick / PRICE_SCALE,
        "orderMinSize": market.size_min / SIZE_SCALE,
        "bestBid": book.best_bid / PRICE_SCALE,
        "bestAsk": book.best_ask / PRICE_SCALE,
        "spread": (book.best_ask - book.best_bid) / PRICE_SCALE,
    }
