"""The way of an order is measured station by station."""

from bot.domain.orders import OrderId
from bot.domain.reports import Sent
from bot.venues.polymarket.trip import Trip

ID = OrderId("0xab")


def test_an_order_that_never_left_has_nothing_to_report() -> None:
    """There is nothing to measure."""
    assert Trip().report(ID) is None


def test_each_stage_is_the_time_since_the_station_before() -> None:
    """So they add up to the whole way."""
    trip = Trip()
    trip.tick_ns, trip.asked_ns, trip.signed_ns = 100, 103, 110
    trip.carried_ns, trip.written_ns, trip.left_ns = 111, 211, 231
    assert Sent(ID, 3, 7, 1, 100, 20) == trip.report(ID)
