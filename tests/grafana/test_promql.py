"""PromQL made from the catalogue, and every query of every dashboard."""

from __future__ import annotations

import re
from typing import Any

import promql_parser
import pytest

from exporters.catalogue import METRICS, Kind, balance, divergence, feed, health, money, orders
from grafana import promql

Json = dict[str, Any]
VARIABLES = {"$__rate_interval": "5m", "$window": "6h", "$horizon": "30s", "$right": "prod"}
OVER_TIME = {"rate", "increase"}


def expressions(board: Json) -> list[str]:
    """Every PromQL query of a dashboard, with variables as Grafana would fill them in."""
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    targets = [target for panel in panels for target in panel["targets"]]
    targets += [mark["target"] for mark in board["annotations"]["list"]]
    return [filled(t["expr"]) for t in targets if t["datasource"]["type"] == "prometheus"]


def filled(expr: str) -> str:
    """A query with its variables filled in."""
    for name, value in VARIABLES.items():
        expr = expr.replace(name, value)
    return expr.replace("$market", ".*").replace("$env", "demo")


def selectors(node: Any, function: str = "") -> list[tuple[str, Any]]:  # noqa: ANN401 - any node
    """Every selector below a node, with the function that looks over its time window."""
    match node:
        case promql_parser.VectorSelector():
            return [("", node)]
        case promql_parser.MatrixSelector():
            return [(function, node.vector_selector)]
        case promql_parser.Call():
            return [found for arg in node.args for found in selectors(arg, node.func.name)]
        case promql_parser.BinaryExpr():
            return selectors(node.lhs) + selectors(node.rhs)
        case promql_parser.NumberLiteral():
            return []
        case _:  # aggregations, parentheses, signs and subqueries hold one expression
            return selectors(node.expr)


SERVED = (*METRICS.values(), *balance.METRICS, *divergence.METRICS)
SERIES = {series: metric for metric in SERVED for series in metric.series}
"""Every series of every process, with the metric it is of."""


def test_every_query_parses(board: Json) -> None:
    """Types are checked too: a rate over what is no range is refused."""
    found = expressions(board)
    assert found
    for expr in found:
        promql_parser.parse(expr)


def test_every_query_reads_what_is_served_with_labels_it_has(board: Json) -> None:
    """Each selector is a series of the catalogue with its own labels, or Prometheus's own."""
    for expr in expressions(board):
        found = selectors(promql_parser.parse(expr))
        assert found, expr
        for _, selector in found:
            labels = {matcher.name for matcher in selector.matchers.matchers}
            if selector.name in promql.PLATFORM:
                assert labels <= set(promql.PLATFORM[selector.name]), expr
            else:
                assert labels <= {"env", "le", *SERIES[selector.name].label_names}, expr


def test_counters_are_read_as_rates_and_gauges_are_not(board: Json) -> None:
    """A counter's value means nothing, and a gauge's rate is wrong at each fall."""
    for expr in expressions(board):
        for function, selector in selectors(promql_parser.parse(expr)):
            if selector.name in promql.PLATFORM:
                continue
            counts = SERIES[selector.name].kind in {Kind.COUNTER, Kind.HISTOGRAM}
            assert counts == (function in OVER_TIME), (selector.name, function)


def test_regular_expressions_compile(board: Json) -> None:
    """Alternatives are written as such, not as one long name."""
    for expr in expressions(board):
        for _, selector in selectors(promql_parser.parse(expr)):
            for matcher in selector.matchers.matchers:
                re.compile(matcher.value)
                assert ("|" in matcher.value) <= ("Re" in str(matcher.op)), expr


def test_the_market_is_always_the_one_looked_at() -> None:
    """A metric with markets is limited to those of the dashboard, others are left alone."""
    assert 'pmm_open_orders{env="demo", market=~"$market"}' == promql.selector(
        orders.OPEN, env="demo"
    )
    assert "pmm_feed_messages_total" == promql.selector(feed.MESSAGES)


def test_counts_rates_quantiles_and_means_are_written_as_prometheus_wants_them() -> None:
    """One example each, as text."""
    assert 'sum by (env) (increase(pmm_gas_usd_total{market=~"$market"}[6h]))' == promql.increase(
        money.GAS, "6h", ("env",)
    )
    assert "sum(rate(pmm_feed_prints_total[$__rate_interval]))" == promql.rate(feed.PRINTS)
    assert (
        "histogram_quantile(0.95, sum by (le, env) "
        '(rate(pmm_order_answer_seconds_bucket{result="lost"}[1h])))'
    ) == promql.quantile(0.95, orders.ANSWER_SECONDS, "1h", ("env",), result="lost")
    assert (
        "(sum(increase(pmm_cancel_answer_seconds_sum[1h]))) / "
        "(sum(increase(pmm_cancel_answer_seconds_count[1h])) > 0)"
    ) == promql.mean(orders.CANCEL_SECONDS, "1h")
    assert "sum by (le) (increase(pmm_cancel_answer_seconds_bucket[1h]))" == promql.buckets(
        orders.CANCEL_SECONDS, "1h"
    )
    assert "time() - (max(pmm_last_event_timestamp_seconds) > 0)" == promql.age(
        promql.gauge(health.LAST_EVENT, how="max")
    )
    assert 'up{env=~"demo|prod"}' == promql.platform("up", env="demo|prod")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: promql.rate(orders.OPEN), "is a gauge: it has no rate"),
        (lambda: promql.increase(health.RUNNING, "1h"), "is a gauge: it has no increase"),
        (lambda: promql.gauge(orders.FILLS), "is a counter: read it over a window"),
        (lambda: promql.gauge(orders.OPEN, ("level",)), r"has no label \['level'\]"),
        (lambda: promql.rate(orders.LOST, ("reason",)), r"has no label \['reason'\]"),
        (lambda: promql.rate(orders.FILLS, side="left"), "is never 'left'"),
        (lambda: promql.rate(orders.FILLS, side="bid|left"), "is never 'left'"),
        (lambda: promql.rate(orders.FILLS, env="paper"), "is never 'paper'"),
        (lambda: promql.rate(orders.FILLS, part="sum"), "has no series 'pmm_fills_total_sum'"),
        (lambda: promql.rate(orders.ANSWER_SECONDS), "has no series"),
        (lambda: promql.platform("down"), "'down'"),
        (lambda: promql.platform("up", level="1"), "level"),
    ],
)
def test_what_is_not_served_cannot_be_asked(make: Any, message: str) -> None:  # noqa: ANN401 - a case
    """A wrong metric, label or value is an error that names it, not an empty panel."""
    with pytest.raises(ValueError, match=message):
        make()
