"""Answers that need no key: time, books, prices, metadata and the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.book import Book
from bot.domain.market import Side
from bot.domain.units import NS_PER_MS, NS_PER_S, PRICE_SCALE, format_price
from bot.sandbox.exchange import catalogue
from bot.sandbox.exchange.books import PublicBooks
from bot.sandbox.exchange.calls import Answer, Call, number_in, page, tokens_in
from bot.sandbox.exchange.market_frames import rest_book
from bot.sandbox.exchange.refusals import bad_request, not_found
from bot.sandbox.exchange.state import Exchange

GAMMA_PAGE = 100
"""Markets in one answer of the catalogue, at most (polymarket.md 6.1)."""
COUNTRY = "XX"
"""Where the geoblock page finds us: nowhere."""


def ok(_exchange: Exchange, _call: Call) -> Answer:
    """Answer that the service is up."""
    return Answer("OK")


def time(_exchange: Exchange, call: Call) -> Answer:
    """Answer the time in whole seconds."""
    return Answer(call.now_ns // NS_PER_S)


def version(_exchange: Exchange, _call: Call) -> Answer:
    """Answer the version of orders that is accepted."""
    return Answer({"version": 2})


def geoblock(exchange: Exchange, _call: Call) -> Answer:
    """Answer whether we may trade from here."""
    blocked = exchange.faults.is_geoblocked
    return Answer({"blocked": blocked, "ip": "127.0.0.1", "country": COUNTRY, "region": ""})


def deployed(_exchange: Exchange, _call: Call) -> Answer:
    """Answer, as the relayer does, that a wallet exists: here all of them do."""
    return Answer({"deployed": True})


def book(exchange: Exchange, call: Call) -> Answer:
    """Answer the book of a token."""
    token = call.required("token_id")
    return Answer(_book(exchange, token, call.now_ns))


def books(exchange: Exchange, call: Call) -> Answer:
    """Answer the books of many tokens; those of no market are left out."""
    known = [entry.token_id for entry in tokens_in(call) if exchange.hall.books_of(entry.token_id)]
    return Answer([_book(exchange, token, call.now_ns) for token in known])


def price(exchange: Exchange, call: Call) -> Answer:
    """Answer the best price of one side: BUY the bid, SELL the ask."""
    shown = _shown(exchange, call.required("token_id"))
    return Answer({"price": _best(shown, call.required("side"))})


def prices(exchange: Exchange, call: Call) -> Answer:
    """Answer the best prices of many tokens and sides."""
    answer: dict[str, dict[str, str]] = {}
    for entry in tokens_in(call):
        best = _best(_shown(exchange, entry.token_id), entry.side)
        answer.setdefault(entry.token_id, {})[entry.side] = best
    return Answer(answer)


def midpoint(exchange: Exchange, call: Call) -> Answer:
    """Answer the midpoint of a token."""
    return Answer({"mid": _mid(_shown(exchange, call.required("token_id")))})


def midpoints(exchange: Exchange, call: Call) -> Answer:
    """Answer the midpoints of many tokens."""
    return Answer(
        {entry.token_id: _mid(_shown(exchange, entry.token_id)) for entry in tokens_in(call)}
    )


def spread(exchange: Exchange, call: Call) -> Answer:
    """Answer the spread of a token."""
    return Answer({"spread": _spread(_shown(exchange, call.required("token_id")))})


def spreads(exchange: Exchange, call: Call) -> Answer:
    """Answer the spreads of many tokens."""
    return Answer(
        {entry.token_id: _spread(_shown(exchange, entry.token_id)) for entry in tokens_in(call)}
    )


def last_trade_price(exchange: Exchange, call: Call) -> Answer:
    """Answer the last price of a token; the side is empty when it never traded."""
    token = call.required("token_id")
    last = exchange.hall.need_books(token).last_trade
    text = next((price for name, price in last.items() if name == token), "")
    return Answer({"price": text or "0.5", "side": "BUY" if text else ""})


def tick_size(exchange: Exchange, call: Call) -> Answer:
    """Answer the tick size of a token."""
    tick = _stated_tick(exchange, exchange.hall.need_books(call.required("token_id")))
    return Answer({"minimum_tick_size": tick / PRICE_SCALE})


def neg_risk(exchange: Exchange, call: Call) -> Answer:
    """Answer whether a token belongs to a negative-risk market."""
    found = exchange.hall.need_books(call.required("token_id"))
    return Answer({"neg_risk": found.market.neg_risk})


def fee_rate(exchange: Exchange, call: Call) -> Answer:
    """Answer the fee field of the first version: always 0, and not to be used."""
    exchange.hall.need_books(call.required("token_id"))
    return Answer({"base_fee": 0})


def market_by_token(exchange: Exchange, call: Call) -> Answer:
    """Answer which market a token belongs to."""
    market = exchange.hall.need_books(call.name).market
    return Answer(
        {
            "condition_id": market.condition_id,
            "primary_token_id": market.yes,
            "secondary_token_id": market.no,
        }
    )


def clob_market(exchange: Exchange, call: Call) -> Answer:
    """Answer the terms of a market."""
    found = _named(exchange, call.name)
    tick = _stated_tick(exchange, found)
    return Answer(catalogue.clob_market(found.market, tick, is_open=_is_open(exchange, found)))


def market(exchange: Exchange, call: Call) -> Answer:
    """Answer the terms of a market in the older form."""
    found = _named(exchange, call.name)
    tick = _stated_tick(exchange, found)
    return Answer(catalogue.rest_market(found.market, tick, is_open=_is_open(exchange, found)))


def sampling_markets(exchange: Exchange, call: Call) -> Answer:
    """Answer all markets in the older form, in pages."""
    rows = [
        catalogue.rest_market(each.market, each.tick, is_open=_is_open(exchange, each))
        for each in exchange.hall.markets.values()
    ]
    return Answer(page(rows, call.query.get("next_cursor", ""), exchange.config.page_size))


def gamma_markets(exchange: Exchange, call: Call) -> Answer:
    """Answer Gamma's list: by `slug`, `condition_ids` or `clob_token_ids`, else all.

    Only open markets unless `closed` is true: then only the others.
    """
    wants_open = call.query.get("closed") != "true"
    found = [
        each
        for each in exchange.hall.markets.values()
        if _is_asked_for(each, call.query) and _is_open(exchange, each) == wants_open
    ]
    offset = number_in(call, "offset", 0)
    part = found[offset : offset + number_in(call, "limit", GAMMA_PAGE)]
    return Answer([_entry(exchange, each) for each in part])


def gamma_market(exchange: Exchange, call: Call) -> Answer:
    """Answer Gamma's entry of the market with a slug."""
    for each in exchange.hall.markets.values():
        if each.market.slug == call.name:
            return Answer(_entry(exchange, each))
    raise not_found("market")


