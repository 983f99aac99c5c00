"""Only an empty list of open orders proves that the book is clean."""

import pytest

from bot.domain.errors import VenueUnavailable
from bot.domain.orders import OrderId
from bot.venues.polymarket.exchange import Balances
from bot.venues.polymarket.outcomes import CancelAnswer
from bot.venues.polymarket.recovery import Recovered, Sweep, recover, sweep
from bot.venues.polymarket.user_wire import OrderNews, OrderState
from tests.bot.venues.polymarket.fake_account import FakeAccount, Script, Sleeps
from tests.bot.venues.polymarket.own_account import NO, YES, read_trade, trade_event

LEFT = [OrderNews("0x1", OrderState.LIVE)]
CUT = VenueUnavailable("cut")


async def test_a_sweep_cancels_and_verifies() -> None:
    """One round when the list is empty."""
    account, answer = FakeAccount(), CancelAnswer((OrderId("0x1"),))
    account.cancel_alls = Script([answer])
    assert Sweep(is_clean=True, answers=(answer,)) == await sweep(account, Sleeps())
    assert ["cancel_all", "open_orders"] == [name for name, _ in account.asked]


async def test_a_sweep_tries_three_times() -> None:
    """Orders that stay are cancelled again, with a growing pause."""
    account, sleeps = FakeAccount(), Sleeps()
    account.lists = Script([LEFT, CUT, []])
    swept = await sweep(account, sleeps)
    assert (True, 3, [1.0, 2.0]) == (swept.is_clean, len(swept.answers), sleeps.taken)


@pytest.mark.parametrize(
    ("lists", "error"), [([LEFT] * 3, "1 orders still rest"), ([CUT] * 3, "cut")]
)
async def test_a_sweep_that_cannot_prove_it_says_so(lists: list[object], error: str) -> None:
    """Orders rest, or nobody can tell."""
    account = FakeAccount()
    account.lists = Script(lists)
    swept = await sweep(account, Sleeps())
    assert (False, error) == (swept.is_clean, swept.error)


async def test_an_empty_list_is_proof_even_when_the_cancel_failed() -> None:
    """The answer was lost, the orders were not."""
    account = FakeAccount()
    account.cancel_alls = Script([CUT])
    assert Sweep(is_clean=True) == await sweep(account, Sleeps())


async def test_the_start_is_a_sweep_and_then_the_account() -> None:
    """Nothing rests; trades are read before and after the balances."""
    account, trade = FakeAccount(), read_trade(trade_event())
    account.trade_lists = Script([[trade], [trade]])
    recovered = await recover(account, [YES, NO], 7, Sleeps())
    assert isinstance(recovered, Recovered)
    assert ([trade], {YES: 0, NO: 0}) == (recovered.trades, recovered.balances.tokens)
    assert [(7,)] * 2 == account.calls("trades")
    assert [(YES, NO)] == account.calls("refresh_balances")


async def test_balances_and_trades_belong_together() -> None:
    """A trade that was mined in between is read again, with the balances; not for ever."""
    account = FakeAccount()
    matched, mined = (read_trade(trade_event(status=word)) for word in ("MATCHED", "MINED"))
    account.trade_lists = Script([[matched], [mined], [mined]])
    account.accounts = Script([Balances(9, {YES: 0}), Balances(7, {YES: 5})])
    recovered = await recover(account, [YES], 7, Sleeps())
    assert ([mined], 7) == (recovered.trades, recovered.balances.cash)
    account.trade_lists = Script([[matched], [mined]] * 3)
    with pytest.raises(VenueUnavailable, match="trades keep settling"):
        await recover(account, [YES], 7, Sleeps())


async def test_a_book_that_is_not_clean_is_no_start() -> None:
    """Quoting beside unknown orders is not safe."""
    account = FakeAccount()
    account.lists = Script([LEFT] * 3)
    with pytest.raises(VenueUnavailable, match="cannot start: 1 orders still rest"):
        await recover(account, [YES], 0, Sleeps())
