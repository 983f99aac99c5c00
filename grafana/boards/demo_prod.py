"""DEMO | PROD, the front page: each quantity twice on one scale, and between them the fold."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from exporters.catalogue import divergence, health, orders
from grafana import compare, frame, panels, promql
from grafana.frame import LEFT, RIGHT, RIGHT_NAME, WINDOW
from grafana.layout import Line, Row, evenly, line
from grafana.panels import Look
from grafana.quantities import Quantity, all_quantities
from grafana.targets import prom

UID = "pmm-demo-prod"
TITLE = "DEMO | PROD"
TOO_FEW = f"fewer than {compare.EVENTS_MIN} events on a side"
SILENT_STEPS = ((None, panels.GOOD), (30.0, panels.DOUBTFUL), (60.0, panels.BAD))
"""Seconds without any event: a live bot has one every few seconds."""
ALARM_STEPS = ((None, panels.GOOD), (1.0, panels.BAD))


def build() -> Dashboard:
    """Return the dashboard."""
    return frame.make(
        UID,
        TITLE,
        "Paper beside production. The middle turns red where they differ by more than 2x.",
        [
            Row("Now", (_now(),)),
            *(Row(quantity.name, (_compared(quantity),)) for quantity in all_quantities()),
            Row("What the detector says", (_detector(),)),
        ],
        [frame.right_side(), frame.markets(), frame.window(), frame.horizon()],
    )


def _now() -> Line:
    alarms = Look(
        title="Divergences",
        description="Quantities in which DEMO and PROD differ, as the detector says.",
        unit="none",
        empty="no detector",
    )
    active = prom(promql.gauge(divergence.ACTIVE))
    return line(
        4,
        (_heartbeat("DEMO", LEFT), 5),
        (_fill_count("DEMO", LEFT), 5),
        (panels.stat_of(alarms, active, steps=ALARM_STEPS), 4),
        (_fill_count(RIGHT_NAME, RIGHT), 5),
        (_heartbeat(RIGHT_NAME, RIGHT), 5),
    )


def _heartbeat(name: str, env: str) -> panels.Panel:
    look = Look(
        title=f"{name}: last event",
        description="Age of the bot's last event. A live bot has one every few seconds.",
        unit="s",
        empty="not running",
    )
    last = promql.gauge(health.LAST_EVENT, how="max", env=env)
    return panels.stat_of(look, prom(promql.age(last)), steps=SILENT_STEPS).decimals(0)


def _fill_count(name: str, env: str) -> panels.Panel:
    look = Look(
        title=f"{name}: fills",
        description=f"Fills, looking back {WINDOW}.",
        unit="none",
        empty="not running",
    )
    return panels.stat_of(look, prom(promql.increase(orders.FILLS, WINDOW, env=env))).decimals(0)


def _compared(quantity: Quantity) -> Line:
    return line(
        7,
        (_side(quantity, "DEMO", is_left=True), 10),
        (_fold(quantity), 4),
        (_side(quantity, RIGHT_NAME, is_left=False), 10),
    )


def _side(quantity: Quantity, name: str, *, is_left: bool) -> panels.Panel:
    look = Look(
        title=f"{name}: {quantity.name}",
        description=f"{quantity.meaning}. The faint line is the other side, on the same scale.",
        unit=quantity.unit,
    )
    left, right = prom(quantity.left, LEFT), prom(quantity.right, RIGHT)
    if is_left:
        return panels.one_of_two(look, left, right, panels.COLOURS["demo"])
    return panels.one_of_two(look, right, left, panels.COLOURS["prod"])


def _fold(quantity: Quantity) -> panels.Panel:
    look = Look(
        title=f"DEMO : {RIGHT_NAME}",
        description=(
            f"{quantity.name}: the larger over the smaller, looking back {WINDOW}; red from 2x. "
            f"Shown from {compare.EVENTS_MIN} events on each side. This is the plain ratio, which "
            "chance alone may turn red for a while; the alert weighs the evidence."
        ),
        unit="suffix:x",
        empty=TOO_FEW,
    )
    return panels.fold_stat(look, prom(quantity.fold))


def _detector() -> Line:
    evidence = Look(
        title="Evidence of a divergence",
        description=(
            "What the detector has gathered for each quantity and direction, over what it needs to "
            "alarm: at 1 it alarms. It compares DEMO with PROD whatever is chosen above."
        ),
        unit="none",
        empty="no detector",
    )
    ratio = Look(
        title="PROD over DEMO, smoothed",
        description="The detector's ratio for each quantity that has one.",
        unit="suffix:x",
        empty="no detector",
    )
    gathered = promql.gauge(divergence.CUSUM, ("metric", "direction"), how="max")
    needed = promql.gauge(divergence.THRESHOLD, how="max")
    share = f"{gathered} / on () group_left () {needed}"
    return evenly(
        8,
        panels.timeseries(evidence, prom(share, "{{metric}} {{direction}}"), many=True),
        panels.timeseries(
            ratio,
            prom(promql.gauge(divergence.RATIO, ("metric",), how="max"), "{{metric}}"),
            many=True,
        ),
    )
