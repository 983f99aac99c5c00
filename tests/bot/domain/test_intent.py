"""An intent gives its order back, and one for no token is no order."""

import pytest

from bot.domain.errors import InvariantError
from bot.domain.events import OrderSubmitted
from bot.domain.intent import new_order_of
from bot.domain.market import Side, TokenId
from bot.domain.orders import NewOrder, OrderId


def intent(token: TokenId | None) -> OrderSubmitted:
    """The intent of 5 shares at 0.48, two levels behind."""
    return OrderSubmitted(
        run_id="r", seq=1, ts_ns=1, token=token, order_id=OrderId("o1"), decision_id=7,
        side=Side.SELL, price=4_800, size=5_000_000, level=2, mid=None, fair_price=None,
    )  # fmt: skip


def test_an_intent_gives_its_order_back() -> None:
    """As it was decided."""
    expected = NewOrder(7, TokenId("111"), Side.SELL, 4_800, 5_000_000, 2)
    assert expected == new_order_of(intent(TokenId("111")))


def test_an_intent_for_no_token_is_no_order() -> None:
    """The line of the journal is damaged, or the bot that wrote it was."""
    with pytest.raises(InvariantError, match="o1 is for no token"):
        new_order_of(intent(None))
