"""The house style of panels."""

from __future__ import annotations

import json
import re
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana import panels
from grafana.panels import EMPTY, LOWEST, Look, Panel
from grafana.targets import Influx, prom, prom_heat, prom_now

LOOK = Look(title="Title", description="What it means.", unit="s", empty="nothing yet")


def made(panel: Panel) -> dict[str, Any]:
    """A panel as it goes into a file."""
    text: dict[str, Any] = json.loads(JSONEncoder().encode(panel.build()))
    return text


def test_every_kind_says_what_it_is() -> None:
    """Title, description, unit and the text for nothing are on each kind of panel."""
    kinds = (
        panels.timeseries(LOOK, prom("up")),
        panels.one_of_two(LOOK, prom("a"), prom("b"), "blue"),
        panels.stat_of(LOOK, prom("up")),
        panels.fold_stat(LOOK, prom("up")),
        panels.bars_now(LOOK, prom("up"), colour="blue"),
        panels.heat(LOOK, prom_heat("up")),
        panels.states(LOOK, prom("up"), good="a", bad="b"),
        panels.table_of(LOOK, prom_now("up")),
    )
    for panel in map(made, kinds):
        defaults = panel["fieldConfig"]["defaults"]
        said = (panel["title"], panel["description"], defaults["unit"], defaults["noValue"])
        assert ("Title", "What it means.", "s", "nothing yet") == said, panel["type"]


def test_both_sides_of_a_pair_draw_both_lines() -> None:
    """So both have one scale; the second is faint on either side."""
    panel = made(panels.one_of_two(LOOK, prom("mine"), prom("other"), "blue"))
    assert [("A", "mine"), ("B", "other")] == [(t["refId"], t["expr"]) for t in panel["targets"]]
    styles = {o["matcher"]["options"]: o["properties"] for o in panel["fieldConfig"]["overrides"]}
    assert {"mode": "fixed", "fixedColor": "blue"} == styles["A"][0]["value"]
    assert "custom.lineStyle" in {style["id"] for style in styles["B"]}


def test_a_fold_turns_red_from_two() -> None:
    """Green near 1, yellow on the way, red from 2x; and no judgement where there is no value."""
    steps = made(panels.fold_stat(LOOK, prom("x")))["fieldConfig"]["defaults"]["thresholds"]
    expected = [(None, EMPTY), (LOWEST, "green"), (1.5, "yellow"), (2.0, "red")]
    assert expected == [(step["value"], step["color"]) for step in steps["steps"]]


def test_hidden_columns_are_left_out_of_a_table() -> None:
    """The organising step names them."""
    panel = made(panels.table_of(LOOK, prom_now("up"), hidden=("Time",)))
    assert {"excludeByName": {"Time": True}} == panel["transformations"][0]["options"]


def test_stacked_series_are_bars_on_each_other() -> None:
    """Counts by reason add up to the whole."""
    custom = made(panels.timeseries(LOOK, prom("x"), stacked=True))
    assert "normal" == custom["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"]


def test_a_column_can_have_its_own_unit() -> None:
    """And its own number of digits."""
    assert [("unit", "ms")] == [(v.id_val, v.value) for v in panels.column("ms")]
    assert ("decimals", 2) == (panels.column("ms", 2)[1].id_val, panels.column("ms", 2)[1].value)


def test_a_panel_names_the_data_source_of_its_queries() -> None:
    """Where the panel names none, Grafana 9 asks the default one, and shows nothing."""
    assert "pmm-prometheus" == made(panels.stat_of(LOOK, prom("up")))["datasource"]["uid"]
    table = panels.table_of(LOOK, Influx("SELECT x FROM y", as_table=True))
    assert "pmm-influxdb" == made(table)["datasource"]["uid"]


def test_patterns_hold_for_whole_names() -> None:
    """Grafana puts ^ before and $ behind a pattern: a part of a name would match nothing."""
    styles = made(panels.states(LOOK, prom("x"), good="quoting", bad="stopped|kill_switch"))
    patterns = [o["matcher"]["options"] for o in styles["fieldConfig"]["overrides"]]
    matching = [p for p in patterns if re.fullmatch(p, "demo a-market: quoting")]
    assert [".*", ".*: quoting"] == matching
    assert re.fullmatch(patterns[-1], "demo a-market: kill_switch")
    lines = made(panels.timeseries(LOOK, prom("x")))["fieldConfig"]["overrides"]
    matched = [o for o in lines if re.fullmatch(o["matcher"]["options"], "demo p95")]
    assert ["color", "custom.lineStyle"] == [o["properties"][0]["id"] for o in matched]


def test_many_series_have_their_legend_beside_them() -> None:
    """The largest first: below them it would be cut off."""
    legend = made(panels.timeseries(LOOK, prom("x"), many=True))["options"]["legend"]
    assert ("right", "table") == (legend["placement"], legend["displayMode"])
    assert legend["sortDesc"]


def test_an_axis_over_zeros_is_short() -> None:
    """Grafana's own would go up to 100, or 10,000 %."""
    share = Look(title="T", description="D.", unit="percentunit")
    custom = made(panels.timeseries(share, prom("x")))["fieldConfig"]["defaults"]["custom"]
    assert 0.01 == custom["axisSoftMax"]


def test_an_empty_cell_of_a_table_says_nothing() -> None:
    """The text for nothing is that of the whole table."""
    [override] = made(panels.table_of(LOOK, prom_now("up")))["fieldConfig"]["overrides"]
    assert [{"id": "noValue", "value": ""}] == override["properties"]