def _entry(exchange: Exchange, found: PublicBooks) -> dict[str, object]:
    base = exchange.catalogue.get(found.market.condition_id, {})
    return catalogue.gamma_market(found, base, is_open=_is_open(exchange, found))


def _is_asked_for(found: PublicBooks, query: Mapping[str, str]) -> bool:
    market = found.market
    wanted: dict[str, set[str]] = {
        "slug": {market.slug},
        "condition_ids": {market.condition_id},
        "clob_token_ids": set(market.tokens),
    }
    asked = {name: set(query[name].split(",")) for name in wanted if query.get(name)}
    return all(wanted[name] & values for name, values in asked.items())


def _book(exchange: Exchange, token: str, now_ns: int) -> dict[str, object]:
    found = exchange.hall.need_books(token)
    return rest_book(found, _shown(exchange, token).token, now_ns // NS_PER_MS)


def _shown(exchange: Exchange, token: str) -> Book:
    found = exchange.hall.need_books(token)
    return next(shown for name, shown in found.shown.items() if name == token)


def _best(shown: Book, side: str) -> str:
    if side not in (Side.BUY, Side.SELL):
        raise bad_request("Invalid side")
    if side == Side.BUY:
        return format_price(shown.best_bid)
    return format_price(shown.best_ask)


def _mid(shown: Book) -> str:
    if shown.mid is None:
        raise not_found("No orderbook")
    return f"{shown.mid / PRICE_SCALE:.6g}"


def _spread(shown: Book) -> str:
    return format_price(shown.best_ask - shown.best_bid)


def _named(exchange: Exchange, condition_id: str) -> PublicBooks:
    for name, found in exchange.hall.markets.items():
        if name == condition_id:
            return found
    raise not_found("market")


def _stated_tick(exchange: Exchange, found: PublicBooks) -> int:
    return found.market.tick if exchange.faults.is_tick_stale else found.tick


def _is_open(exchange: Exchange, found: PublicBooks) -> bool:
    return found.market.condition_id not in exchange.hall.closed
