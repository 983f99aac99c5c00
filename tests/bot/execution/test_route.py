"""Routing: the same quote in YES terms, on the token we can trade."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.market import ConditionId, Market, Side, TokenId, in_yes_terms
from bot.domain.units import SIZE_SCALE
from bot.execution.reconcile import Target
from bot.execution.route import route, route_quotes

SHARE = SIZE_SCALE
BUY, SELL = Side.BUY, Side.SELL
YES, NO = TokenId("1"), TokenId("2")
MARKET = Market(
    condition_id=ConditionId("0x1"),
    slug="rain",
    question="Rain?",
    yes=YES,
    no=NO,
    tick=100,
    size_min=5 * SHARE,
)
BOTH = frozenset({YES, NO})


class Level(msgspec.Struct, frozen=True):
    """A quote in YES terms."""

    price: int
    size: int


def at(side: Side, price: int, sellable: dict[TokenId, int]) -> Target | None:
    """Route five shares."""
    return route(side, price, 5 * SHARE, market=MARKET, sellable=sellable, quotable=BOTH)


def test_without_tokens_both_sides_are_bought() -> None:
    """A bid buys YES; an ask at 0.53 buys NO at 0.47."""
    assert Target(YES, BUY, 4_900, 5 * SHARE, BUY) == at(BUY, 4_900, {})
    assert Target(NO, BUY, 4_700, 5 * SHARE, SELL) == at(SELL, 5_300, {})


def test_held_tokens_are_sold() -> None:
    """An ask sells YES; a bid at 0.49 sells NO at 0.51."""
    held = {YES: 5 * SHARE, NO: 5 * SHARE}
    assert Target(YES, SELL, 5_300, 5 * SHARE, SELL) == at(SELL, 5_300, held)
    assert Target(NO, SELL, 5_100, 5 * SHARE, BUY) == at(BUY, 4_900, held)


def test_too_few_tokens_are_not_sold() -> None:
    """One unit short of the size: the other outcome is bought for all of it."""
    assert Target(NO, BUY, 4_700, 5 * SHARE, SELL) == at(SELL, 5_300, {YES: 5 * SHARE - 1})


def test_a_token_that_may_not_be_quoted_gives_nothing() -> None:
    """No way round: the order that is wanted, or none."""
    target = route(SELL, 5_300, 5 * SHARE, market=MARKET, sellable={}, quotable={YES})
    assert None is target


@given(
    st.sampled_from(Side),
    st.integers(1, 99).map(lambda cents: cents * 100),
    st.integers(0, 10 * SHARE),
    st.integers(0, 10 * SHARE),
)
def test_the_order_shows_the_quote(side: Side, price: int, yes: int, no: int) -> None:
    """In YES terms the order has the side and price of the quote, and never sells what is not."""
    target = at(side, price, {YES: yes, NO: no})
    assert target is not None
    outcome = MARKET.outcome(target.token)
    assert (side, price) == in_yes_terms(outcome, target.side, target.price)
    assert side is target.quote_side
    assert target.side is BUY or target.size <= {YES: yes, NO: no}[target.token]


def test_the_best_quotes_use_up_the_tokens() -> None:
    """With 7 YES the first ask of 5 is sold, the second buys NO; bids come first."""
    targets = route_quotes(
        [Level(4_900, 5 * SHARE)],
        [Level(5_100, 5 * SHARE), Level(5_200, 5 * SHARE)],
        market=MARKET,
        sellable={YES: 7 * SHARE},
        quotable=BOTH,
    )
    expected = [
        Target(YES, BUY, 4_900, 5 * SHARE, BUY),
        Target(YES, SELL, 5_100, 5 * SHARE, SELL),
        Target(NO, BUY, 4_800, 5 * SHARE, SELL),
    ]
    assert expected == targets


def test_quotes_without_a_quotable_token_are_left_out() -> None:
    """While the NO book is not trusted only the bid remains."""
    targets = route_quotes(
        [Level(4_900, 5 * SHARE)],
        [Level(5_100, 5 * SHARE)],
        market=MARKET,
        sellable={},
        quotable={YES},
    )
    assert [Target(YES, BUY, 4_900, 5 * SHARE, BUY)] == targets
