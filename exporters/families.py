"""Catalogue entries as live metrics: every series exists from the start, so none appears late.

A rate over a series that begins at 1 misses the first event; one that begins at 0 does not.
Numbers that are not finite never get into a sum, and a counter never falls: both would break every
query after them.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from itertools import product

import prometheus_client as prometheus

from exporters.catalogue import Kind, Metric
from exporters.catalogue.types import MARKET
from exporters.table import Table, Values


class Counters:
    """One counter metric, by label values."""

    __slots__ = ("_cells", "_index")

    def __init__(self, table: Table) -> None:
        """Take the series."""
        self._cells = table.cells
        self._index = {values: number for number, values in enumerate(table.series)}

    def add(self, *values: str, amount: float = 1.0) -> None:
        """Add to one series; what is not positive and finite adds nothing.

        Raises KeyError for label values that were not announced.
        """
        at = self._index[values]
        if 0.0 < amount < math.inf:
            self._cells[at] += amount


class Gauges:
    """One gauge metric, by label values."""

    __slots__ = ("_cells", "_index")

    def __init__(self, table: Table) -> None:
        """Take the series."""
        self._cells = table.cells
        self._index = {values: number for number, values in enumerate(table.series)}

    def set(self, *values: str, to: float | None) -> None:
        """Set one series; `None` is NaN. Raises KeyError for unannounced label values."""
        self._cells[self._index[values]] = math.nan if to is None else float(to)

    def add(self, *values: str, amount: float) -> None:
        """Add to one series. Raises KeyError for unannounced label values."""
        self._cells[self._index[values]] += amount

    def choose(self, *values: str, among: Iterable[str], chosen: str) -> None:
        """Set the chosen state to 1 and the others to 0; the state is the metric's last label."""
        for state in among:
            self._cells[self._index[(*values, state)]] = 1.0 if state == chosen else 0.0


class Histograms:
    """One histogram metric, by label values."""

    __slots__ = ("_bounds", "_cells", "_index", "_width")

    def __init__(self, table: Table) -> None:
        """Take the series."""
        self._bounds = table.metric.buckets
        self._cells = table.cells
        self._width = table.width
        self._index = {values: number * table.width for number, values in enumerate(table.series)}

    def observe(self, *values: str, value: float) -> None:
        """Take one value; one that is not finite is left out. Raises KeyError like the others."""
        at = self._index[values]
        if math.isfinite(value):
            self._cells[at + bisect_left(self._bounds, value)] += 1.0
            self._cells[at + self._width - 1] += value


class Families:
    """Makes the metrics of one registry, for the markets given at start.

    Raises ValueError when a metric is asked for as another kind than its own, or twice.
    """

    def __init__(self, registry: prometheus.CollectorRegistry, markets: Iterable[str]) -> None:
        """Take the registry and the slugs of the markets."""
        self._registry = registry
        self._markets = tuple(markets)

    def counters(self, metric: Metric) -> Counters:
        """Return the series of a counter, at 0."""
        _expect(metric, Kind.COUNTER)
        return Counters(self._table(metric))

    def gauges(self, metric: Metric) -> Gauges:
        """Return the series of a gauge, at 0, or NaN where the catalogue says so."""
        _expect(metric, Kind.GAUGE)
        return Gauges(self._table(metric, math.nan if metric.is_unknown_at_start else 0.0))

    def histograms(self, metric: Metric) -> Histograms:
        """Return the series of a histogram, empty."""
        _expect(metric, Kind.HISTOGRAM)
        return Histograms(self._table(metric))

    def info(self, metric: Metric) -> prometheus.Info:
        """Return an info metric; it has one series, of the labels it is given later."""
        _expect(metric, Kind.INFO)
        return prometheus.Info(metric.stem, metric.help, registry=self._registry)

    def _table(self, metric: Metric, start: float = 0.0) -> Table:
        table = Table(metric, self._series(metric), start)
        self._registry.register(table)
        return table

    def _series(self, metric: Metric) -> list[Values]:
        return list(
            product(
                *(
                    self._markets if label == MARKET else label.values or ()
                    for label in metric.labels
                )
            )
        )


def _expect(metric: Metric, kind: Kind) -> None:
    if metric.kind is not kind:
        raise ValueError(f"metric {metric.name!r} is a {metric.kind}, not a {kind}")
