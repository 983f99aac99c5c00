"""Looks at both bots every minute, keeps the state, shows the metrics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.domain.ports import Clock
from bot.domain.units import NS_PER_S
from exporters.divergence import store
from exporters.divergence.detector import Look
from exporters.divergence.export import DivergenceMetrics
from exporters.divergence.outcome import Alarm
from exporters.divergence.source import Source
from exporters.health import Health
from exporters.pace import every_minute

LOOK_AGE_S_MAX = 180.0
"""The process hangs when it has not looked for so long."""


class DivergenceService:
    """One detector with its sources, its file and its metrics.

    Raises InputError at the start when the file holds no state that can be used.
    """

    def __init__(
        self, *, demo: Source, prod: Source, path: Path, clock: Clock, metrics: DivergenceMetrics
    ) -> None:
        """Take up where the file says."""
        self._demo = demo
        self._prod = prod
        self._path = path
        self._clock = clock
        self._metrics = metrics
        self._detector = store.load(path)
        self._looked_ns: int | None = None
        metrics.restore(self._detector)

    def step(self) -> dict[str, list[Alarm]]:
        """Look once; return the alarms. The state is on disk before they are shown."""
        demo, prod = self._demo(), self._prod()
        look = Look(self._clock.now_ns(), demo, prod)
        alarms = self._detector.look(look)
        try:
            store.save(self._path, self._detector)
        except OSError:
            self._metrics.count_state_error()
        self._metrics.show(self._detector, look, alarms)
        self._looked_ns = look.at_ns
        return alarms

    def run(self, wait: Callable[[float], bool]) -> None:
        """Look every minute until `wait(seconds)` returns True."""
        every_minute(self.step, self._clock, wait)

    def health(self) -> Health:
        """Tell whether it looks; the fields that only a bot has say that nothing is wrong."""
        looked_ns = self._looked_ns
        age_s = None if looked_ns is None else (self._clock.now_ns() - looked_ns) / NS_PER_S
        return Health(
            is_alive=age_s is not None and age_s <= LOOK_AGE_S_MAX,
            last_event_age_s=age_s,
            is_kill_switch_tripped=False,
            is_journal_healthy=True,
        )
