"""The run: which bot, alive or stopped, its heartbeat and its kill switch."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from bot.domain import events
from bot.domain.units import NS_PER_S, dollars
from exporters.catalogue import health as metrics
from exporters.families import Families

Event: TypeAlias = (
    events.RunStarted
    | events.RunStopped
    | events.CalibrationLoaded
    | events.KillSwitchTripped
    | events.ReportIgnored
)


class RunReadings:
    """The metrics of the run, and the same facts for whoever asks about health.

    `last_event_ns` is `None` and `last_seq` 0 before the first event.
    """

    def __init__(self, families: Families) -> None:
        """Make every series."""
        self._info = families.info(metrics.RUN)
        self._start = families.gauges(metrics.RUN_START)
        self._running = families.gauges(metrics.RUNNING)
        self._left_behind = families.gauges(metrics.LEFT_BEHIND)
        self._events = families.counters(metrics.EVENTS)
        self._skipped = families.counters(metrics.SKIPPED)
        self._last_event = families.gauges(metrics.LAST_EVENT)
        self._kill_switch = families.gauges(metrics.KILL_SWITCH)
        self._trips = families.counters(metrics.KILL_SWITCH_TRIPS)
        self._loss = families.gauges(metrics.KILL_SWITCH_LOSS)
        self._ignored = families.counters(metrics.REPORTS_IGNORED)
        self._facts = dict.fromkeys(metrics.RUN.label_names, "")
        self.is_running = False
        self.is_kill_switch_tripped = False
        self.last_event_ns: int | None = None
        self.last_seq = 0

    def saw(self, event: events.Event) -> None:
        """Take that an event was published, whatever it is."""
        self.last_event_ns = event.ts_ns
        self.last_seq = event.seq
        self._events.add(type(event).__name__)
        self._last_event.set(to=event.ts_ns / NS_PER_S)

    def skip(self) -> None:
        """Take that an event was about nothing we were given at start."""
        self._skipped.add()

    def read(self, event: Event) -> None:
        """Take one event."""
        match event:
            case events.RunStarted():
                self._on_start(event)
            case events.RunStopped():
                self.is_running = False
                self._running.set(to=0)
                self._left_behind.set(to=event.open_orders)
            case events.KillSwitchTripped():
                self._trips.add(metrics.TRIP_REASON.value(event.reason))
                self._loss.set(to=dollars(event.loss))
                self.latch()
            case events.CalibrationLoaded():
                self._facts["calibration_hash"] = event.calibration_hash
                self._info.info(self._facts)
            case events.ReportIgnored():
                self._ignored.add(metrics.IGNORED.value(event.reason))
            case _:
                assert_never(event)

    def latch(self) -> None:
        """Take that the kill switch is tripped, maybe since an earlier run."""
        self.is_kill_switch_tripped = True
        self._kill_switch.set(to=1)

    def _on_start(self, event: events.RunStarted) -> None:
        self.is_running = True
        self._facts = {name: getattr(event, name) for name in metrics.RUN.label_names}
        self._info.info(self._facts)
        self._start.set(to=event.ts_ns / NS_PER_S)
        self._running.set(to=1)
