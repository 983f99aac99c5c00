"""Calibration: which one each bot runs with, how old it is, and whether paper predicts since."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from exporters.catalogue import health, orders, twin
from grafana import compare, frame, panels, promql
from grafana.frame import RIGHT_NAME, WINDOW
from grafana.layout import Line, Row, evenly, line
from grafana.panels import Look
from grafana.quantities import all_quantities, fill_rate
from grafana.targets import prom, prom_now

UID = "pmm-calibration"
TITLE = "Calibration"
DAY_S = 86_400.0
AGE_STEPS = ((None, panels.GOOD), (2 * DAY_S, panels.DOUBTFUL), (7 * DAY_S, panels.BAD))
"""Seconds since the end of the measured window: the extractor writes a new file every hour, but
only when it has learnt something."""
NO_TWIN = "no twin is running"
PRIORS = "on priors: nothing measured yet"


def build() -> Dashboard:
    """Return the dashboard."""
    return frame.make(
        UID,
        TITLE,
        "What the paper venue has learnt from production. Purple marks: a new calibration.",
        [
            Row("In use", (_in_use(),)),
            Row("Before and after", (_folds(), _rates())),
            Row("Order by order", (_twin(), _agreement())),
            Row("What it is learnt from", (_material(),)),
        ],
        [frame.right_side(), frame.markets(), frame.window(), frame.horizon()],
    )


def _in_use() -> Line:
    runs = Look(
        title="Runs",
        description=f"{health.RUN.help} Equal hashes mean equal settings and calibration.",
        unit="none",
        empty="no bot is running",
    )
    age = Look(
        title="Age of what was measured",
        description=health.CALIBRATION_END.help,
        unit="s",
        empty=PRIORS,
    )
    labels = ("env", *health.RUN.label_names)
    listed = promql.gauge(health.RUN, labels, how="max")
    ended = promql.gauge(health.CALIBRATION_END, ("env",), how="max")
    return line(
        7,
        (panels.table_of(runs, prom_now(listed), hidden=("Time", "Value")), 16),
        (panels.stat_of(age, prom(promql.age(ended), "{{env}}"), steps=AGE_STEPS), 8),
    )


def _folds() -> Line:
    look = Look(
        title=f"DEMO : {RIGHT_NAME}, every quantity",
        description=(
            f"The larger over the smaller, looking back {WINDOW}: a good calibration brings these "
            f"down to 1. Shown from {compare.EVENTS_MIN} events on each side."
        ),
        unit="suffix:x",
        empty=f"fewer than {compare.EVENTS_MIN} events on a side",
    )
    folds = (prom(quantity.fold, quantity.name) for quantity in all_quantities())
    return line(9, (panels.timeseries(look, *folds).min(1), 24))


def _rates() -> Line:
    rate = Look(
        title="Fill rate, side by side",
        description=f"{fill_rate().meaning}, looking back {WINDOW}.",
        unit="percentunit",
    )
    hour = Look(
        title="Fills an hour",
        description=f"Fills an hour, looking back {WINDOW}.",
        unit="none",
    )
    both = "demo|$right"
    fills = promql.rate(orders.FILLS, ("env",), window=WINDOW, env=both)
    return evenly(
        8,
        panels.timeseries(
            rate, prom(fill_rate().left, frame.LEFT), prom(fill_rate().right, frame.RIGHT)
        ),
        panels.timeseries(hour, prom(f"3600 * {fills}", "{{env}}")),
    )


def _twin() -> Line:
    fills = Look(
        title=f"Fills of {RIGHT_NAME} and of the twin",
        description=(
            "The twin is a paper venue that gets production's decisions at the same instant: with "
            f"a good calibration both lines agree. Looking back {WINDOW}."
        ),
        unit="none",
        empty=NO_TWIN,
    )
    fold = Look(
        title=f"Twin : {RIGHT_NAME}, fill rate",
        description=(
            "The larger fill rate over the smaller, red from 2x; shown from "
            f"{compare.EVENTS_MIN} accepted orders on each side, looking back {WINDOW}."
        ),
        unit="suffix:x",
        empty="no twin, or too few orders",
    )
    count = promql.increase(orders.FILLS, WINDOW, ("env",), env="twin|$right")
    filled = {e: promql.increase(orders.FILLED, WINDOW, env=e) for e in ("twin", frame.RIGHT)}
    accepted = {e: promql.increase(orders.ACCEPTED, WINDOW, env=e) for e in ("twin", frame.RIGHT)}
    apart = compare.fold_of_shares(
        (filled["twin"], accepted["twin"]), (filled[frame.RIGHT], accepted[frame.RIGHT])
    )
    enough = compare.where_enough(apart, accepted["twin"], accepted[frame.RIGHT])
    return line(
        8,
        (panels.timeseries(fills, prom(count, "{{env}}")), 18),
        (panels.fold_stat(fold, prom(enough)), 6),
    )


def _agreement() -> Line:
    orders_of = Look(
        title="Twin agreement",
        description=(
            "Orders of one decision on both sides, by who got any fill: paper that can be believed "
            f"shows few that only one side got. {twin.ORDERS.help} Looking back {WINDOW}."
        ),
        unit="none",
        empty=NO_TWIN,
    )
    share = Look(
        title="Orders that both or neither got",
        description=(
            f"Of all orders compared, looking back {WINDOW}; shown from {compare.EVENTS_MIN}. Most "
            "orders fill nowhere, so look at the fills of both sides too."
        ),
        unit="percentunit",
        empty="no twin, or too few orders",
    )
    shares = Look(
        title="Shares filled of the compared orders",
        description=f"{twin.SHARES.help} Looking back {WINDOW}.",
        unit="none",
        empty=NO_TWIN,
    )
    compared = promql.increase(twin.ORDERS, WINDOW, env="twin")
    by = promql.increase(twin.ORDERS, WINDOW, ("agreement",), env="twin")
    agreed = promql.increase(twin.ORDERS, WINDOW, env="twin", agreement="both|neither")
    filled = promql.increase(twin.SHARES, WINDOW, ("by",), env="twin")
    part = f"({agreed} / {compared}) and ({compared} >= {compare.EVENTS_MIN})"
    return line(
        8,
        (panels.timeseries(orders_of, prom(by, "{{agreement}}"), stacked=True), 10),
        (panels.timeseries(shares, prom(filled, "{{by}}")), 8),
        (panels.stat_of(share, prom(part)), 6),
    )


def _material() -> Line:
    traces = Look(
        title="Queues watched to the end",
        description=f"{orders.QUEUE_TRACES.help} Looking back {WINDOW}.",
        unit="none",
    )
    exposed = Look(
        title="Hours that orders rested",
        description=f"{orders.RESTING_SECONDS.help} Looking back {WINDOW}.",
        unit="h",
    )
    by = ("env",)
    both = "demo|$right"
    whole = promql.increase(orders.QUEUE_TRACES, WINDOW, (*by, "whole"), env=both)
    rested = promql.increase(orders.RESTING_SECONDS, WINDOW, by, env=both)
    return evenly(
        7,
        panels.timeseries(traces, prom(whole, "{{env}} whole: {{whole}}")),
        panels.timeseries(exposed, prom(f"{rested} / 3600", "{{env}}")),
    )
