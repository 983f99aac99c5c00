"""Every path that is served, with the kind of operation whose latency it has."""

from __future__ import annotations

from typing import NamedTuple

from bot.sandbox.exchange import control, rest_account, rest_public, rest_trading
from bot.sandbox.exchange.calls import Handler
from bot.sandbox.exchange.faults import Operation


class Route(NamedTuple):
    """One path; `{name}` in it is a variable. `operation` is `None` where faults do not reach."""

    method: str
    path: str
    handler: Handler
    operation: Operation | None = Operation.READ


_O, _C, _H = Operation.ORDER, Operation.CANCEL, Operation.HEARTBEAT

ROUTES = (
    Route("GET", "/ok", rest_public.ok),
    Route("GET", "/time", rest_public.time),
    Route("GET", "/version", rest_public.version),
    Route("GET", "/api/geoblock", rest_public.geoblock),
    Route("GET", "/deployed", rest_public.deployed),
    Route("GET", "/book", rest_public.book),
    Route("POST", "/books", rest_public.books),
    Route("GET", "/price", rest_public.price),
    Route("POST", "/prices", rest_public.prices),
    Route("GET", "/midpoint", rest_public.midpoint),
    Route("POST", "/midpoints", rest_public.midpoints),
    Route("GET", "/spread", rest_public.spread),
    Route("POST", "/spreads", rest_public.spreads),
    Route("GET", "/last-trade-price", rest_public.last_trade_price),
    Route("GET", "/tick-size", rest_public.tick_size),
    Route("GET", "/neg-risk", rest_public.neg_risk),
    Route("GET", "/fee-rate", rest_public.fee_rate),
    Route("GET", "/markets-by-token/{name}", rest_public.market_by_token),
    Route("GET", "/clob-markets/{name}", rest_public.clob_market),
    Route("GET", "/markets/{name}", rest_public.market),
    Route("GET", "/markets/slug/{name}", rest_public.gamma_market),
    Route("GET", "/sampling-markets", rest_public.sampling_markets),
    Route("GET", "/markets", rest_public.gamma_markets),
    Route("POST", "/auth/api-key", rest_account.create_key),
    Route("GET", "/auth/derive-api-key", rest_account.derive_key),
    Route("GET", "/auth/api-keys", rest_account.list_keys),
    Route("DELETE", "/auth/api-key", rest_account.delete_key),
    Route("GET", "/auth/ban-status/closed-only", rest_account.closed_only),
    Route("POST", "/order", rest_trading.post_order, _O),
    Route("POST", "/orders", rest_trading.post_orders, _O),
    Route("DELETE", "/order", rest_trading.cancel_order, _C),
    Route("DELETE", "/orders", rest_trading.cancel_orders, _C),
    Route("DELETE", "/cancel-all", rest_trading.cancel_all, _C),
    Route("DELETE", "/cancel-market-orders", rest_trading.cancel_market_orders, _C),
    Route("POST", "/v1/heartbeats", rest_trading.heartbeat, _H),
    Route("GET", "/data/order/{name}", rest_account.order),
    Route("GET", "/data/orders", rest_account.orders),
    Route("GET", "/data/trades", rest_account.trades),
    Route("GET", "/order-scoring", rest_account.order_scoring),
    Route("GET", "/balance-allowance", rest_account.balance),
    Route("GET", "/balance-allowance/update", rest_account.update_balance),
    Route("GET", "/rewards/user/total", rest_account.rewards),
    Route("GET", "/rebates/current", rest_account.rebates),
    Route("GET", "/control/faults", control.get_faults, None),
    Route("POST", "/control/faults", control.post_faults, None),
    Route("GET", "/control/truth", control.get_truth, None),
    Route("POST", "/control/acts", control.post_act, None),
)
