"""The service looks, keeps, shows; a restart goes on where it was."""

from pathlib import Path

from prometheus_client import CollectorRegistry

from exporters.catalogue import divergence as metrics
from exporters.divergence.export import DivergenceMetrics
from exporters.divergence.service import DivergenceService
from exporters.divergence.totals import Totals, read_totals
from exporters.pace import LOOK_S
from tests.exporters.divergence.bots import Bot

UP = {"metric": metrics.FILLS_PER_HOUR, "direction": "prod_higher"}


class World:
    """Two bots and a clock turned by hand."""

    def __init__(self, path: Path) -> None:
        self.now_s = 1_000_000.0
        self.bots = {"demo": Bot(), "prod": Bot()}
        self.path = path
        self.registry = CollectorRegistry()
        self.service = self.start()

    def now_ns(self) -> int:
        """The time."""
        return int(self.now_s * 10**9)

    def start(self) -> DivergenceService:
        """A new process with new metrics."""
        self.registry = CollectorRegistry()
        return DivergenceService(
            demo=lambda: self.read("demo"),
            prod=lambda: self.read("prod"),
            path=self.path,
            clock=self,
            metrics=DivergenceMetrics(self.registry),
        )

    def read(self, side: str) -> Totals:
        """What a bot shows."""
        return read_totals(self.bots[side].text())

    def minute(self, demo: int, prod: int) -> None:
        """A minute with so many fills, and a look."""
        self.now_s += 60.0
        self.bots["demo"].trade(self.now_s, demo)
        self.bots["prod"].trade(self.now_s, prod)
        self.service.step()

    def shown(self, name: str) -> float | None:
        """A series of fills an hour."""
        return self.registry.get_sample_value(name, UP)


def test_an_alarm_is_shown_and_outlives_a_restart(tmp_path: Path) -> None:
    """From the first scrape of the new process on."""
    world = World(tmp_path / "state.json")
    for _ in range(60):
        world.minute(1, 1)
    assert 0.0 == world.shown(metrics.ACTIVE.name)
    for _ in range(60):
        world.minute(1, 4)
    assert 1.0 == world.shown(metrics.ACTIVE.name)
    since = world.shown(metrics.SINCE.name)
    world.service = world.start()
    assert (1.0, since) == (world.shown(metrics.ACTIVE.name), world.shown(metrics.SINCE.name))


def test_a_state_that_cannot_be_written_is_counted(tmp_path: Path) -> None:
    """The folder is a file: looking goes on."""
    world = World(tmp_path / "taken" / "state.json")
    (tmp_path / "taken").write_text("not a folder")
    world.minute(1, 1)
    assert 1.0 == world.registry.get_sample_value(metrics.STATE_ERRORS.name)


def test_it_looks_every_minute_until_told_to_stop(tmp_path: Path) -> None:
    """The time a look took is not waited again."""
    world = World(tmp_path / "state.json")
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 3

    world.service.run(wait)
    assert [LOOK_S] * 3 == waits


def test_health_is_a_recent_look(tmp_path: Path) -> None:
    """Before the first and long after the last it is not well."""
    world = World(tmp_path / "state.json")
    assert not world.service.health().is_well
    world.minute(0, 0)
    assert world.service.health().is_well
    world.now_s += 1_000.0
    assert not world.service.health().is_well
