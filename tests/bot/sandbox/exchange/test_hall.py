"""What the parts share: accounts, time of the flow, and bounded memory."""

from __future__ import annotations

import msgspec
import pytest

from bot.sandbox.exchange.account import CASH
from bot.sandbox.exchange.hall import Hall, forget_oldest
from bot.sandbox.exchange.refusals import Refused
from tests.bot.sandbox.exchange.world import MARKET, QUICK, T0_NS, YES, World


def test_new_wallets_are_funded_once(world: World) -> None:
    """The same wallet is the same account."""
    hall = world.exchange.hall
    account = hall.account("0xnew")
    assert account is hall.account("0xnew")
    assert QUICK.cash == account.balance(CASH)
    assert account in hall.accounts()


def test_tokens_of_no_market_are_not_found(world: World) -> None:
    """None where one may ask, 404 where one may not."""
    hall = world.exchange.hall
    assert hall.need_books(YES) is hall.books_of(YES)
    assert hall.books_of("1") is None
    with pytest.raises(Refused, match="market not found"):
        hall.need_books("1")


def test_the_flow_runs_as_fast_as_it_is_told() -> None:
    """Ten times: 1 s of the clock is 10 s of the flow."""
    hall = Hall([MARKET], msgspec.structs.replace(QUICK, speed=10.0), T0_NS)
    assert T0_NS + 10_000 == hall.flow_ns(T0_NS + 1_000)


def test_the_oldest_that_is_not_needed_makes_room() -> None:
    """Nothing goes below the limit, or when everything is needed."""
    rows = {"open": 1, "closed": 2, "new": 3}
    forget_oldest(rows, 3, lambda _: False)
    forget_oldest(rows, 2, lambda _: True)
    assert 3 == len(rows)
    forget_oldest(rows, 2, lambda key: key == "open")
    assert ["open", "new"] == list(rows)
