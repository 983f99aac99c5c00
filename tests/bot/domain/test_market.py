"""The market: its two tokens, and one view on both."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.market import TICK_SIZES, Market, Outcome, Side, TokenId, in_yes_terms
from bot.domain.units import PRICE_SCALE


def test_sides_have_an_opposite_and_a_sign() -> None:
    """A buy adds, a sale takes away."""
    assert (Side.SELL, Side.BUY) == (Side.BUY.opposite, Side.SELL.opposite)
    assert (1, -1) == (Side.BUY.sign, Side.SELL.sign)


def test_tokens_know_their_outcome_and_each_other(market: Market) -> None:
    """YES comes first, and each token leads to the other."""
    assert (market.yes, market.no) == market.tokens
    assert [Outcome.YES, Outcome.NO] == [market.outcome(token) for token in market.tokens]
    assert [market.no, market.yes] == [market.other(token) for token in market.tokens]


def test_a_foreign_token_is_named(market: Market) -> None:
    """A token of another market has no outcome here."""
    with pytest.raises(ValueError, match="333 does not belong to market will-it-rain"):
        market.other(TokenId("333"))


@pytest.mark.parametrize("tick", TICK_SIZES)
def test_every_tick_divides_a_dollar(market: Market, tick: int) -> None:
    """All tick sizes of the exchange are whole in price units, and a market may have each."""
    assert 0 == PRICE_SCALE % tick
    assert tick == msgspec.structs.replace(market, tick=tick).tick


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"tick": 20}, "unknown tick size 20/10000"),
        ({"no": TokenId("111")}, "both outcomes have the same token"),
        ({"size_min": -1}, "negative minimum size"),
    ],
)
def test_a_market_that_cannot_be_quoted_is_refused(
    market: Market, changes: dict[str, Any], why: str
) -> None:
    """The error names the market and what is wrong with it."""
    with pytest.raises(ValueError, match=f"market will-it-rain: {why}"):
        msgspec.structs.replace(market, **changes)


@given(st.sampled_from(Outcome), st.sampled_from(Side), st.integers(0, PRICE_SCALE))
def test_yes_terms_keep_who_gains(outcome: Outcome, side: Side, price: int) -> None:
    """Seen on YES, a trade gains from the same outcome by the same amount."""
    yes_side, yes_price = in_yes_terms(outcome, side, price)
    for worth_of_yes in (0, PRICE_SCALE):
        worth = worth_of_yes if outcome is Outcome.YES else PRICE_SCALE - worth_of_yes
        assert side.sign * (worth - price) == yes_side.sign * (worth_of_yes - yes_price)
