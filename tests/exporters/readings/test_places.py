"""Where an event belongs."""

import pytest

from bot.domain.market import Outcome, Side, TokenId
from exporters.readings.places import Places, slug_of
from tests.exporters.samples import MARKET, NO, YES


@pytest.mark.parametrize(
    ("token", "side", "expected"),
    [
        (YES, Side.BUY, "bid"),
        (YES, Side.SELL, "ask"),
        (NO, Side.BUY, "ask"),
        (NO, Side.SELL, "bid"),
    ],
)
def test_sides_are_those_of_yes(token: TokenId, side: Side, expected: str) -> None:
    """Buying NO is selling YES."""
    assert expected == Places([MARKET]).quote_side(token, side)


def test_outcomes_are_known_by_token() -> None:
    """Both tokens of the market."""
    places = Places([MARKET])
    assert [Outcome.YES, Outcome.NO] == [places.outcome(token) for token in MARKET.tokens]


@pytest.mark.parametrize("token", [None, TokenId("9")])
def test_a_token_not_given_is_an_error(token: TokenId | None) -> None:
    """Nothing is guessed."""
    with pytest.raises(KeyError):
        Places([MARKET]).outcome(token)
    with pytest.raises(KeyError):
        Places([MARKET]).quote_side(token, Side.BUY)


def test_an_event_without_a_market_is_an_error() -> None:
    """It has no series."""
    assert "a" == slug_of("a")
    with pytest.raises(KeyError):
        slug_of(None)
