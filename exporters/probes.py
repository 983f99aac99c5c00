"""Values that are only known when asked: functions handed in and called at each scrape.

A probe answers at once from memory, in the scraper's thread. It never raises; `None` means that
there is no value now, and the metric is then left out of that scrape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeAlias

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
)
from prometheus_client.metrics_core import (
    Metric as Family,
)
from prometheus_client.registry import Collector, CollectorRegistry

from exporters.catalogue import Kind, Metric, Source, health

Probe: TypeAlias = Callable[[], float | None]


class JournalStats(Protocol):
    """What a journal tells of itself; see `bot.journal.Journal`."""

    durable_seq: int
    dropped: int
    error: str | None


class ProbeCollector(Collector):
    """Asks the probes at each scrape."""

    def __init__(self, registry: CollectorRegistry, probes: Mapping[Metric, Probe]) -> None:
        """Register the probes. Raises ValueError for a metric that events feed or with labels."""
        for metric in probes:
            if metric.source is not Source.PROBE or metric.labels:
                raise ValueError(f"metric {metric.name!r} is not fed by a probe")
        self._probes = dict(probes)
        registry.register(self)

    def describe(self) -> list[Family]:
        """Return the families without values, so that a name is not registered twice."""
        return [_family(metric, None) for metric in self._probes]

    def collect(self) -> Iterator[Family]:
        """Yield the families with the values of now."""
        for metric, probe in self._probes.items():
            value = probe()
            if value is not None:
                yield _family(metric, value)


def journal_probes(journal: JournalStats, last_seq: Callable[[], int]) -> dict[Metric, Probe]:
    """Return the probes of a journal; `last_seq` is the number of the last event published."""
    return {
        health.JOURNAL_HEALTHY: lambda: float(journal.error is None),
        health.JOURNAL_LAG: lambda: float(max(0, last_seq() - journal.durable_seq)),
        health.JOURNAL_DROPPED: lambda: float(journal.dropped),
    }


def _family(metric: Metric, value: float | None) -> Family:
    if metric.kind is Kind.COUNTER:
        return CounterMetricFamily(metric.stem, metric.help, value=value, unit=metric.unit)
    return GaugeMetricFamily(metric.name, metric.help, value=value, unit=metric.unit)
