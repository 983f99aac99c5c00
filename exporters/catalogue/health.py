"""The run itself: which bot this is, whether it lives, and whether its records get through."""

from __future__ import annotations

from typing import get_args

from bot.domain.events import Event
from exporters.catalogue.types import OTHER, Kind, Label, Metric, Source

EVENT_TYPE = Label("type", tuple(event.__name__ for event in get_args(Event)))
TRIP_REASON = Label("reason", ("loss", "unknown_outcomes", "unbooked_fill", OTHER))

IGNORED = Label("reason", ("foreign", "token", "side", "size", "price", OTHER))

RUN = Metric(
    name="pmm_run_info",
    kind=Kind.INFO,
    help="The run: code version, venue, hashes of settings and active calibration; at start and "
    "when another calibration is loaded.",
    labels=(
        Label("version", None),
        Label("venue", None),
        Label("config_hash", None),
        Label("calibration_hash", None),
    ),
)
RUN_START = Metric(
    name="pmm_run_start_timestamp_seconds",
    kind=Kind.GAUGE,
    unit="timestamp_seconds",
    help="When the run began; 0 before.",
)
RUNNING = Metric(
    name="pmm_running",
    kind=Kind.GAUGE,
    help="1 from the start of the run until it stopped in order; a crash leaves it.",
)
LEFT_BEHIND = Metric(
    name="pmm_orders_left_behind",
    kind=Kind.GAUGE,
    help="Orders that the run could not take off the book when it stopped; moves at the stop.",
)
EVENTS = Metric(
    name="pmm_events_total",
    kind=Kind.COUNTER,
    help="Events published, by type; moves at each one.",
    labels=(EVENT_TYPE,),
)
SKIPPED = Metric(
    name="pmm_events_skipped_total",
    kind=Kind.COUNTER,
    help="Events of markets or tokens not given at start, which only this counts; should stay 0.",
)
LAST_EVENT = Metric(
    name="pmm_last_event_timestamp_seconds",
    kind=Kind.GAUGE,
    unit="timestamp_seconds",
    help="The heartbeat: time of the last event, 0 before. A live bot has one every few seconds.",
)
KILL_SWITCH = Metric(
    name="pmm_kill_switch_tripped",
    kind=Kind.GAUGE,
    help="1 once trading stopped until a person resets it, in this run or an earlier one.",
)
KILL_SWITCH_TRIPS = Metric(
    name="pmm_kill_switch_trips_total",
    kind=Kind.COUNTER,
    help="Trips of the kill switch in this run, by reason.",
    labels=(TRIP_REASON,),
)
KILL_SWITCH_LOSS = Metric(
    name="pmm_kill_switch_loss_usd",
    kind=Kind.GAUGE,
    unit="usd",
    help="The loss at which the kill switch tripped in this run; negative for a gain.",
)
REPORTS_IGNORED = Metric(
    name="pmm_reports_ignored_total",
    kind=Kind.COUNTER,
    help="Reports of the venue that were not booked: on foreign orders, or of impossible fills.",
    labels=(IGNORED,),
)
CALIBRATION_END = Metric(
    name="pmm_calibration_window_end_timestamp_seconds",
    kind=Kind.GAUGE,
    unit="timestamp_seconds",
    help="End of the window that the active calibration was measured on: its age counts from here.",
    source=Source.PROBE,
)
CALIBRATION_REFUSED = Metric(
    name="pmm_calibration_refused_files_total",
    kind=Kind.COUNTER,
    unit="files",
    help="Calibration files that came while this bot ran and could not be used; the old one stays.",
    source=Source.PROBE,
)
JOURNAL_HEALTHY = Metric(
    name="pmm_journal_healthy",
    kind=Kind.GAUGE,
    help="1 while the last attempt to write the journal worked.",
    source=Source.PROBE,
)
JOURNAL_LAG = Metric(
    name="pmm_journal_lag_events",
    kind=Kind.GAUGE,
    unit="events",
    help="Events published and not yet on the disk for certain.",
    source=Source.PROBE,
)
JOURNAL_DROPPED = Metric(
    name="pmm_journal_dropped_events_total",
    kind=Kind.COUNTER,
    unit="events",
    help="Events that never reached the journal because the disk was full or broken.",
    source=Source.PROBE,
)
SHIPPER_LAG = Metric(
    name="pmm_shipper_lag_seconds",
    kind=Kind.GAUGE,
    unit="seconds",
    help="Age of the oldest event in the journal that the time-series store has not confirmed.",
    source=Source.PROBE,
)
SHIPPER_SHIPPED = Metric(
    name="pmm_shipper_shipped_points_total",
    kind=Kind.COUNTER,
    unit="points",
    help="Points that the time-series store confirmed.",
    source=Source.PROBE,
)
SHIPPER_PARKED = Metric(
    name="pmm_shipper_parked_points_total",
    kind=Kind.COUNTER,
    unit="points",
    help="Points that the time-series store refused for good; they are kept on disk.",
    source=Source.PROBE,
)
SHIPPER_FAILURES = Metric(
    name="pmm_shipper_failed_writes_total",
    kind=Kind.COUNTER,
    unit="writes",
    help="Writes that failed and will be tried again.",
    source=Source.PROBE,
)

METRICS = (
    RUN,
    RUN_START,
    RUNNING,
    LEFT_BEHIND,
    EVENTS,
    SKIPPED,
    LAST_EVENT,
    KILL_SWITCH,
    KILL_SWITCH_TRIPS,
    KILL_SWITCH_LOSS,
    REPORTS_IGNORED,
    CALIBRATION_END,
    CALIBRATION_REFUSED,
    JOURNAL_HEALTHY,
    JOURNAL_LAG,
    JOURNAL_DROPPED,
    SHIPPER_LAG,
    SHIPPER_SHIPPED,
    SHIPPER_PARKED,
    SHIPPER_FAILURES,
)
