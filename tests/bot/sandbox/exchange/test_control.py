"""The hidden side: faults, acts and truth."""

from __future__ import annotations

import pytest

from tests.bot.sandbox.exchange.world import MARKET, NO, YES, World, ask, shares


def test_faults_are_changed_and_read(world: World) -> None:
    """What is not given stays."""
    ask(world, "POST", "/control/faults", {"failed": 0.5})
    answer = ask(world, "POST", "/control/faults", {"mode": "restart"})
    assert (0.5, "restart") == (answer["failed"], answer["mode"])
    assert answer == ask(world, "GET", "/control/faults")
    assert 400 == ask(world, "POST", "/control/faults", {"x": 1}).status


def test_somebody_trades_on_request(world: World) -> None:
    """An act prints a trade, which fills us."""
    order = world.place(4_900, 10)
    act = {"type": "print", "token": YES, "side": "SELL", "price": 4_900, "size": shares(4)}
    assert "OK" == ask(world, "POST", "/control/acts", act)
    assert shares(4) == order.filled
    assert 1 == len(ask(world, "GET", "/control/truth")["trades"])


def test_a_balance_changes_on_request(world: World) -> None:
    """Taken away or given."""
    wallet = world.owner.address
    ask(world, "POST", "/control/acts", {"type": "balance", "wallet": wallet, "amount": -5})
    more = {"type": "balance", "wallet": wallet, "asset": YES, "amount": 7}
    ask(world, "POST", "/control/acts", more)
    account = ask(world, "GET", "/control/truth")["accounts"][wallet]
    assert (24_999_995, {YES: 7}) == (account["cash"], account["tokens"])


def test_the_grid_changes_on_request(world: World) -> None:
    """On both tokens; old quotes that fit the new grid stay, others' books follow at once."""
    world.heard()
    ask(world, "POST", "/control/acts", {"type": "tick_size", "token": YES, "tick": 10})
    kinds = [each["event_type"] for each in world.heard()[0]]
    assert ["tick_size_change", "book", "tick_size_change", "book"] == kinds
    assert (10, (4_800, 5_200)) == (world.books.tick, world.touch(NO))
    ask(world, "POST", "/control/acts", {"type": "tick_size", "token": YES, "tick": 1_000})
    assert (0, 10_000) == world.touch()


def test_a_market_is_decided_on_request(world: World) -> None:
    """Its orders go."""
    world.place()
    ask(world, "POST", "/control/acts", {"type": "resolve", "winner": NO})
    assert MARKET.condition_id in world.exchange.hall.closed
    assert [] == world.exchange.desk.open_orders()


@pytest.mark.parametrize(
    ("act", "status"),
    [
        ({"type": "dance"}, 400),
        ({"type": "print", "token": YES}, 400),
        ({"type": "print", "token": "1", "side": "BUY", "price": 1, "size": 1}, 404),
        ({"type": "tick_size", "token": "1", "tick": 10}, 404),
        ({"type": "resolve", "winner": "1"}, 404),
    ],
)
def test_acts_that_make_no_sense_are_refused(
    world: World, act: dict[str, object], status: int
) -> None:
    """With the reason."""
    assert status == ask(world, "POST", "/control/acts", act).status
