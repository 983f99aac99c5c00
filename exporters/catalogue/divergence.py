"""DEMO against PROD, from the process `python -m exporters divergence`.

These have no `env`: each speaks of both bots. The seven compared quantities are the label `metric`.
Ratios are production over demo.
"""

from __future__ import annotations

from exporters.catalogue.types import Kind, Label, Metric, Source

FILL_RATE = "fill_rate"
FILLS_PER_HOUR = "fills_per_hour"
REJECTION_RATE = "rejection_rate"
LATENCY = "latency"
SPREAD = "spread"
PNL_PER_HOUR = "pnl_per_hour"
MARKOUT = "markout"

COMPARED = Label(
    "metric",
    (FILL_RATE, FILLS_PER_HOUR, REJECTION_RATE, LATENCY, SPREAD, PNL_PER_HOUR, MARKOUT),
)
"""Orders filled an accepted order; fills an hour; refusals a submitted order; seconds to the
answer, the median; our quoted spread in dollars; dollars an hour; cents a share a minute after a
fill, positive when we lose."""
UNITS = {
    LATENCY: "s",
    SPREAD: "dollars",
    PNL_PER_HOUR: "dollars",
    MARKOUT: "cents a share",
}
"""What a person reads after a value; the others say it in their name."""
SIDE = Label("side", ("demo", "prod"))
DIRECTION = Label("direction", ("prod_higher", "demo_higher"))

ACTIVE = Metric(
    name="pmm_divergence_active",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    help="1 from an alarm until as much evidence says that both agree again, a day at most.",
    labels=(COMPARED, DIRECTION),
)
ALARMS = Metric(
    name="pmm_divergence_alarms_total",
    kind=Kind.COUNTER,
    source=Source.PROCESS,
    help="Alarms of the detector, those while one is active included; moves at each.",
    labels=(COMPARED, DIRECTION),
)
SINCE = Metric(
    name="pmm_divergence_since_timestamp_seconds",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    unit="timestamp_seconds",
    help="Where the evidence of the active alarm begins, 0 without one.",
    labels=(COMPARED, DIRECTION),
)
CUSUM = Metric(
    name="pmm_divergence_cusum",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    help="Evidence that the two differ by more than 2x, 0 or more; moves every minute.",
    labels=(COMPARED, DIRECTION),
)
THRESHOLD = Metric(
    name="pmm_divergence_cusum_threshold",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    help="The evidence at which the detector alarms; a constant of the code.",
)
VALUE = Metric(
    name="pmm_divergence_value",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    help="The quantity on each side, in its unit, over the last six hours, older ones fading.",
    labels=(COMPARED, SIDE),
    is_unknown_at_start=True,
)
EVENTS = Metric(
    name="pmm_divergence_events",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    unit="events",
    help="How much each value rests on: fills, refusals, answers, samples or hours.",
    labels=(COMPARED, SIDE),
)
RATIO = Metric(
    name="pmm_divergence_ratio",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    help="Production over demo, smoothed; NaN when unknown, and for profit and markout.",
    labels=(COMPARED,),
    is_unknown_at_start=True,
)
DISPERSION = Metric(
    name="pmm_divergence_dispersion",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    help="How many times as noisy as independent events the counts are, 1 or more.",
    labels=(COMPARED,),
)
COMPARING = Metric(
    name="pmm_divergence_comparing",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    help="1 while both bots were alive at the last look: only then is anything compared.",
)
SIDE_ALIVE = Metric(
    name="pmm_divergence_side_alive",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    help="1 while the side answered the last look and had an event lately.",
    labels=(SIDE,),
)
LAST_LOOK = Metric(
    name="pmm_divergence_last_look_timestamp_seconds",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    unit="timestamp_seconds",
    help="The heartbeat of the detector: time of its last look, whether or not a bot answered.",
)
STATE_ERRORS = Metric(
    name="pmm_divergence_state_errors_total",
    kind=Kind.COUNTER,
    source=Source.PROCESS,
    help="Times the state could not be written; a restart then loses evidence.",
)

METRICS = (
    ACTIVE,
    ALARMS,
    SINCE,
    CUSUM,
    THRESHOLD,
    VALUE,
    EVENTS,
    RATIO,
    DISPERSION,
    COMPARING,
    SIDE_ALIVE,
    LAST_LOOK,
    STATE_ERRORS,
)
