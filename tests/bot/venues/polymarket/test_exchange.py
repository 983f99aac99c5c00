"""Amounts are exact, and records with secrets do not print them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import InputError
from bot.domain.orders import OrderId
from bot.domain.units import SIZE_GRID, cash_paid, cash_received
from bot.venues.polymarket.exchange import AccountKeys, SignedOrder, StreamKeys, amounts


@given(st.integers(1, 9_999), st.integers(1, 10**6))
def test_amounts_are_exact(price: int, hundredths: int) -> None:
    """Buyer and seller agree to the last unit: nothing is rounded."""
    size = hundredths * SIZE_GRID
    assert (cash_paid(price, size), size) == amounts(price, size)
    assert cash_paid(price, size) == cash_received(price, size)


def test_a_size_off_the_grid_is_refused() -> None:
    """The exchange would round it, and the order would be another one."""
    with pytest.raises(InputError, match="size 5000001"):
        amounts(5_000, 5_000_001)


def test_secrets_are_not_printed() -> None:
    """Not the key, not the credentials, not what was signed."""
    stream = StreamKeys("api-key", "secret", "phrase")
    shown = repr([stream, AccountKeys("0x11", "0xabc", stream), SignedOrder(OrderId("0x1"), "sig")])
    assert "[StreamKeys(...), AccountKeys(...), SignedOrder(0x1)]" == shown
