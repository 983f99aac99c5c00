"""The way of the events into the time-series store; the shipper's lag is in `health`."""

from __future__ import annotations

from exporters.catalogue.types import Kind, Label, Metric, Source

RESULT = Label("result", ("written", "refused", "misconfigured", "busy", "failed", "unreachable"))

LAG_EVENTS = Metric(
    name="pmm_shipper_lag_events",
    kind=Kind.GAUGE,
    unit="events",
    help="Events in the journal that the time-series store has not confirmed; at least every 5 s.",
    source=Source.PROBE,
)
REQUESTS = Metric(
    name="pmm_shipper_requests_total",
    kind=Kind.COUNTER,
    help="Write requests, by what came of them; moves at each answer, or when none came.",
    labels=(RESULT,),
    source=Source.PROBE,
)
MISCONFIGURED = Metric(
    name="pmm_shipper_misconfigured",
    kind=Kind.GAUGE,
    help="1 while the store says that token, organisation, bucket or address is wrong: a person "
    "has to act, nothing is lost meanwhile.",
    source=Source.PROBE,
)
STATE_FAILURES = Metric(
    name="pmm_shipper_state_failures_total",
    kind=Kind.COUNTER,
    help="Times that the shipper could not write its own files, because the disk was full, say.",
    source=Source.PROBE,
)
DAMAGED = Metric(
    name="pmm_shipper_damaged_lines_total",
    kind=Kind.COUNTER,
    unit="lines",
    help="Lines of the journal that are no event and were passed over; should stay 0.",
    source=Source.PROBE,
)
LOST_SEGMENTS = Metric(
    name="pmm_shipper_lost_segments_total",
    kind=Kind.COUNTER,
    unit="segments",
    help="Times the journal's file being read was deleted; what was unread in it is not shipped.",
    source=Source.PROBE,
)

METRICS = (LAG_EVENTS, REQUESTS, MISCONFIGURED, STATE_FAILURES, DAMAGED, LOST_SEGMENTS)
