"""Whatever a rule or a dashboard reads is served by a process that Prometheus asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from alerting.rules import GROUPS
from alerting.scrape import prometheus
from bot.calibration_watch import calibration_probes
from bot.clock import SystemClock
from bot.twin.link import twin_probes
from exporters.catalogue import METRICS
from exporters.divergence.export import DivergenceMetrics
from exporters.probes import ProbeCollector, exchange_probes, journal_probes, terms_probes
from exporters.prometheus import PrometheusSink
from exporters.shipper.metrics import register
from exporters.shipper.progress import Progress
from exporters.wallet.export import WalletMetrics
from tests.exporters.samples import MARKET

ROOT = Path(__file__).parent.parent.parent.parent
SCRAPES: list[dict[str, Any]] = prometheus()["scrape_configs"]  # type: ignore[assignment]


class Nobody:
    """Whatever a probe asks of whomever: nothing yet."""

    durable_seq = dropped = refused = failures = 0
    is_up = False
    error: str | None = None

    def __getattr__(self, name: str) -> Callable[[], float]:
        """Any question is answered by 0."""
        return lambda: 0.0


def bot() -> CollectorRegistry:
    """What a bot serves: events, and the probes that bot/run.py and bot/production.py hand in."""
    nobody: Any = Nobody()
    registry = CollectorRegistry()
    PrometheusSink(registry, [MARKET])
    ProbeCollector(
        registry,
        {
            **journal_probes(nobody, lambda: 0),
            **calibration_probes(nobody),
            **exchange_probes(nobody),
            **terms_probes(lambda: 0),
            **twin_probes(nobody),
        },
    )
    return registry


def shipper() -> CollectorRegistry:
    """What a shipper serves."""
    registry = CollectorRegistry()
    register(registry, Progress(), SystemClock())
    return registry


def divergence() -> CollectorRegistry:
    """What the detector serves."""
    registry = CollectorRegistry()
    DivergenceMetrics(registry)
    return registry


def wallet() -> CollectorRegistry:
    """What the wallet exporter serves."""
    registry = CollectorRegistry()
    WalletMetrics(registry)
    return registry


JOBS = {"bot": bot, "shipper": shipper, "divergence": divergence, "wallet": wallet}


@pytest.fixture(scope="module")
def served() -> set[str]:
    """Names of the catalogue that somebody serves who is scraped."""
    names = {
        sample.name
        for job, make in JOBS.items()
        if job in {labels(config).get("job") for config in SCRAPES}
        for family in make().collect()
        for sample in family.samples
    }
    return {name for name, metric in METRICS.items() if names & {name, *metric.series}}


def labels(config: dict[str, Any]) -> dict[str, str]:
    """The labels that a scrape gives to its target."""
    rules = config.get("relabel_configs", ())
    return {rule["target_label"]: rule["replacement"] for rule in rules}


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_what_a_rule_reads_is_served(group: Any, served: set[str]) -> None:  # noqa: ANN401 - a group
    """A rule over a metric that nobody is asked for never fires: it looks as if all were well."""
    used = {name for rule in group.rules for name in METRICS if mentions(rule.expr, name)}
    assert set() == used - served


def test_what_a_dashboard_reads_is_served(served: set[str]) -> None:
    """The info of a run has no series before the run: it is there by its name."""
    text = "".join(path.read_text() for path in (ROOT / "grafana" / "dashboards").glob("*.json"))
    used = {name for name, metric in METRICS.items() if mentions(text, name)}
    assert set() == used - served - {"pmm_run_info"}


def test_every_bot_and_every_shipper_is_scraped_under_its_environment() -> None:
    """And the wallet under production's, whose it is."""
    found = {(labels(each).get("job"), labels(each).get("env")) for each in SCRAPES}
    for env in ("demo", "prod", "rehearsal"):
        assert {("bot", env), ("shipper", env)} <= found
    assert ("wallet", "prod") in found
    assert ("divergence", None) in found


def mentions(text: str, name: str) -> bool:
    """True when the metric itself is named, and not one whose name is longer."""
    return re.search(rf"\b{name}(_bucket|_count|_sum)?(?![a-z_])", text) is not None
