"""Which token carries a quote: sell what we hold, else buy the other outcome.

BUY NO at q and SELL YES at 1 - q are the same order to the matching engine (polymarket.md 2.4), so
a maker without tokens quotes the ask of YES as a bid on NO. Held tokens go first: selling them
frees cash, while a pair of YES and NO binds a dollar until it is merged.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Protocol

from bot.domain.market import BUY, SELL, Market, Side, TokenId
from bot.domain.units import complement
from bot.execution.reconcile import Target


class PricedSize(Protocol):
    """A quote in YES terms."""

    @property
    def price(self) -> int:
        """YES price in price units."""
        ...

    @property
    def size(self) -> int:
        """Size in size units."""
        ...


def route(
    side: Side,
    price: int,
    size: int,
    *,
    market: Market,
    sellable: Mapping[TokenId, int],
    quotable: Container[TokenId],
) -> Target | None:
    """Return the order that shows a YES-terms quote; `None` when its token is not quotable.

    `sellable` maps token to the settled size before open SELL orders: counting those would turn a
    resting SELL into a BUY of the other outcome and back. `quotable` holds the tokens whose book
    may be trusted.
    """
    if side is BUY:
        held, other, other_price = market.no, market.yes, price
    else:
        held, other, other_price = market.yes, market.no, complement(price)
    if sellable.get(held, 0) >= size:
        token, own_side, own_price = held, SELL, complement(other_price)
    else:
        token, own_side, own_price = other, BUY, other_price
    if token not in quotable:
        return None
    return Target(token, own_side, own_price, size, side)


def route_quotes(
    bids: Iterable[PricedSize],
    asks: Iterable[PricedSize],
    *,
    market: Market,
    sellable: Mapping[TokenId, int],
    quotable: Container[TokenId],
) -> list[Target]:
    """Return the orders of all quotes of a market, bids first; the best quotes get the tokens."""
    left = dict(sellable)
    targets: list[Target] = []
    for side, quotes in ((BUY, bids), (SELL, asks)):
        for quote in quotes:
            target = route(
                side, quote.price, quote.size, market=market, sellable=left, quotable=quotable
            )
            if target is None:
                continue
            if target.side is SELL:
                left[target.token] -= target.size
            targets.append(target)
    return targets
