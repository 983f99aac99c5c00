"""The detector as metrics."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from bot.domain.units import NS_PER_S
from exporters.catalogue import divergence as metrics
from exporters.divergence.counts import CountComparison
from exporters.divergence.cusum import THRESHOLD
from exporters.divergence.detector import Detector, Look, is_alive
from exporters.divergence.outcome import Alarm, Direction
from exporters.families import Families


class DivergenceMetrics:
    """Every `pmm_divergence_*` series of one registry, from the start."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Make every series."""
        families = Families(registry, [])
        self._active = families.gauges(metrics.ACTIVE)
        self._alarms = families.counters(metrics.ALARMS)
        self._since = families.gauges(metrics.SINCE)
        self._cusum = families.gauges(metrics.CUSUM)
        self._value = families.gauges(metrics.VALUE)
        self._events = families.gauges(metrics.EVENTS)
        self._ratio = families.gauges(metrics.RATIO)
        self._dispersion = families.gauges(metrics.DISPERSION)
        self._comparing = families.gauges(metrics.COMPARING)
        self._alive = families.gauges(metrics.SIDE_ALIVE)
        self._last_look = families.gauges(metrics.LAST_LOOK)
        self._state_errors = families.counters(metrics.STATE_ERRORS)
        families.gauges(metrics.THRESHOLD).set(to=THRESHOLD)

    def show(self, detector: Detector, look: Look, alarms: dict[str, list[Alarm]]) -> None:
        """Take the detector as it is after a look."""
        demo_alive, prod_alive = (is_alive(totals, look.at_ns) for totals in (look.demo, look.prod))
        self._alive.set("demo", to=demo_alive)
        self._alive.set("prod", to=prod_alive)
        self._comparing.set(to=demo_alive and prod_alive)
        self._last_look.set(to=look.at_ns / NS_PER_S)
        for name, raised in alarms.items():
            for alarm in raised:
                self._alarms.add(name, alarm.direction)
        self.restore(detector)

    def restore(self, detector: Detector) -> None:
        """Show what the detector holds, without a look: what was raised before a restart stays."""
        for name, comparison in detector.comparisons().items():
            for direction in Direction:
                cusum = comparison.cusum(direction)
                since_ns = cusum.raised_since_ns
                self._cusum.set(name, direction, to=cusum.evidence)
                self._active.set(name, direction, to=since_ns is not None)
                self._since.set(name, direction, to=(since_ns or 0) / NS_PER_S)
            if isinstance(comparison, CountComparison):
                self._dispersion.set(name, to=comparison.dispersion.value)
            else:
                self._dispersion.set(name, to=1.0)
            seen = comparison.seen()
            self._value.set(name, "demo", to=seen.demo)
            self._value.set(name, "prod", to=seen.prod)
            self._events.set(name, "demo", to=seen.demo_events)
            self._events.set(name, "prod", to=seen.prod_events)
            self._ratio.set(name, to=seen.ratio)

    def count_state_error(self) -> None:
        """Count that the state could not be written."""
        self._state_errors.add()
