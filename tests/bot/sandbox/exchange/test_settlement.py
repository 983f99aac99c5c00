"""Trades on their way to money: balances and events."""

from __future__ import annotations

from bot.domain.market import Side
from bot.sandbox.exchange.account import CASH
from tests.bot.sandbox.exchange.world import YES, World, shares


def fill(world: World) -> None:
    """Let 4 of 10 shares at 0.49 be bought by us."""
    world.place(4_900, 10)
    world.heard()
    world.print(Side.SELL, 4_900, 4)


def balances(world: World) -> tuple[int, int, int]:
    """Cash, cash held, and YES."""
    account = world.account
    return account.balance(CASH), account.held(CASH), account.balance(YES)


def test_money_moves_when_the_trade_is_mined(world: World) -> None:
    """MATCHED holds, MINED moves, CONFIRMED changes nothing more."""
    fill(world)
    assert (shares(25), shares(4.9), 0) == balances(world)
    assert ["MATCHED"] == world.states()
    world.later(0.02)
    assert (shares(25 - 1.96), shares(2.94), shares(4)) == balances(world)
    assert ["MINED"] == world.states()
    world.later(0.02)
    assert ["CONFIRMED"] == world.states()
    assert (shares(25 - 1.96), shares(2.94), shares(4)) == balances(world)


def test_a_failed_trade_gives_the_cash_back(world: World) -> None:
    """The order keeps what it matched, the account does not."""
    world.faults(failed=1.0)
    fill(world)
    world.later(1)
    assert ["MATCHED", "FAILED"] == world.states()
    assert (shares(25), shares(2.94), 0) == balances(world)


def test_a_retried_trade_has_another_transaction(world: World) -> None:
    """The hash of the first attempt is not the last word."""
    world.faults(retrying=1.0)
    fill(world)
    world.later(60)
    trades = [each for each in world.heard()[1] if each["event_type"] == "trade"]
    assert ["MATCHED", "RETRYING", "MINED", "CONFIRMED"] == [each["status"] for each in trades]
    assert 2 == len({each["transaction_hash"] for each in trades})
    assert 1 == len({each["id"] for each in trades})


def test_a_hidden_trade_is_first_seen_confirmed(world: World) -> None:
    """Balances move all the same; the order's UPDATE is told."""
    world.faults(hidden=1.0)
    fill(world)
    world.later(0.03)
    assert shares(4) == world.account.balance(YES)
    world.later(0.01)
    assert ["CONFIRMED"] == world.states()


def test_two_own_orders_in_one_print_are_legs_of_one_trade(world: World) -> None:
    """One event, two legs: identity is (trade, order)."""
    world.place(4_900, 10)
    world.place(4_900, 5)
    world.heard()
    world.print(Side.SELL, 4_900, 12)
    [trade] = [each for each in world.heard()[1] if each["event_type"] == "trade"]
    assert ["10", "2"] == [leg["matched_amount"] for leg in trade["maker_orders"]]
    world.later(1)
    assert shares(12) == world.account.balance(YES)
