"""What all dashboards share: uids, variables, annotations, and the links between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grafana_foundation_sdk.builders import dashboard as board
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard
from grafana_foundation_sdk.models.dashboard import VariableOption

from exporters.catalogue import health, orders
from grafana import promql
from grafana.layout import Row, place
from grafana.targets import PROMETHEUS, prom

TAG = "pmm"
RUNBOOK_URL = "/public/pmm/runbook.html"
"""Where Grafana serves the runbook, mounted by docker-compose.yml; a place for each alert."""
LEFT, RIGHT = "demo", "$right"
"""The two sides of every comparison: always DEMO, and what the variable says."""
RIGHT_NAME = "${right:text}"
_SILENT = promql.platform("ALERTS", severity="none")
FIRING = f"{promql.platform('ALERTS', alertstate='firing')} unless {_SILENT}"
"""Every alert that fires, without the watchdog's, which fires always."""
WINDOW, HORIZON = "$window", "$horizon"

Variable = Builder[dashboard.VariableModel]


def make(
    uid: str, title: str, description: str, rows: Iterable[Row], variables: Sequence[Variable]
) -> dashboard.Dashboard:
    """Return a dashboard: read-only, in UTC, with the shared annotations and links."""
    builder = board.Dashboard(title).uid(uid).description(description).tags([TAG]).readonly()
    builder = builder.time("now-24h", "now").refresh("30s").timezone("utc")
    builder = builder.tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
    builder = builder.variables(list(variables)).annotations([_alerts(), _calibrations()])
    made = builder.links([_to_the_others(), _to_the_runbook()]).build()
    made.panels = place(rows)
    return made


def right_side() -> Variable:
    """Return the choice of what stands on the right: production, or what stands in for it."""
    options = {"PROD": "prod", "REHEARSAL": "rehearsal", "TWIN": "twin"}
    return _choice("right", "compare DEMO with", options, "PROD")


def window() -> Variable:
    """Return the choice of the time that counts and quantiles look back."""
    return _choice("window", "look back", {name: name for name in ("1h", "6h", "24h", "7d")}, "6h")


def horizon() -> Variable:
    """Return the choice of how long after a fill the mid is read."""
    values = {name: name for name in ("1s", "5s", "30s", "60s", "300s")}
    return _choice("horizon", "after a fill", values, "30s")


def env() -> Variable:
    """Return the choice of one environment."""
    values = {name.upper(): name for name in promql.ENVS}
    return _choice("env", "environment", values, "DEMO")


def markets() -> Variable:
    """Return the choice of markets, all at first, from what the bots serve."""
    everything = VariableOption(selected=True, text="All", value="$__all")
    query = f"label_values({orders.OPEN.name}, {promql.MARKET})"
    variable = board.QueryVariable(promql.MARKET).label("market").datasource(PROMETHEUS)
    variable = variable.query(query).refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED)
    variable = variable.multi(multi=True).include_all(include_all=True).all_value(".*")
    return variable.sort(dashboard.VariableSort.ALPHABETICAL_ASC).current(everything)


def _choice(name: str, label: str, values: dict[str, str], first: str) -> Variable:
    options = [
        VariableOption(selected=text == first, text=text, value=value)
        for text, value in values.items()
    ]
    chosen = next(option for option in options if option.selected)
    spelled = ", ".join(f"{text} : {value}" for text, value in values.items())
    variable = board.CustomVariable(name).label(label).values(spelled)
    return variable.options(options).current(chosen)


def _alerts() -> Builder[dashboard.AnnotationQuery]:
    """Where an alert begins: drawn for as long as it fires, one that lasts would hide the lines."""
    before = promql.platform("ALERTS", alertstate="firing")
    expr = f"({FIRING}) unless {before} offset 1m"
    query = board.AnnotationQuery().name("alerts").datasource(PROMETHEUS)
    query = query.enable(enable=True).icon_color("red").expr(expr)
    query = query.target(prom(expr).ref_id("alerts"))
    query = query.title_format("{{alertname}} {{env}}").text_format("{{severity}}")
    return query.tag_keys("alertname,env").step("60s").placement("")


def _calibrations() -> Builder[dashboard.AnnotationQuery]:
    """A hash that this bot did not run with in the hour before: a new calibration."""
    run = promql.selector(health.RUN)
    by = "env, calibration_hash"
    before = f"max by ({by}) (last_over_time({run}[1h] offset 2m))"
    expr = f"max by ({by}) ({run}) unless {before}"
    query = board.AnnotationQuery().name("calibration").datasource(PROMETHEUS)
    query = (
        query.enable(enable=True)
        .icon_color("purple")
        .expr(expr)
        .target(prom(expr).ref_id("calibration"))
    )
    query = query.title_format("{{env}} calibration").text_format("{{calibration_hash}}")
    return query.tag_keys("env").step("60s").placement("")


def _to_the_others() -> Builder[dashboard.DashboardLink]:
    link = board.DashboardLink("dashboards").type(dashboard.DashboardLinkType.DASHBOARDS)
    link = link.tags([TAG]).include_vars(include_vars=True).keep_time(keep_time=True)
    return link.placement("")


def _to_the_runbook() -> Builder[dashboard.DashboardLink]:
    link = board.DashboardLink("runbook").type(dashboard.DashboardLinkType.LINK).url(RUNBOOK_URL)
    link = link.icon("doc").tooltip("what to do about each alert, by its name")
    return link.target_blank(target_blank=True).placement("")
