"""The health metrics know every event, every way to trip, and why a report is ignored."""

from typing import get_args

from msgspec.structs import fields

from bot.domain.events import Event, ReportIgnored
from bot.risk.kill_switch import KillSwitch
from bot.risk.limits import RiskLimits
from exporters.catalogue import health
from exporters.catalogue.types import OTHER


def test_every_event_type_is_a_label_value() -> None:
    """The label follows the union of events."""
    assert {event.__name__ for event in get_args(Event)} == set(health.EVENT_TYPE.values or ())


def test_every_way_to_trip_is_a_label_value() -> None:
    """A loss, unknown outcomes, and a fill that is in no ledger."""
    limits = RiskLimits(unknown_outcomes_max=1)
    trips = [
        KillSwitch(limits).observe(-limits.loss_max, 1),
        KillSwitch(limits).on_unknown_outcome(1),
        KillSwitch(limits).on_unbooked_fill(1),
    ]
    assert (*(trip.reason for trip in trips if trip), OTHER) == health.TRIP_REASON.values


def test_every_reason_to_ignore_a_report_is_a_label_value() -> None:
    """The event's own set."""
    (reasons,) = (f.type for f in fields(ReportIgnored) if f.name == "reason")
    assert (*get_args(reasons), OTHER) == health.IGNORED.values
