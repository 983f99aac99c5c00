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

from exporters.catalogue import Kind, Metric, Source, exchange, health

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


class ExchangeStats(Protocol):
    """What a venue that trades real money tells of itself; see `VenueHealth` in bot/venues."""

    def heartbeat_age_s(self) -> float | None:
        """Since a beat was accepted; `None` while there is none to wait for."""
        ...

    def heartbeat_failures(self) -> int:
        """Beats that were not accepted."""
        ...

    def truth_failures(self) -> int:
        """Comparisons with the exchange's lists that could not be made."""
        ...

    def legs_pending_long(self) -> int:
        """Fills that wait for their settlement for long."""
        ...

    def orders_in_doubt(self) -> int:
        """Orders that are asked for by their id."""
        ...

    def strange_orders(self) -> int:
        """Open orders that are not ours."""
        ...

    def unexplained_shares(self) -> float:
        """What the balances of the tokens are off."""
        ...

    def channel_losses(self) -> int:
        """Times that the user channel was lost."""
        ...


def exchange_probes(stats: ExchangeStats) -> dict[Metric, Probe]:
    """Return the probes of the account at the exchange."""
    return {
        exchange.HEARTBEAT_AGE: stats.heartbeat_age_s,
        exchange.HEARTBEAT_FAILURES: stats.heartbeat_failures,
        exchange.TRUTH_FAILURES: stats.truth_failures,
        exchange.LEGS_PENDING_LONG: stats.legs_pending_long,
        exchange.ORDERS_IN_DOUBT: stats.orders_in_doubt,
        exchange.STRANGE_ORDERS: stats.strange_orders,
        exchange.UNEXPLAINED_SHARES: stats.unexplained_shares,
        exchange.CHANNEL_LOSSES: stats.channel_losses,
    }


def terms_probes(failures: Callable[[], int]) -> dict[Metric, Probe]:
    """Return the probe of the watch over the market's terms."""
    return {exchange.TERMS_FAILURES: failures}


def _family(metric: Metric, value: float | None) -> Family:
    if metric.kind is Kind.COUNTER:
        return CounterMetricFamily(metric.stem, metric.help, value=value, unit=metric.unit)
    return GaugeMetricFamily(metric.name, metric.help, value=value, unit=metric.unit)
