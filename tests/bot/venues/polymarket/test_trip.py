"""The way of an order is measured station by station."""

from bot.venues.polymarket.trip import Departure, Trip


def test_an_order_that_never_left_has_no_departure() -> None:
    """There is nothing to measure."""
    assert Trip().departure() is None


def test_the_stages_add_up() -> None:
    """Each is the time since the station before."""
    trip = Trip()
    trip.tick_ns, trip.asked_ns, trip.signed_ns = 100, 103, 110
    trip.carried_ns, trip.written_ns, trip.left_ns = 111, 211, 231
    departure = trip.departure()
    assert Departure(3, 7, 1, 100, 20) == departure
    assert departure is not None
    assert 131 == departure.total_ns
