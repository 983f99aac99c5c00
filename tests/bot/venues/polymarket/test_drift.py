"""A balance is explained by the start and our fills, pending ones either way, or it drifts."""

import pytest

from bot.domain.market import Side, TokenId
from bot.venues.polymarket.drift import drift
from bot.venues.polymarket.exchange import Balances
from bot.venues.polymarket.settlement import Settlement
from tests.bot.venues.polymarket.own_account import (
    NO,
    SHARES,
    YES,
    book_keeping,
    leg,
    new_order,
    read_trade,
    resting,
    trade_event,
)

START = Balances(0, {YES: 20 * SHARES, NO: 0})


def after(status: str, side: Side) -> Settlement:
    """Five YES traded on our order, settled this far."""
    orders, settlement = book_keeping()
    resting(orders, new=new_order(YES, side))
    settlement.observe(read_trade(trade_event(leg(), status="MATCHED")), 1)
    settlement.observe(read_trade(trade_event(leg(), status=status)), 2)
    return settlement


@pytest.mark.parametrize(
    ("status", "side", "held", "off"),
    [
        ("CONFIRMED", Side.BUY, 25, 0),
        ("CONFIRMED", Side.BUY, 20, -5),
        ("CONFIRMED", Side.SELL, 15, 0),
        ("CONFIRMED", Side.SELL, 20, 5),
        ("MINED", Side.BUY, 20, 0),
        ("MINED", Side.BUY, 25, 0),
        ("MINED", Side.BUY, 26, 1),
        ("MINED", Side.BUY, 19, -1),
        ("MINED", Side.SELL, 15, 0),
        ("MINED", Side.SELL, 20, 0),
        ("MINED", Side.SELL, 14, -1),
        ("FAILED", Side.BUY, 20, 0),
        ("FAILED", Side.BUY, 25, 5),
    ],
)
def test_only_what_is_not_explained_is_drift(status: str, side: Side, held: int, off: int) -> None:
    """Settled fills must be there, failed ones must not, pending ones may."""
    now = Balances(0, {YES: held * SHARES, NO: 0})
    expected: dict[TokenId, int] = {YES: off * SHARES} if off else {}
    assert expected == drift(START, now, after(status, side))


def test_a_fill_first_seen_confirmed_is_settled() -> None:
    """And counted once, however often it is told."""
    orders, settlement = book_keeping()
    resting(orders)
    for _ in range(2):
        settlement.observe(read_trade(trade_event(leg(), status="CONFIRMED")), 1)
    assert (5 * SHARES, 0, 0) == settlement.net_of(YES)
