"""InfluxQL made from the table of measurements, and every query of every dashboard."""

from __future__ import annotations

import re
from typing import Any

import pytest

from exporters.points import MEASUREMENTS
from grafana import influxql
from grafana.influxql import Column

Json = dict[str, Any]
NAME = re.compile(r'"([^"]+)"')
LABEL = re.compile(r' AS "[^"]+"')
SOURCE = re.compile(r'FROM "([a-z_]+)" WHERE ')


def queries(board: Json) -> list[str]:
    """Every InfluxQL query of a dashboard."""
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    targets = [target for panel in panels for target in panel["targets"]]
    return [t["query"] for t in targets if t["datasource"]["type"] == "influxdb"]


def test_every_query_reads_fields_and_tags_that_are_written(board: Json) -> None:
    """Each quoted name is a tag or field of the measurement, and the time is always limited."""
    for query in queries(board):
        source = SOURCE.search(query)
        assert source, query
        table = MEASUREMENTS[source[1]]
        known = {table.name, "env", *table.all_tags, *(field.name for field in table.fields)}
        assert set(NAME.findall(LABEL.sub("", query))) <= known, query
        assert "$timeFilter" in query


def test_only_tags_limit_a_query(board: Json) -> None:
    """What stands in WHERE and GROUP BY is indexed."""
    for query in queries(board):
        source = SOURCE.search(query)
        assert source, query
        tags = {"env", *MEASUREMENTS[source[1]].all_tags}
        assert set(NAME.findall(query.split(" WHERE ")[1])) <= tags, query


def test_fixed_point_comes_out_in_dollars_and_shares() -> None:
    """Prices are divided by 10,000, sizes by 1,000,000, and floats are left alone."""
    columns = (Column("price", "price"), Column("size", "shares"), Column("latency_ms", "after"))
    assert (
        'SELECT "price" / 10000 AS "price", "size" / 1000000 AS "shares", "latency_ms" AS "after" '
        'FROM "fills" WHERE $timeFilter AND "market" =~ /^$market$/ AND "env" = \'prod\''
    ) == influxql.select("fills", columns, env="prod")


def test_a_no_token_can_be_drawn_in_yes_terms() -> None:
    """The complement of a price is one minus it."""
    query = influxql.select("fills", (Column("price", "p", is_complement=True),), outcome="NO")
    assert query.startswith('SELECT 1 - "price" / 10000 AS "p" FROM')


def test_a_table_has_a_limit_and_the_newest_first() -> None:
    """A page does not load a year of fills."""
    query = influxql.select("fills", (Column("order_id", "order"),), rows_max=7)
    assert query.endswith("ORDER BY time DESC LIMIT 7")


def test_means_follow_the_interval_of_the_panel() -> None:
    """A mean and a mid are grouped by time and market, without made-up points."""
    grouped = 'GROUP BY time($__interval), "market" fill(none)'
    mid = influxql.mid("quotes", "best_bid", "best_ask", "mid")
    assert 'SELECT (mean("best_bid") + mean("best_ask")) / 20000 AS "mid"' in mid
    assert mid.endswith(grouped)
    assert influxql.mean("markouts", Column("cost_cents", "cost")).endswith(grouped)


@pytest.mark.parametrize(
    ("measurement", "column", "tags", "message"),
    [
        ("orders_", "price", {}, "no measurement 'orders_'"),
        ("fills", "prize", {}, "'fills' has no 'prize'"),
        ("fills", "price", {"level": "0"}, r"'fills' has no tag \['level'\]"),
    ],
)
def test_what_is_never_written_cannot_be_asked(
    measurement: str, column: str, tags: dict[str, str], message: str
) -> None:
    """A wrong measurement, field or tag is an error that names it; a field is no tag."""
    with pytest.raises(ValueError, match=message):
        influxql.select(measurement, (Column(column, "x"),), rows_max=None, **tags)
