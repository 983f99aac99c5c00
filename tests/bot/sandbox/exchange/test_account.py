"""Balances: reservation, matches, settlement and failure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.market import Side
from bot.domain.orders import NewOrder, OrderId
from bot.sandbox.exchange.account import CASH, Account
from bot.sandbox.exchange.refusals import Refused
from bot.sandbox.exchange.signing import EXCHANGE
from tests.bot.sandbox.exchange.world import YES, shares

A, B = OrderId("a"), OrderId("b")


def buy(price: int, size: float) -> NewOrder:
    """A buy of YES."""
    return NewOrder(0, YES, Side.BUY, price, shares(size), 0)


def sell(price: int, size: float) -> NewOrder:
    """A sale of YES."""
    return NewOrder(0, YES, Side.SELL, price, shares(size), 0)


def test_open_orders_hold_cash_and_the_text_lists_it() -> None:
    """5 of 8 dollars are held; another 4 are refused in the exchange's words, then released."""
    account = Account("0x", shares(8))
    account.reserve(A, buy(5_000, 10), EXCHANGE)
    with pytest.raises(Refused) as refused:
        account.reserve(B, buy(4_000, 10), EXCHANGE)
    assert (
        "not enough balance / allowance: the balance is not enough -> balance: 8000000, "
        "sum of active orders: 5000000, order amount: 4000000"
    ) == refused.value.error
    account.release(A)
    account.reserve(B, buy(4_000, 10), EXCHANGE)
    assert shares(4) == account.held(CASH)


def test_a_sale_needs_tokens() -> None:
    """Tokens are held for it, not cash."""
    account = Account("0x", shares(8))
    with pytest.raises(Refused, match=r"balance: 0, order amount: 10000000"):
        account.reserve(A, sell(5_000, 10), EXCHANGE)
    account.add(YES, shares(10))
    account.reserve(A, sell(5_000, 10), EXCHANGE)
    assert (0, shares(10)) == (account.held(CASH), account.held(YES))


def test_without_allowance_nothing_can_be_ordered() -> None:
    """The text names the spender."""
    account = Account("0x", shares(8))
    account.allowances[EXCHANGE] = 0
    with pytest.raises(Refused, match=f"the allowance is not enough -> spender: {EXCHANGE}"):
        account.reserve(A, buy(5_000, 10), EXCHANGE)


def test_a_match_moves_nothing_until_it_is_mined() -> None:
    """Cash stays held by the trade under way; mining moves both sides."""
    account = Account("0x", shares(8))
    account.reserve(A, buy(5_000, 10), EXCHANGE)
    account.match("t", A, shares(4))
    assert (shares(8), shares(5), 0) == (
        account.balance(CASH), account.held(CASH), account.balance(YES),
    )  # fmt: skip
    account.settle(("t", A))
    assert (shares(6), shares(3), shares(4)) == (
        account.balance(CASH), account.held(CASH), account.balance(YES),
    )  # fmt: skip


def test_a_failed_match_gives_back_what_it_held() -> None:
    """As if it had not been."""
    account = Account("0x", 0)
    account.add(YES, shares(10))
    account.reserve(A, sell(5_000, 10), EXCHANGE)
    account.match("t", A, shares(10))
    assert shares(10) == account.held(YES)
    account.fail(("t", A))
    assert (0, 0, shares(10)) == (
        account.held(YES), account.balance(CASH), account.balance(YES),
    )  # fmt: skip


def test_orders_that_a_lower_balance_does_not_cover_are_named() -> None:
    """The oldest keep their cover; what trades under way hold counts first."""
    account = Account("0x", shares(10))
    account.reserve(A, buy(5_000, 10), EXCHANGE)
    account.reserve(B, buy(4_000, 10), EXCHANGE)
    account.match("t", A, shares(2))
    assert [] == account.overdrawn()
    account.add(CASH, -shares(3))
    assert [B] == account.overdrawn()
    account.add(CASH, -shares(7))
    assert [A, B] == account.overdrawn()


@given(
    price=st.integers(1, 9_999),
    parts=st.lists(st.integers(1, 5_000_000), min_size=1, max_size=6),
    is_buy=st.booleans(),
)
def test_parts_cost_what_the_whole_costs(price: int, parts: list[int], is_buy: bool) -> None:  # noqa: FBT001
    """However an order is matched, nothing is left held and no balance goes below zero."""
    side = Side.BUY if is_buy else Side.SELL
    order = NewOrder(0, YES, side, price, sum(parts), 0)
    cash = -(-price * sum(parts) // 10_000)
    account = Account("0x", cash if is_buy else 0)
    account.add(YES, 0 if is_buy else sum(parts))
    account.reserve(A, order, EXCHANGE)
    for number, part in enumerate(parts):
        account.match(str(number), A, part)
        account.settle((str(number), A))
    assert (0, 0) == (account.held(CASH), account.held(YES))
    assert 0 == account.balance(CASH if is_buy else YES)
    assert (sum(parts) if is_buy else 0) == account.balance(YES)
