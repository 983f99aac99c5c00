"""The house style: what every panel of a kind looks like. A dashboard only says what it shows.

Each function gives back a configured panel without a place. Units are Grafana's own names. Colours
follow the environment everywhere, so that paper is never taken for production.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Self, TypeVar

import msgspec
from grafana_foundation_sdk.builders import bargauge, heatmap, stat, statetimeline, table
from grafana_foundation_sdk.builders import common as parts
from grafana_foundation_sdk.builders import dashboard as board
from grafana_foundation_sdk.builders import timeseries as series
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue, Threshold
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode

from grafana.targets import INFLUXDB, PROMETHEUS, Influx, Query

Panel = Builder[dashboard.Panel]

COLOURS = {"demo": "blue", "prod": "orange", "twin": "purple", "rehearsal": "yellow"}
GOOD, DOUBTFUL, BAD, NEUTRAL = "green", "yellow", "red", "text"
FOLD_STEPS = ((None, GOOD), (1.5, DOUBTFUL), (2.0, BAD))
"""Twice as large on one side is where paper stops to predict production."""
PLAIN_STEPS = ((None, NEUTRAL),)
EMPTY = "#5a5f69"
"""Behind what a panel says when there is nothing: neither good nor bad."""
LOWEST = -1e12
"""Below every value: the colour before it is that of no value."""
AXIS_MAX = {"none": 1.0, "percentunit": 0.01, "currencyUSD": 0.01, "cps": 0.1, "suffix: bps": 1.0}
"""How far an axis goes at least, by unit: over zeros alone Grafana would draw it up to 100."""
Steps = Sequence[tuple[float | None, str]]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a panel is called, means and is measured in, and what it says when there is nothing."""

    title: str
    description: str
    unit: str
    empty: str = "no data yet"


class _Common(Protocol):
    """The verbs that every panel builder of the SDK has."""

    def title(self, title: str) -> Self: ...
    def description(self, description: str) -> Self: ...
    def unit(self, unit: str) -> Self: ...
    def no_value(self, no_value: str) -> Self: ...
    def datasource(self, datasource: common.DataSourceRef) -> Self: ...
    def with_target(self, target: Builder[Dataquery]) -> Self: ...


AnyPanel = TypeVar("AnyPanel", bound=_Common)


def timeseries(
    look: Look, *queries: Query, stacked: bool = False, many: bool = False
) -> series.Panel:
    """Return lines over time with a legend below; stacked, bars on top of each other.

    `many` series have their legend beside them, the largest first. An upper quantile is dashed.
    """
    panel = _styled(series.Panel(), look, queries)
    panel = (
        panel.legend(_legend_beside() if many else _legend())
        .tooltip(_tooltip())
        .line_width(1)
        .fill_opacity(8)
    )
    panel = panel.show_points(common.VisibilityMode.NEVER)
    for env, colour in COLOURS.items():
        panel = panel.override_by_regexp(f"^{env}( .*)?$", [_colour(colour)])
    panel = panel.override_by_regexp(".* p[0-9]+", [_DASHED])
    if look.unit in AXIS_MAX:
        panel = panel.axis_soft_max(AXIS_MAX[look.unit])
    if not stacked:
        return panel
    bars = panel.draw_style(common.GraphDrawStyle.BARS).fill_opacity(60)
    return bars.stacking(parts.StackingConfig().mode(common.StackingMode.NORMAL))


def one_of_two(look: Look, mine: Query, other: Query, colour: str) -> series.Panel:
    """Return one side of a comparison: its own line, and the other side's faint and dotted.

    Both panels of a pair draw both lines, so their scales are always the same.
    """
    faint = [
        _colour("gray"),
        DynamicConfigValue(id_val="custom.lineStyle", value={"fill": "dot", "dash": [2, 6]}),
        DynamicConfigValue(id_val="custom.fillOpacity", value=0),
    ]
    panel = timeseries(look, mine, other)
    return panel.override_by_query("A", [_colour(colour)]).override_by_query("B", faint)


def stat_of(look: Look, *queries: Query, steps: Steps = PLAIN_STEPS) -> stat.Panel:
    """Return the latest value in large figures, coloured by the steps."""
    panel = _styled(stat.Panel(), look, queries).thresholds(_thresholds(steps))
    panel = panel.reduce_options(_latest())
    plain = steps is PLAIN_STEPS
    colour = common.BigValueColorMode.NONE if plain else common.BigValueColorMode.BACKGROUND
    return panel.color_mode(colour).graph_mode(common.BigValueGraphMode.NONE)


def fold_stat(look: Look, query: Query) -> stat.Panel:
    """Return a fold between two sides: green near 1, red from 2."""
    return stat_of(look, query, steps=FOLD_STEPS).decimals(2)


