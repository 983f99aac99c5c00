"""Trades are asked for far enough back, and not further and further."""

from bot.domain.units import NS_PER_S
from bot.venues.polymarket.look_back import FAR_NS, NEAR_NS, TRADES_BACK_S, LookBack
from bot.venues.polymarket.orders import OwnOrders
from bot.venues.polymarket.settlement import Owner, Settlement
from tests.bot.venues.polymarket.own_account import (
    MARKET,
    leg,
    new_order,
    order_id,
    read_trade,
    trade_event,
)

T0 = 1_700_000_000 * NS_PER_S
"""When the trade of the tests matches."""
EVERY_NS = 30 * NS_PER_S


def asked_for(told: str | None, until_ns: int) -> list[int]:
    """How many seconds back each comparison asks, with one trade that was told of at T0."""
    orders = OwnOrders()
    settlement = Settlement(orders, Owner("key", "0x00"))
    orders.prepare(order_id(1), new_order(), MARKET, T0)
    if told is not None:
        settlement.observe(read_trade(trade_event(leg(1), status=told)), T0)
    look_back, asked = LookBack(settlement, T0), []
    for now_ns in range(T0 + EVERY_NS, T0 + until_ns + 1, EVERY_NS):
        asked.append(now_ns // NS_PER_S - TRADES_BACK_S - look_back.after_s(now_ns))
        look_back.was_read(now_ns)
    return asked


def test_what_is_final_is_not_asked_for() -> None:
    """Only what happened since the lists were read."""
    assert {30} == set(asked_for("CONFIRMED", NEAR_NS)) == set(asked_for(None, NEAR_NS))


def test_a_trade_that_settles_within_minutes_is_in_every_list() -> None:
    """As far back as it is old."""
    assert [30 * i for i in range(1, 21)] == asked_for("MATCHED", NEAR_NS)


def test_a_trade_that_never_settles_is_asked_for_now_and_then_and_in_the_end_no_more() -> None:
    """Every ten minutes while it is younger than a day; each list is bounded by a day."""
    asked = asked_for("MATCHED", FAR_NS + 10 * NEAR_NS)
    far = [back_s for back_s in asked if back_s > 600]
    assert list(range(1_200, 86_401, 600)) == far
    assert {30} == set(asked[-100:])


def test_a_list_that_did_not_come_is_asked_for_again() -> None:
    """An outage is looked back over whole, however long."""
    settlement = Settlement(OwnOrders(), Owner("key", "0x00"))
    look_back, later_ns = LookBack(settlement, T0), T0 + 3 * FAR_NS
    for _ in range(2):
        assert T0 // NS_PER_S - TRADES_BACK_S == look_back.after_s(later_ns)
    look_back.was_read(later_ns)
    assert later_ns // NS_PER_S - TRADES_BACK_S == look_back.after_s(later_ns)
