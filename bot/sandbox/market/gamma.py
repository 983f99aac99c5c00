"""A generated market as the exchange's catalogue would list it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from bot.domain.units import NS_PER_S, PRICE_SCALE, SIZE_SCALE
from bot.sandbox.market.config import GeneratedMarketConfig
from bot.sandbox.market.ids import condition_id, token_ids
from bot.sandbox.market.traders import TraderMarket

_DAYS_TO_RESOLUTION = 180
_SHARES_PER_TRADE = 57


def gamma_market(config: GeneratedMarketConfig) -> dict[str, object]:
    """Return the market's entry of Gamma `GET /markets` at its first instant.

    Fields and forms of polymarket.md 6.1: `clobTokenIds`, `outcomes` and `outcomePrices` are JSON
    inside strings, prices and sizes are dollars and shares. `volume24hr` is in dollars, the sum of
    price times shares that the configuration aims at.
    """
    book = TraderMarket(config).book
    bid, ask = book.best_bid / book.level_count, book.best_ask / book.level_count
    mid = round((bid + ask) / 2, 5)
    volume = round(config.trades_per_day * config.activity * _SHARES_PER_TRADE * mid, 2)
    resting = sum(queue.total for queue in book.bids + book.asks) / SIZE_SCALE
    start = datetime.fromtimestamp(config.start_ns // NS_PER_S, tz=UTC)
    end = start + timedelta(seconds=config.duration_s, days=_DAYS_TO_RESOLUTION)
    return {
        "id": str(config.seed),
        "question": f"Generated market {config.seed}: does it resolve YES?",
        "conditionId": condition_id(config),
        "slug": config.slug,
        "startDate": _iso(start),
        "endDate": _iso(end),
        "outcomes": json.dumps(["Yes", "No"]),
        "outcomePrices": json.dumps([str(mid), str(round(1 - mid, 5))]),
        "clobTokenIds": json.dumps(list(token_ids(config))),
        "active": True,
        "closed": False,
        "archived": False,
        "restricted": False,
        "acceptingOrders": True,
        "enableOrderBook": True,
        "negRisk": config.neg_risk,
        "negRiskOther": False,
        "orderPriceMinTickSize": config.tick / PRICE_SCALE,
        "orderMinSize": config.min_order_size / SIZE_SCALE,
        "volumeNum": volume,
        "volume24hr": volume,
        "volume24hrClob": volume,
        "liquidityNum": round(resting * mid, 2),
        "liquidityClob": round(resting * mid, 2),
        "bestBid": bid,
        "bestAsk": ask,
        "spread": round(ask - bid, 5),
        "lastTradePrice": config.start_price / PRICE_SCALE,
        "oneHourPriceChange": 0.0,
        "oneDayPriceChange": 0.0,
        "rewardsMinSize": 100,
        "rewardsMaxSpread": 3.5,
        "clobRewards": [],
        "secondsDelay": 0,
        "feesEnabled": True,
        "feeType": "general_fees",
        "feeSchedule": {"rate": 0.05, "exponent": 1, "takerOnly": True, "rebateRate": 0.25},
        "umaResolutionStatuses": "[]",
        "events": [
            {"id": str(config.seed), "slug": config.slug, "negRisk": config.neg_risk, "tags": []}
        ],
    }


def _iso(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
