"""Fills: every single one, from the time-series store, against the mid it was matched at."""

from __future__ import annotations

from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import Dashboard, DynamicConfigValue

from grafana import frame, influxql, panels
from grafana.influxql import Column
from grafana.layout import Line, Row, evenly, line
from grafana.panels import Look
from grafana.targets import Influx

UID = "pmm-fills"
TITLE = "Fills"
ENV = "$env"
ROWS_MAX = 500
"""Rows of the table: what a page can show."""
WIDTHS = {
    "Time": 180, "token": 80, "side": 75, "price": 90, "mid before": 115, "shares": 90,
    "level": 75, "shares ahead": 125, "after": 85, "fee": 90, "evidence": 105, "stale": 80,
}  # fmt: skip
"""Of the columns whose texts are short, so that the page has room for the others."""
EMPTY = "nothing yet: is the shipper running?"
BID, ASK = "green", "red"


def build() -> Dashboard:
    """Return the dashboard."""
    return frame.make(
        UID,
        TITLE,
        "Each fill of one environment against the market, from the time-series store.",
        [
            Row("Price", (_prices(),)),
            Row("What came after", (_after(),)),
            Row("One by one", (_table(), _refusals())),
        ],
        [frame.env(), frame.markets()],
    )


def _prices() -> Line:
    look = Look(
        title="Fills against the market",
        description=(
            "Best bid and ask of the others and the mid between them, in YES terms, and our fills "
            "as points: a NO token at q is drawn at 1 - q."
        ),
        unit="currencyUSD",
        empty=EMPTY,
    )
    quotes = (
        _line_of("best_bid", "bid"),
        Influx(influxql.mid("quotes", "best_bid", "best_ask", "mid", env=ENV), "mid"),
        _line_of("best_ask", "ask"),
    )
    fills = (
        _points("bid filled, YES", "YES", "BUY"),
        _points("bid filled, NO", "NO", "SELL"),
        _points("ask filled, YES", "YES", "SELL"),
        _points("ask filled, NO", "NO", "BUY"),
    )
    panel = panels.timeseries(look, *quotes, *fills).fill_opacity(0).decimals(4)
    panel = panel.override_by_regexp("bid filled, .*", _as_points(BID))
    panel = panel.override_by_regexp("ask filled, .*", _as_points(ASK))
    return line(14, (panel, 24))


def _line_of(field: str, label: str) -> Influx:
    return Influx(influxql.mean("quotes", Column(field, label), env=ENV), label)


def _points(label: str, outcome: str, side: str) -> Influx:
    price = Column("price", label, is_complement=outcome == "NO")
    query = influxql.select("fills", (price,), env=ENV, outcome=outcome, side=side)
    return Influx(query, label)


def _as_points(colour: str) -> list[DynamicConfigValue]:
    return [
        DynamicConfigValue(id_val="custom.drawStyle", value=common.GraphDrawStyle.POINTS),
        DynamicConfigValue(id_val="custom.showPoints", value=common.VisibilityMode.ALWAYS),
        DynamicConfigValue(id_val="custom.pointSize", value=8),
        DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": colour}),
    ]


def _after() -> Line:
    markout = Look(
        title="Adverse selection",
        description="Mean move of the mid against us after fills, cents a share; positive: a loss.",
        unit="suffix: cents",
        empty=EMPTY,
    )
    stale = Look(
        title="Stale quotes",
        description="How long orders rested at a price that the fair value had left, on average.",
        unit="ms",
        empty=EMPTY,
    )
    fee = Look(
        title="Fee",
        description="What fills were charged, in 1/10,000 of their value, on average.",
        unit="suffix: bps",
        empty=EMPTY,
    )
    return evenly(
        8,
        panels.timeseries(
            markout,
            *(
                _mean_of("markouts", "cost_cents", f"{seconds} s", horizon_s=seconds)
                for seconds in ("1", "30", "300")
            ),
        ),
        panels.timeseries(stale, _mean_of("stale_quotes", "duration_ms", "stale")),
        panels.timeseries(fee, _mean_of("fills", "real_fee_bps", "fee")),
    )


def _mean_of(measurement: str, field: str, label: str, **tags: str) -> Influx:
    return Influx(influxql.mean(measurement, Column(field, label), env=ENV, **tags), label)


def _table() -> Line:
    look = Look(
        title="Fills",
        description=(
            "The latest fills, in terms of the token traded. The mid is that just before the match "
            "without our orders; a stale fill came after its cancel was asked for."
        ),
        unit="none",
        empty=EMPTY,
    )
    columns = (
        Column("market", "market"),
        Column("outcome", "token"),
        Column("side", "side"),
        Column("price", "price"),
        Column("mid_before", "mid before"),
        Column("size", "shares"),
        Column("level", "level"),
        Column("queue_position", "shares ahead"),
        Column("latency_ms", "after"),
        Column("fee", "fee"),
        Column("evidence", "evidence"),
        Column("after_cancel", "stale"),
        Column("order_id", "order"),
        Column("trade_id", "trade"),
    )
    query = influxql.select("fills", columns, rows_max=ROWS_MAX, env=ENV)
    panel = panels.table_of(look, Influx(query, as_table=True))
    for name, pixels in WIDTHS.items():
        panel = panel.override_by_name(name, panels.width(pixels))
    for name in ("price", "mid before", "fee"):
        panel = panel.override_by_name(name, panels.column("currencyUSD", 4))
    panel = panel.override_by_name("after", panels.column("ms", 0))
    return line(12, (panel, 24))


def _refusals() -> Line:
    look = Look(
        title="Rejections",
        description="The latest refused orders, each with its reason and how long it took.",
        unit="none",
        empty="no order was refused",
    )
    columns = (
        Column("market", "market"),
        Column("outcome", "token"),
        Column("rejection_reason", "reason"),
        Column("latency_ms", "after"),
        Column("order_id", "order"),
    )
    query = influxql.select("rejections", columns, rows_max=ROWS_MAX, env=ENV)
    panel = panels.table_of(look, Influx(query, as_table=True))
    panel = panel.override_by_name("Time", panels.width(WIDTHS["Time"]))
    return line(8, (panel.override_by_name("after", panels.column("ms", 0)), 24))
