"""From a bot's `/metrics` to the message on a phone, with the real servers in between."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from exporters.catalogue import health as health_metrics
from exporters.divergence.cusum import Cusum
from exporters.divergence.detector import Detector, Look
from exporters.divergence.export import DivergenceMetrics
from exporters.divergence.totals import BOUNDS, Totals
from exporters.families import Families
from exporters.health import Health
from exporters.http import MetricsServer
from tests.ports import free_port
from tests.stack.alerting.chain import GRAFANA, Chain, running

WELL = Health(
    is_alive=True, last_event_age_s=0.0, is_kill_switch_tripped=False, is_journal_healthy=True
)
LATER_S = 4e9
"""A heartbeat in 2096: never old, whenever the test runs."""
TITLE = "DEMO and PROD differ by more than 2x in fills per hour"


class FakeBot:
    """A bot that only lives: the catalogue's gauges of the run."""

    def __init__(self, port: int = 0) -> None:
        registry = CollectorRegistry()
        families = Families(registry, [])
        for metric in (health_metrics.LAST_EVENT, health_metrics.RUN_START):
            families.gauges(metric).set(to=LATER_S)
        families.gauges(health_metrics.RUNNING).set(to=1)
        self.server = MetricsServer(registry, lambda: WELL, port=port)
        self.server.start()


class FakeDetector:
    """The detector's real metrics over a detector whose evidence is set by hand."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self._metrics = DivergenceMetrics(registry)
        self.server = MetricsServer(registry, lambda: WELL)
        self._detector = Detector()
        self.show()
        self.server.start()

    def show(self) -> None:
        """Show the detector as it is."""
        look_ns = int(LATER_S) * 10**9
        look = Look(look_ns, alive(look_ns), alive(look_ns))
        self._metrics.show(self._detector, look, {})

    def diverge(self) -> None:
        """Raise an alarm: 36 fills an hour in production against 12."""
        comparison = self._detector.fills_per_hour
        comparison.lately.add(12.0, 36.0, 1.0, 1.0)
        comparison.prod_higher.cusum = Cusum(raised_since_ns=1_800_000_000 * 10**9)
        self.show()

    def agree(self) -> None:
        """The evidence says that it is over."""
        self._detector.fills_per_hour.prod_higher.cusum = Cusum()
        self.show()


def alive(now_ns: int) -> Totals:
    """Totals of a bot with a recent event."""
    return Totals(
        run_start_s=1.0,
        last_event_s=now_ns / 1e9,
        fills=0.0,
        filled=0.0,
        accepted=0.0,
        submitted=0.0,
        rejected=0.0,
        answers=(0.0,) * (len(BOUNDS) + 1),
        spread_usd=0.0,
        spread_samples=0.0,
        markout_cents=0.0,
        markouts=0.0,
        equity_usd=0.0,
    )


class World:
    """Two bots, a detector and the chain that watches them."""

    def __init__(self, chain: Chain, demo: FakeBot, prod: FakeBot, detector: FakeDetector) -> None:
        self.chain = chain
        self.demo = demo
        self.prod = prod
        self.detector = detector


@pytest.fixture
def world(tool: Callable[[str], str], tmp_path: Path) -> Iterator[World]:
    """Everything up and well."""
    demo, prod, detector = FakeBot(), FakeBot(free_port()), FakeDetector()
    with ExitStack() as stack:
        for one in (demo, prod, detector):
            stack.callback(one.server.stop)
        targets = {
            "demo": ("bot", "demo", demo.server.port),
            "prod": ("bot", "prod", prod.server.port),
            "divergence": ("divergence", None, detector.server.port),
        }
        chain = stack.enter_context(running(tool, tmp_path, targets))
        chain.until(lambda: chain.alerts().get("PmmWatchdog") == "firing")
        yield World(chain, demo, prod, detector)


def test_a_divergence_reaches_the_phone_and_its_end_too(world: World) -> None:
    """Equal bots are silent but for the beat; the alarm comes as text a person understands."""
    chain = world.chain
    chain.until(lambda: any(path == "/beat" for path, _ in chain.discord.posts))
    assert [] == chain.discord.titles()

    world.detector.diverge()
    chain.until(lambda: chain.told("🟠"))
    body = next(body for path, body in chain.discord.posts if path == "/webhook")
    embed = body["embeds"][0]
    since = embed["description"].split("Since ")[1][:16]
    assert {
        "content": "",
        "username": "PMM",
        "embeds": [
            {
                "title": f"🟠 {TITLE}",
                "description": (
                    "PROD 36, DEMO 12 over the last 6 h. The evidence begins "
                    "2027-01-15 08:00:00 +0000 UTC. Paper no longer predicts production.\n"
                    f"Since {since} UTC.\n"
                    f"What to do: {GRAFANA}/public/pmm/runbook.html#PmmDiverged\n"
                    f"Dashboard: {GRAFANA}/d/pmm-demo-prod\n"
                ),
                "color": 10038562,
            }
        ],
    } == body

    assert "grafana" not in chain.labels_at_alertmanager()

    world.detector.agree()
    chain.until(lambda: chain.told(f"🟢 over: {TITLE}"))


def test_a_dead_bot_is_told_and_is_no_all_clear(world: World) -> None:
    """With production dead during a divergence, its absence comes and no green does."""
    chain = world.chain
    world.detector.diverge()
    chain.until(lambda: chain.told("🟠"))
    world.prod.server.stop()
    chain.until(lambda: chain.told("🔴 prod does not answer"))
    world.detector.server.stop()
    chain.until(lambda: chain.alerts().get("PmmDivergenceDetectorDown") == "firing")
    assert not chain.told("🟢")
    critical = next(b for _, b in chain.discord.posts if "does not answer" in str(b))
    assert "@here" == critical["content"]


def test_what_is_over_is_told(world: World) -> None:
    """A bot that comes back resolves its alert with a green message and no mention."""
    chain = world.chain
    port = world.prod.server.port
    world.prod.server.stop()
    chain.until(lambda: chain.told("🔴 prod does not answer"))
    again = FakeBot(port)
    try:
        chain.until(lambda: chain.told("🟢 over: prod does not answer"))
    finally:
        again.server.stop()
    green = next(b for _, b in chain.discord.posts if "🟢" in str(b))
    assert ("", 3066993) == (green["content"], green["embeds"][0]["color"])
