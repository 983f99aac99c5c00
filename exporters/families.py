"""Catalogue entries as live metrics: every series exists from the start, so none appears late.

A rate over a series that begins at 1 misses the first event; one that begins at 0 does not.
Numbers that are not finite never get into a sum, and a counter never falls: both would break every
query after them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import product
from typing import TypeVar

import prometheus_client as prometheus

from exporters.catalogue import Kind, Metric
from exporters.catalogue.types import MARKET

Live = TypeVar("Live", prometheus.Counter, prometheus.Gauge, prometheus.Histogram)
Values = tuple[str, ...]
"""The label values of one series, in the order of the metric's labels."""


class Counters:
    """One counter metric, by label values."""

    __slots__ = ("_children",)

    def __init__(self, children: dict[Values, prometheus.Counter]) -> None:
        """Take the series."""
        self._children = children

    def add(self, *values: str, amount: float = 1.0) -> None:
        """Add to one series; what is not positive and finite adds nothing.

        Raises KeyError for label values that were not announced.
        """
        child = self._children[values]
        if 0.0 < amount < math.inf:
            child.inc(amount)


class Gauges:
    """One gauge metric, by label values."""

    __slots__ = ("_children",)

    def __init__(self, children: dict[Values, prometheus.Gauge]) -> None:
        """Take the series."""
        self._children = children

    def set(self, *values: str, to: float | None) -> None:
        """Set one series; `None` is NaN. Raises KeyError for unannounced label values."""
        self._children[values].set(math.nan if to is None else to)

    def add(self, *values: str, amount: float) -> None:
        """Add to one series. Raises KeyError for unannounced label values."""
        self._children[values].inc(amount)

    def choose(self, *values: str, among: Iterable[str], chosen: str) -> None:
        """Set the chosen state to 1 and the others to 0; the state is the metric's last label."""
        for state in among:
            self._children[(*values, state)].set(1.0 if state == chosen else 0.0)


class Histograms:
    """One histogram metric, by label values."""

    __slots__ = ("_children",)

    def __init__(self, children: dict[Values, prometheus.Histogram]) -> None:
        """Take the series."""
        self._children = children

    def observe(self, *values: str, value: float) -> None:
        """Take one value; one that is not finite is left out. Raises KeyError like the others."""
        child = self._children[values]
        if math.isfinite(value):
            child.observe(value)


class Families:
    """Makes the metrics of one registry, for the markets given at start.

    Raises ValueError when a metric is asked for as another kind than its own. The library's
    `_created` series are switched off, for the whole process: there is no other way.
    """

    def __init__(self, registry: prometheus.CollectorRegistry, markets: Iterable[str]) -> None:
        """Take the registry and the slugs of the markets."""
        prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = registry
        self._markets = tuple(markets)

    def counters(self, metric: Metric) -> Counters:
        """Return the series of a counter, at 0."""
        _expect(metric, Kind.COUNTER)
        parent = prometheus.Counter(
            metric.stem, metric.help, metric.label_names, unit=metric.unit, registry=self._registry
        )
        return Counters({values: _child(parent, values) for values in self._series(metric)})

    def gauges(self, metric: Metric) -> Gauges:
        """Return the series of a gauge, at 0, or NaN where the catalogue says so."""
        _expect(metric, Kind.GAUGE)
        parent = prometheus.Gauge(
            metric.name, metric.help, metric.label_names, unit=metric.unit, registry=self._registry
        )
        gauges = {values: _child(parent, values) for values in self._series(metric)}
        if metric.is_unknown_at_start:
            for gauge in gauges.values():
                gauge.set(math.nan)
        return Gauges(gauges)

    def histograms(self, metric: Metric) -> Histograms:
        """Return the series of a histogram, empty."""
        _expect(metric, Kind.HISTOGRAM)
        parent = prometheus.Histogram(
            metric.name,
            metric.help,
            metric.label_names,
            unit=metric.unit,
            registry=self._registry,
            buckets=metric.buckets,
        )
        return Histograms({values: _child(parent, values) for values in self._series(metric)})

    def info(self, metric: Metric) -> prometheus.Info:
        """Return an info metric; it has one series, of the labels it is given later."""
        _expect(metric, Kind.INFO)
        return prometheus.Info(metric.stem, metric.help, registry=self._registry)

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


def _child(parent: Live, values: Values) -> Live:
    return parent.labels(*values) if values else parent
