"""A Prometheus that has seen two bots trade: a replay each, served by the real sink."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from bot.app import PaperSetup
from bot.domain import events
from bot.domain.calibration import PaperConfig, RejectionParameters
from bot.domain.reports import RejectionReason
from bot.replay import replay
from bot.sandbox.market import GeneratedMarketConfig, generate, write_tape
from bot.tape import Tape, read_tape
from bot.tape_markets import find_markets
from exporters.health import Health
from exporters.http import MetricsServer
from exporters.prometheus import PrometheusSink
from tests.stack.influx.engine import until
from tests.stack.promql.server import Prometheus

CACHE = Path.home() / ".cache" / "pmm-tools" / "bin"
HOURS = 3
REJECTION_SHARE = 0.05
SEEDS = {"demo": 1, "prod": 2}


@pytest.fixture(scope="session")
def prometheus_program() -> str:
    """The program, from the PATH or the cache of `.ci/tools`; without it skipped, but not in CI."""
    path = os.environ.get("PATH", "")  # noqa: TID251 - where programs are
    found = shutil.which("prometheus", path=f"{CACHE}{os.pathsep}{path}")
    if found is None:
        reason = 'Prometheus 3 is not installed: export PATH="$(.ci/tools):$PATH"'
        if os.environ.get("CI"):  # noqa: TID251 - a gate that skips what it promises is no gate
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def prometheus(
    prometheus_program: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """A server that scraped both bots before and after their trading."""
    directory = tmp_path_factory.mktemp("promql")
    tape = directory / "generated.jsonl"
    write_tape(tape, generate(GeneratedMarketConfig(seed=1, duration_s=HOURS * 3600)))
    bots = {env: Bot(read_tape(tape), seed) for env, seed in SEEDS.items()}
    running = Prometheus(
        prometheus_program, directory, {env: bot.server.port for env, bot in bots.items()}
    )
    try:
        until(lambda: len(running.ask("pmm_running == 0")) == len(bots), "both were scraped")
        for bot in bots.values():
            bot.trade()
        published = {env: bot.events for env, bot in bots.items()}
        until(lambda: has_seen(running, published), "both were scraped after their trading")
        yield running
    finally:
        running.stop()
        for bot in bots.values():
            bot.server.stop()


def has_seen(running: Prometheus, published: dict[str, int]) -> bool:
    """True once the server knows of so many events of each bot; it then answers as of that time."""
    samples = running.ask("sum by (env) (pmm_events_total)")
    if published != {sample["metric"]["env"]: int(sample["value"][1]) for sample in samples}:
        return False
    running.at_s = float(samples[0]["value"][0])
    return True


class Counting:
    """Passes events on to the metrics and counts them.

    The reports of a silent feed, which only the end of a tape brings, are left out.
    """

    def __init__(self, metrics: PrometheusSink) -> None:
        """Nothing yet."""
        self._metrics = metrics
        self.events = 0

    def publish(self, event: events.Event) -> None:
        """Count one and pass it on."""
        if isinstance(event, events.FeedCounted) and not event.messages:
            return
        self.events += 1
        self._metrics.publish(event)


class Bot:
    """A paper bot with its metrics served, before it traded."""

    def __init__(self, tape: Tape, seed: int) -> None:
        """Serve every series, all at their start."""
        self._tape = tape
        self._setup = PaperSetup(
            paper=PaperConfig(
                rejections=RejectionParameters(
                    dict.fromkeys([RejectionReason.OTHER], REJECTION_SHARE)
                )
            ),
            seed=seed,
        )
        self._markets = find_markets(frame.payload for frame in tape)
        registry = CollectorRegistry()
        self._sink = Counting(PrometheusSink(registry, self._markets))
        self.server = MetricsServer(registry, well)
        self.server.start()

    @property
    def events(self) -> int:
        """How many events its trading published."""
        return self._sink.events

    def trade(self) -> None:
        """Trade the whole tape."""
        replay([self._tape], self._markets, self._setup, sinks=[self._sink])


def well() -> Health:
    """A bot that is well."""
    return Health(
        is_alive=True,
        last_event_age_s=0.0,
        is_kill_switch_tripped=False,
        is_journal_healthy=True,
    )
