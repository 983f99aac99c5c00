"""Health: is everything alive, what stands against quoting, and do records get through."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard, DynamicConfigValue

from exporters.catalogue import Metric, feed, health, quoting
from grafana import frame, panels, promql
from grafana.layout import Line, Row, evenly, line
from grafana.panels import BAD, DOUBTFUL, GOOD, Look
from grafana.targets import prom, prom_now

UID = "pmm-health"
TITLE = "Health"
SILENT_STEPS = ((None, GOOD), (30.0, DOUBTFUL), (60.0, BAD))
ANY_IS_BAD = ((None, GOOD), (1.0, BAD))
LAG_STEPS = ((None, GOOD), (60.0, DOUBTFUL), (600.0, BAD))
DOWN_STEPS = ((None, BAD), (1.0, GOOD))


def build() -> Dashboard:
    """Return the dashboard."""
    return frame.make(
        UID,
        TITLE,
        "Processes, quoting, books, feed, journal and shipper of every environment.",
        [
            Row("Alerts", (_alerts(),)),
            Row("Alive", (_alive(),)),
            Row("Quoting", (_quoting(),)),
            Row("Feed", (_feed(), _latency())),
            Row("Records", (_records(), _events())),
        ],
        [frame.markets()],
    )


def _alerts() -> Line:
    look = Look(
        title="Firing now",
        description="Every alert that fires; its name leads to its heading in the runbook.",
        unit="none",
        empty="nothing fires",
    )
    firing = frame.FIRING
    hidden = ("Time", "Value", "__name__", "alertstate", "instance", "job")
    panel = panels.table_of(look, prom_now(firing), hidden=hidden)
    to_runbook = {
        "title": "runbook: ${__value.text}",
        "url": f"{frame.RUNBOOK_URL}#${{__value.text}}",
        "targetBlank": True,
    }
    links = [DynamicConfigValue(id_val="links", value=[to_runbook])]
    return line(6, (panel.override_by_name("alertname", links), 24))


def _alive() -> Line:
    up = Look(
        title="Answering to Prometheus",
        description="1 while the last scrape of a process worked.",
        unit="none",
        empty="nothing is scraped",
    )
    silent = Look(
        title="Since the last event",
        description=health.LAST_EVENT.help,
        unit="s",
        empty="no bot is running",
    )
    tripped = Look(
        title="Kill switch",
        description=health.KILL_SWITCH.help,
        unit="none",
        empty="no bot is running",
    )
    behind = Look(title="Orders left behind", description=health.LEFT_BEHIND.help, unit="none")
    by = ("env",)
    last = promql.gauge(health.LAST_EVENT, by, how="max")
    scraped = f"min by (env, job) ({promql.platform('up')})"
    return evenly(
        6,
        panels.stat_of(up, prom(scraped, "{{env}} {{job}}"), steps=DOWN_STEPS),
        panels.stat_of(silent, prom(promql.age(last), "{{env}}"), steps=SILENT_STEPS).decimals(0),
        panels.stat_of(
            tripped,
            prom(promql.gauge(health.KILL_SWITCH, by, how="max"), "{{env}}"),
            steps=ANY_IS_BAD,
        ),
        panels.stat_of(
            behind,
            prom(promql.gauge(health.LEFT_BEHIND, by, how="max"), "{{env}}"),
            steps=ANY_IS_BAD,
        ),
    )


def _quoting() -> Line:
    state = Look(
        title="What each desk does",
        description=f"{quoting.QUOTING_STATE.help} Only what was the case is listed. No twin: it "
        "has no desk, it gets production's decisions.",
        unit="none",
    )
    books = Look(
        title="Books",
        description=f"{feed.BOOK_STATE.help} Only what was the case is listed.",
        unit="none",
    )
    names = ("env", "market", "state")
    desk = promql.gauge(quoting.QUOTING_STATE, names, how="max", env="demo|prod|rehearsal")
    book = promql.gauge(feed.BOOK_STATE, ("env", "market", "outcome", "state"), how="max")
    return evenly(
        9,
        panels.states(
            state,
            prom(f"({desk}) > 0", "{{env}} {{market}}: {{state}}"),
            good="quoting",
            bad=f"{quoting.KILL_SWITCH}|stopped",
        ),
        panels.states(
            books,
            prom(f"({book}) > 0", "{{env}} {{market}} {{outcome}}: {{state}}"),
            good="valid",
            bad="invalid",
        ),
    )


def _feed() -> Line:
    def a_second(title: str, metric: Metric) -> panels.Panel:
        look = Look(title=title, description=metric.help, unit="cps")
        return panels.timeseries(look, prom(promql.rate(metric, ("env",), window="5m"), "{{env}}"))

    defects = Look(
        title="Defects",
        description=f"{feed.DEFECTS.help} Only kinds that occurred are drawn.",
        unit="cps",
        empty="none in this time",
    )
    kinds = f"({promql.rate(feed.DEFECTS, ('env', 'kind'), window='5m')}) > 0"
    return evenly(
        7,
        a_second("Messages", feed.MESSAGES),
        a_second("Public trades", feed.PRINTS),
        panels.timeseries(defects, prom(kinds, "{{env}} {{kind}}")),
        a_second("Losses of continuity", feed.LOSSES),
    )


def _latency() -> Line:
    def over_time(title: str, metric: Metric) -> panels.Panel:
        look = Look(title=title, description=metric.help, unit="s")
        return panels.timeseries(look, prom(promql.gauge(metric, ("env",), how="max"), "{{env}}"))

    checks = Look(
        title="Books that disagree with the exchange's hash",
        description=f"{feed.HASH_CHECKS.help} Share over an hour.",
        unit="percentunit",
    )
    by = ("env",)
    wrong = promql.ratio(
        promql.increase(feed.DEFECTS, "1h", by, kind="hash_mismatch"),
        promql.increase(feed.HASH_CHECKS, "1h", by),
    )
    return evenly(
        7,
        over_time("Feed latency, median", feed.LATENCY_MEDIAN),
        over_time("Feed latency, longest", feed.LATENCY_MAX),
        over_time("Clock offset", feed.CLOCK_OFFSET),
        panels.timeseries(checks, prom(wrong, "{{env}}")),
    )


def _records() -> Line:
    lag = Look(
        title="Shipper lag",
        description=health.SHIPPER_LAG.help,
        unit="s",
        empty="no shipper is running",
    )
    journal = Look(title="Journal lag", description=health.JOURNAL_LAG.help, unit="none")
    lost = Look(
        title="Lost or parked",
        description=(
            "Events that never reached the journal, and points that the store refused for good, in "
            "a day: both should stay 0."
        ),
        unit="none",
    )
    by = ("env",)
    return evenly(
        7,
        panels.stat_of(
            lag,
            prom(promql.gauge(health.SHIPPER_LAG, by, how="max"), "{{env}}"),
            steps=LAG_STEPS,
        ),
        panels.timeseries(
            journal, prom(promql.gauge(health.JOURNAL_LAG, by, how="max"), "{{env}}")
        ),
        panels.stat_of(
            lost,
            prom(promql.increase(health.JOURNAL_DROPPED, "1d", by), "{{env}} dropped"),
            prom(promql.increase(health.SHIPPER_PARKED, "1d", by), "{{env}} parked"),
            steps=ANY_IS_BAD,
        ),
    )


def _events() -> Line:
    events = Look(title="Events a minute", description=health.EVENTS.help, unit="none")
    points = Look(
        title="Points shipped a second", description=health.SHIPPER_SHIPPED.help, unit="cps"
    )
    failed = Look(
        title="Failed writes a minute", description=health.SHIPPER_FAILURES.help, unit="none"
    )
    by = ("env",)
    kinds = f"60 * {promql.rate(health.EVENTS, by)}"
    return evenly(
        8,
        panels.timeseries(events, prom(kinds, "{{env}}")),
        panels.timeseries(points, prom(promql.rate(health.SHIPPER_SHIPPED, by), "{{env}}")),
        panels.timeseries(
            failed, prom(f"60 * {promql.rate(health.SHIPPER_FAILURES, by)}", "{{env}}")
        ),
    )
