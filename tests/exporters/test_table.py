"""A table's text is the library's, to the byte, whatever its numbers and its labels are."""

import math
import threading
from collections.abc import Callable
from typing import Any

import prometheus_client as library
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as _untyped

from exporters.catalogue import Kind, Label, Metric, orders
from exporters.exposition import encode
from exporters.table import Table

generate_newer: Callable[[CollectorRegistry], bytes] = _untyped
NEWER = "application/openmetrics-text;version=1.0.0"
MARKET = Label("market", None)
SIDE = Label("side", ("bid", "ask"))
HELP = 'Says "so", with a \\ in it.'
KINDS = {
    "pmm_a_seconds_total": Metric(
        name="pmm_a_seconds_total", kind=Kind.COUNTER, help=HELP, unit="seconds", labels=(MARKET,)
    ),
    "pmm_b": Metric(name="pmm_b", kind=Kind.GAUGE, help=HELP, labels=(MARKET, SIDE)),
    "pmm_c_seconds": Metric(
        name="pmm_c_seconds",
        kind=Kind.HISTOGRAM,
        help=HELP,
        unit="seconds",
        labels=(SIDE,),
        buckets=(0.001, 1.0, 2_500_000.0),
        why_buckets="of every size.",
    ),
    "pmm_d": Metric(name="pmm_d", kind=Kind.GAUGE, help=HELP),
}


def in_the_library(table: Table) -> CollectorRegistry:
    """The same metric made of the library's own parts, with the same numbers."""
    registry, metric = CollectorRegistry(), table.metric
    library.disable_created_metrics()  # type: ignore[no-untyped-call]
    name = metric.stem if metric.kind is Kind.COUNTER else metric.name
    names, unit = metric.label_names, metric.unit
    parent: Any
    if metric.kind is Kind.COUNTER:
        parent = library.Counter(name, metric.help, names, unit=unit, registry=registry)
    elif metric.kind is Kind.GAUGE:
        parent = library.Gauge(name, metric.help, names, unit=unit, registry=registry)
    else:
        parent = library.Histogram(
            name, metric.help, names, unit=unit, registry=registry, buckets=metric.buckets
        )
    for number, values in enumerate(table.series):
        child = parent.labels(*values) if values else parent
        cells = table.cells[number * table.width : (number + 1) * table.width]
        if metric.kind is Kind.HISTOGRAM:
            for bucket, count in zip(child._buckets, cells, strict=False):
                bucket.set(count)
            child._sum.set(cells[-1])
        else:
            child._value.set(cells[0])
    return registry


def registered(table: Table) -> CollectorRegistry:
    """A registry with the table alone."""
    registry = CollectorRegistry()
    registry.register(table)
    return registry


def series_of(metric: Metric, slugs: list[str]) -> list[tuple[str, ...]]:
    """Label values, as many as the metric has labels."""
    if not metric.labels:
        return [()]
    return [
        tuple(slug if label is MARKET else side for label in metric.labels)
        for slug, side in zip(slugs, ["bid", "ask", "bid"], strict=False)
    ]


slugs = st.lists(st.text(max_size=6), min_size=2, max_size=2, unique=True)
numbers = st.one_of(
    st.floats(), st.integers(0, 10**9).map(float), st.sampled_from([math.nan, math.inf, -math.inf])
)


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
def test_text_is_the_library_s_however_often_it_changes(name: str, data: st.DataObject) -> None:
    """In both formats, from one scrape to the next, and with any text as a label."""
    metric = KINDS[name]
    table = Table(metric, series_of(metric, data.draw(slugs)))
    registry = registered(table)
    for _ in range(3):
        for at in data.draw(st.sets(st.integers(0, len(table.cells) - 1), max_size=4)):
            table.cells[at] = data.draw(
                st.integers(0, 99).map(float) if metric.buckets else numbers
            )
        same = in_the_library(table)
        assert generate_latest(same) == encode(registry, "")[0] == generate_latest(registry)
        assert generate_newer(same) == encode(registry, NEWER)[0] == generate_newer(registry)


def test_a_name_is_registered_once() -> None:
    """Under every name that its series have."""
    registry = registered(Table(KINDS["pmm_c_seconds"], [("bid",)]))
    with pytest.raises(ValueError, match="pmm_c_seconds"):
        registry.register(Table(KINDS["pmm_c_seconds"], [("ask",)]))


def test_scrapes_at_once_all_end_with_the_last_number() -> None:
    """Two that overlap leave no old line behind."""
    table = Table(orders.LOST, [("a",)])
    go = threading.Barrier(3)

    def scrape() -> None:
        go.wait()
        for _ in range(300):
            table.text(is_openmetrics=False)

    threads = [threading.Thread(target=scrape) for _ in range(2)]
    for thread in threads:
        thread.start()
    go.wait()
    for number in range(300):
        table.cells[0] = float(number)
    for thread in threads:
        thread.join()
    assert table.text(is_openmetrics=False).endswith("} 299.0\n")
