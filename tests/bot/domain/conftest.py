"""What the tests of the domain share: one market."""

import pytest

from bot.domain.market import ConditionId, Market, TokenId


@pytest.fixture(scope="session")
def market() -> Market:
    """A market with a tick of one cent and five shares an order at least."""
    return Market(
        condition_id=ConditionId("0xc0"),
        slug="will-it-rain",
        question="Will it rain?",
        yes=TokenId("111"),
        no=TokenId("222"),
        tick=100,
        size_min=5_000_000,
    )
