"""Execution quality: how fast answers come, what rests stale, what fills where, what is refused."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from exporters.catalogue import Metric, money, orders, quoting
from grafana import frame, panels, promql
from grafana.frame import LEFT, RIGHT, RIGHT_NAME, WINDOW
from grafana.layout import Line, Row, evenly
from grafana.panels import Look
from grafana.promql import RATE_WINDOW
from grafana.targets import Query, prom, prom_heat

UID = "pmm-execution"
TITLE = "Execution quality"
STAGE_COLOURS = ("blue", "green", "yellow", "purple", "orange")
"""Of the stages from tick to order: there the parts are what is to be told apart."""
BOTH = "demo|$right"
"""Both sides of the comparison in one panel."""


def build() -> Dashboard:
    """Return the dashboard."""
    return frame.make(
        UID,
        TITLE,
        "Latency, stale quotes, fills by level and rejections, DEMO left and the other side right.",
        [
            Row("Latency", (_heats("Entry latency", orders.ANSWER_SECONDS), _quantiles())),
            Row("From tick to order", (_ticks(),)),
            Row("Cancels", (_heats("Cancel latency", orders.CANCEL_SECONDS), _cancels())),
            Row("Stale quotes", (_stale(),)),
            Row("Fills", (_by_level(), _fills())),
            Row("Rejections", (_rejections(), _denials())),
        ],
        [frame.right_side(), frame.markets(), frame.window()],
    )


def _heats(name: str, metric: Metric) -> Line:
    def side(title: str, env: str) -> panels.Panel:
        look = Look(
            title=f"{title}: {name}",
            description=f"{metric.help} Each cell counts answers; the brighter, the more.",
            unit="s",
        )
        return panels.heat(look, prom_heat(promql.buckets(metric, RATE_WINDOW, env=env)))

    return evenly(8, side("DEMO", LEFT), side(RIGHT_NAME, RIGHT))


def _quantiles() -> Line:
    def of(title: str, metric: Metric) -> panels.Panel:
        look = Look(
            title=title,
            description=f"{metric.help} Median and 95th percentile, looking back {WINDOW}.",
            unit="s",
        )
        return panels.timeseries(
            look,
            prom(promql.quantile(0.5, metric, WINDOW, ("env",), env=BOTH), "{{env}} median"),
            prom(promql.quantile(0.95, metric, WINDOW, ("env",), env=BOTH), "{{env}} p95"),
        )

    return evenly(
        8,
        of("Entry latency", orders.ANSWER_SECONDS),
        of("Cancel latency", orders.CANCEL_SECONDS),
        of("Settlement", orders.SETTLEMENT_SECONDS),
    )


def _ticks() -> Line:
    whole = Look(
        title="From tick to order",
        description=(
            f"{orders.TICK_TO_ORDER_SECONDS.help} Median and 99th percentile, looking back "
            f"{WINDOW}."
        ),
        unit="s",
    )
    stages = Look(
        title="From tick to order, by stage",
        description=(f"{orders.TICK_TO_ORDER_STAGE_SECONDS.help} Means, looking back {WINDOW}."),
        unit="s",
    )
    metric, stage = orders.TICK_TO_ORDER_SECONDS, orders.TICK_TO_ORDER_STAGE_SECONDS
    means = prom(promql.mean(stage, WINDOW, ("env", "stage"), env=BOTH), "{{env}} {{stage}}")
    by_stage = panels.timeseries(stages, means, stacked=True)
    for name, colour in zip(orders.TICK_STAGE.values or (), STAGE_COLOURS, strict=True):
        by_stage = by_stage.override_by_regexp(f".* {name}", panels.shade(colour))
    return evenly(
        8,
        panels.timeseries(
            whole,
            prom(promql.quantile(0.5, metric, WINDOW, ("env",), env=BOTH), "{{env}} median"),
            prom(promql.quantile(0.99, metric, WINDOW, ("env",), env=BOTH), "{{env}} p99"),
        ),
        by_stage,
    )


def _cancels() -> Line:
    asked = Look(
        title="Cancels asked for, a minute",
        description=orders.CANCELS_REQUESTED.help,
        unit="none",
    )
    gone = Look(
        title="Orders off the book, a minute", description=orders.CANCELED.help, unit="none"
    )
    refused = Look(
        title="Cancels refused, a minute", description=orders.CANCELS_REFUSED.help, unit="none"
    )
    return evenly(
        7,
        panels.timeseries(
            asked, _a_minute(orders.CANCELS_REQUESTED, "env", "reason"), stacked=True, many=True
        ),
        panels.timeseries(
            gone, _a_minute(orders.CANCELED, "env", "reason"), stacked=True, many=True
        ),
        panels.timeseries(refused, _a_minute(orders.CANCELS_REFUSED, "env")),
    )


def _stale() -> Line:
    exposure = Look(
        title="Stale exposure",
        description=f"{money.STALE_EXPOSURE.help} Mean share-seconds a second: shares standing "
        "stale at any time.",
        unit="suffix: shares",
    )
    duration = Look(
        title="How long a quote stood stale",
        description=f"{money.STALE_SECONDS.help} 95th percentile, looking back {WINDOW}.",
        unit="s",
    )
    after = Look(
        title="Fills after the cancel was asked for",
        description=f"Share of all fills that are stale ones, looking back {WINDOW}.",
        unit="percentunit",
    )
    by = ("env",)
    return evenly(
        7,
        panels.timeseries(
            exposure, prom(promql.rate(money.STALE_EXPOSURE, by, env=BOTH), "{{env}}")
        ),
        panels.timeseries(
            duration,
            prom(promql.quantile(0.95, money.STALE_SECONDS, WINDOW, by, env=BOTH), "{{env}}"),
        ),
        panels.timeseries(
            after,
            prom(
                promql.ratio(
                    promql.increase(orders.FILLS_AFTER_CANCEL, WINDOW, by, env=BOTH),
                    promql.increase(orders.FILLS, WINDOW, by, env=BOTH),
                ),
                "{{env}}",
            ),
        ),
    )


def _by_level() -> Line:
    def side(title: str, env: str, colour: str) -> panels.Panel:
        look = Look(
            title=f"{title}: fill rate by level",
            description=(
                "Orders with any fill over orders accepted, by how many better levels of others "
                f"there were when the order left; -1 is inside the spread. Looking back {WINDOW}."
            ),
            unit="percentunit",
        )
        rate = promql.ratio(
            promql.increase(orders.FILLED, WINDOW, ("level",), env=env),
            promql.increase(orders.ACCEPTED, WINDOW, ("level",), env=env),
        )
        return panels.bars_now(look, prom(rate, "level {{level}}"), colour=colour)

    return evenly(
        7,
        side("DEMO", LEFT, panels.COLOURS["demo"]),
        side(RIGHT_NAME, RIGHT, panels.COLOURS["prod"]),
    )


def _fills() -> Line:
    at_best = Look(
        title="Time at best",
        description="Share of samples in which our best quote was at or inside the best of others.",
        unit="percentunit",
    )
    wait = Look(
        title="Time to fill",
        description=f"{orders.TIME_TO_FILL.help} Median, looking back {WINDOW}.",
        unit="s",
    )
    queue = Look(
        title="Queue ahead",
        description=f"{orders.QUEUE_AHEAD.help} Median, looking back {WINDOW}.",
        unit="none",
    )
    by = ("env",)
    top = promql.increase(quoting.PLACES, WINDOW, by, env=BOTH, place="inside|best")
    share = promql.ratio(top, promql.increase(quoting.PLACES, WINDOW, by, env=BOTH))
    return evenly(
        7,
        panels.timeseries(at_best, prom(share, "{{env}}")),
        panels.timeseries(
            wait, prom(promql.quantile(0.5, orders.TIME_TO_FILL, WINDOW, by, env=BOTH), "{{env}}")
        ),
        panels.timeseries(
            queue, prom(promql.quantile(0.5, orders.QUEUE_AHEAD, WINDOW, by, env=BOTH), "{{env}}")
        ),
    )


def _rejections() -> Line:
    def side(title: str, env: str) -> panels.Panel:
        look = Look(
            title=f"{title}: rejections by reason",
            description=f"{orders.REJECTED.help} Count in each step of time.",
            unit="none",
        )
        grown = promql.increase(orders.REJECTED, RATE_WINDOW, ("reason",), env=env)
        return panels.timeseries(look, prom(grown, "{{reason}}"), stacked=True, many=True)

    return evenly(8, side("DEMO", LEFT), side(RIGHT_NAME, RIGHT))


def _denials() -> Line:
    denied = Look(
        title="Stopped or cut by our own controls, a minute",
        description=orders.DENIED.help,
        unit="none",
    )
    lost = Look(
        title="Answers that proved nothing, a minute", description=orders.LOST.help, unit="none"
    )
    return evenly(
        7,
        panels.timeseries(
            denied, _a_minute(orders.DENIED, "env", "control"), stacked=True, many=True
        ),
        panels.timeseries(lost, _a_minute(orders.LOST, "env")),
    )


def _a_minute(metric: Metric, *by: str) -> Query:
    legend = " ".join(f"{{{{{name}}}}}" for name in by)
    return prom(f"60 * {promql.rate(metric, by, env=BOTH)}", legend)
