"""Which market, outcome and side of the quote an event is about."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.market import Market, Outcome, Side, TokenId

QUOTE_SIDES = {
    (Outcome.YES, Side.BUY): "bid",
    (Outcome.YES, Side.SELL): "ask",
    (Outcome.NO, Side.BUY): "ask",
    (Outcome.NO, Side.SELL): "bid",
}
"""The side that an order shows in YES terms: who buys NO sells YES."""


class Places:
    """The markets given at start and their tokens."""

    __slots__ = ("_outcomes", "_quote_sides", "markets")

    def __init__(self, markets: Iterable[Market]) -> None:
        """Learn the tokens of the markets."""
        self.markets = tuple(markets)
        self._outcomes: dict[TokenId | None, Outcome] = {
            token: market.outcome(token) for market in self.markets for token in market.tokens
        }
        self._quote_sides = {
            (token, side): QUOTE_SIDES[outcome, side]
            for token, outcome in self._outcomes.items()
            for side in Side
        }

    def outcome(self, token: TokenId | None) -> Outcome:
        """Return which outcome a token is. Raises KeyError for a token not given at start."""
        return self._outcomes[token]

    def quote_side(self, token: TokenId | None, side: Side) -> str:
        """Return `bid` or `ask`. Raises KeyError like `outcome`."""
        return self._quote_sides[token, side]


def slug_of(market: str | None) -> str:
    """Return the market of an event. Raises KeyError when it names none."""
    if market is None:
        raise KeyError("market")
    return market