def bars_now(look: Look, *queries: Query, colour: str) -> bargauge.Panel:
    """Return values of now as bars side by side."""
    panel = _styled(bargauge.Panel(), look, queries).thresholds(_thresholds(((None, colour),)))
    panel = panel.reduce_options(_latest())
    return panel.orientation(common.VizOrientation.HORIZONTAL).min(0)


def heat(look: Look, query: Query) -> heatmap.Panel:
    """Return a heatmap over the buckets of a histogram."""
    colours = heatmap.HeatmapColorOptions().mode(HeatmapColorMode.SCHEME)
    colours = colours.scheme("Oranges").steps(64)
    panel = _styled(heatmap.Panel(), look, (query,)).calculate(calculate=False)
    panel = panel.y_axis(heatmap.YAxisConfig().unit(look.unit))
    return panel.color(colours).cell_gap(1)


def states(look: Look, *queries: Query, good: str, bad: str) -> statetimeline.Panel:
    """Return when each state held, one line a series of value 1.

    Series whose name ends in the state `good` are green, in one of `bad` (a|b) red, others yellow.
    Grafana holds a pattern against the whole name.
    """
    panel = _styled(statetimeline.Panel(), look, queries).merge_values(merge_values=True)
    panel = panel.row_height(0.8).show_value(common.VisibilityMode.NEVER)
    for pattern, colour in ((".*", DOUBTFUL), (f".*: {good}", GOOD), (f".*: ({bad})", BAD)):
        panel = panel.override_by_regexp(pattern, [_colour(colour)])
    return panel


def table_of(look: Look, *queries: Query, hidden: Sequence[str] = ()) -> table.Panel:
    """Return a table, without the columns in `hidden`."""
    panel = _styled(table.Panel(), look, queries).filterable(filterable=True)
    # The text for nothing is for the table as a whole: an empty cell stays empty.
    panel = panel.override_by_regexp(".*", [DynamicConfigValue(id_val="noValue", value="")])
    options = {"excludeByName": dict.fromkeys(hidden, True)}
    return panel.with_transformation(
        dashboard.DataTransformerConfig(id_val="organize", options=options)
    )


def column(unit: str, decimals: int | None = None) -> list[DynamicConfigValue]:
    """Return the override that gives one column or series its own unit."""
    values = [DynamicConfigValue(id_val="unit", value=unit)]
    if decimals is not None:
        values.append(DynamicConfigValue(id_val="decimals", value=decimals))
    return values


def shade(colour: str) -> list[DynamicConfigValue]:
    """Return the override that gives one series its own colour."""
    return [_colour(colour)]


def width(pixels: int) -> list[DynamicConfigValue]:
    """Return the override that gives one column of a table its width."""
    return [DynamicConfigValue(id_val="custom.width", value=pixels)]


def _styled(panel: AnyPanel, look: Look, queries: Sequence[Query]) -> AnyPanel:
    panel = panel.title(look.title).description(look.description)
    panel = panel.unit(look.unit).no_value(look.empty)
    # Not all versions look for it in the queries of the panel.
    is_influx = any(isinstance(query, Influx) for query in queries)
    panel = panel.datasource(INFLUXDB if is_influx else PROMETHEUS)
    for letter, query in zip("ABCDEFGHIJ", queries, strict=False):
        panel = panel.with_target(query.ref_id(letter))
    return panel


def _latest() -> parts.ReduceDataOptions:
    return parts.ReduceDataOptions().calcs(["lastNotNull"]).values(values=False)


def _legend() -> parts.VizLegendOptions:
    legend = (
        parts.VizLegendOptions()
        .show_legend(show_legend=True)
        .placement(common.LegendPlacement.BOTTOM)
    )
    return legend.display_mode(common.LegendDisplayMode.LIST).calcs(["lastNotNull"])


def _legend_beside() -> parts.VizLegendOptions:
    legend = _legend().placement(common.LegendPlacement.RIGHT)
    legend = legend.display_mode(common.LegendDisplayMode.TABLE)
    return legend.sort_by("Last *").sort_desc(sort_desc=True)


def _tooltip() -> parts.VizTooltipOptions:
    return parts.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI)


def _thresholds(steps: Steps) -> board.ThresholdsConfig:
    config = board.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE)
    if len(steps) > 1:
        (_, lowest), *others = steps
        steps = ((None, EMPTY), (LOWEST, lowest), *others)
    return config.steps([Threshold(value=value, color=colour) for value, colour in steps])


_DASHED = DynamicConfigValue(id_val="custom.lineStyle", value={"fill": "dash", "dash": [6, 4]})


def _colour(name: str) -> DynamicConfigValue:
    return DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": name})
