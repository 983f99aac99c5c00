"""The shipper's progress as metrics, and whether it is well."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector, CollectorRegistry

from bot.domain.ports import Clock
from bot.domain.units import NS_PER_S
from exporters.catalogue import health, shipping
from exporters.probes import ProbeCollector
from exporters.shipper.progress import Progress

TURN_AGE_S_MAX = 60.0
"""The loop comes round every few seconds, or after a time-out: a minute means it hangs."""


class ShipperHealth(msgspec.Struct, frozen=True):
    """How a shipper is. A store that is away is told, but restarting the shipper would not help."""

    is_alive: bool
    lag_events: int
    lag_s: float
    trouble: str | None

    @property
    def is_well(self) -> bool:
        """True while its loop comes round."""
        return self.is_alive


def lag_s(progress: Progress, clock: Clock) -> float:
    """Return the age of the oldest event that is not confirmed; 0 when there is none."""
    oldest_ns = progress.oldest_ns
    return 0.0 if oldest_ns is None else max(0, clock.now_ns() - oldest_ns) / NS_PER_S


def health_check(progress: Progress, clock: Clock) -> Callable[[], ShipperHealth]:
    """Return a function that tells the health of a shipper."""

    def check() -> ShipperHealth:
        age_s = (clock.now_ns() - progress.turned_ns) / NS_PER_S
        return ShipperHealth(
            is_alive=age_s <= TURN_AGE_S_MAX,
            lag_events=progress.lag_events,
            lag_s=lag_s(progress, clock),
            trouble=progress.trouble,
        )

    return check


def register(registry: CollectorRegistry, progress: Progress, clock: Clock) -> None:
    """Serve the progress from a registry."""
    ProbeCollector(
        registry,
        {
            health.SHIPPER_LAG: lambda: lag_s(progress, clock),
            health.SHIPPER_SHIPPED: lambda: progress.written,
            health.SHIPPER_PARKED: lambda: progress.parked,
            health.SHIPPER_FAILURES: lambda: progress.failed_writes,
            shipping.LAG_EVENTS: lambda: progress.lag_events,
            shipping.MISCONFIGURED: lambda: float(progress.is_misconfigured),
            shipping.STATE_FAILURES: lambda: progress.state_failures,
            shipping.DAMAGED: lambda: progress.damaged,
            shipping.LOST_SEGMENTS: lambda: progress.lost_segments,
        },
    )
    registry.register(_Requests(progress))


class _Requests(Collector):
    # The one metric of the shipper with a label.
    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def collect(self) -> Iterator[Family]:
        metric = shipping.REQUESTS
        family = CounterMetricFamily(metric.stem, metric.help, labels=metric.label_names)
        for outcome, count in self._progress.requests.items():
            family.add_metric([outcome], count)
        yield family
