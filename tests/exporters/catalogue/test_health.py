"""The health metrics know every event and every way the kill switch trips."""

from typing import get_args

from bot.domain.events import Event
from bot.risk.kill_switch import KillSwitch
from bot.risk.limits import RiskLimits
from exporters.catalogue import health
from exporters.catalogue.types import OTHER


def test_every_event_type_is_a_label_value() -> None:
    """The label follows the union of events."""
    assert {event.__name__ for event in get_args(Event)} == set(health.EVENT_TYPE.values or ())


def test_every_way_to_trip_is_a_label_value() -> None:
    """The kill switch trips on a loss and on unknown outcomes."""
    limits = RiskLimits(unknown_outcomes_max=1)
    trips = [
        KillSwitch(limits).observe(-limits.loss_max, 1),
        KillSwitch(limits).on_unknown_outcome(1),
    ]
    assert (*(trip.reason for trip in trips if trip), OTHER) == health.TRIP_REASON.values
