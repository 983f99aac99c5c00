"""Probes: asked at each scrape, left out when they have no value."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from exporters.catalogue import exchange, health, money
from exporters.probes import (
    ProbeCollector,
    exchange_probes,
    journal_probes,
    terms_probes,
)


class FakeJournal:
    """The numbers of a journal."""

    durable_seq = 90
    dropped = 3
    error: str | None = None


def test_a_probe_is_asked_at_each_scrape() -> None:
    """The value is that of now."""
    registry = CollectorRegistry()
    values = iter([1.5, 2.5])
    ProbeCollector(registry, {health.SHIPPER_LAG: lambda: next(values)})
    assert 1.5 == registry.get_sample_value("pmm_shipper_lag_seconds")
    assert 2.5 == registry.get_sample_value("pmm_shipper_lag_seconds")


def test_a_probe_without_a_value_is_left_out() -> None:
    """No series then, not a false 0."""
    registry = CollectorRegistry()
    ProbeCollector(registry, {health.SHIPPER_LAG: lambda: None})
    assert b"" == generate_latest(registry)


def test_a_journal_tells_health_lag_and_loss() -> None:
    """The lag is what was published and is not on the disk for certain; never below 0."""
    registry, journal, last_seq = CollectorRegistry(), FakeJournal(), [100]
    ProbeCollector(registry, journal_probes(journal, lambda: last_seq[0]))
    assert 1.0 == registry.get_sample_value("pmm_journal_healthy")
    assert 10.0 == registry.get_sample_value("pmm_journal_lag_events")
    assert 3.0 == registry.get_sample_value("pmm_journal_dropped_events_total")
    journal.error, last_seq[0] = "disk full", 80
    assert 0.0 == registry.get_sample_value("pmm_journal_healthy")
    assert 0.0 == registry.get_sample_value("pmm_journal_lag_events")


class FakeExchange:
    """The numbers of an account; the heart has not beaten yet."""

    def heartbeat_age_s(self) -> float | None:
        """Not yet."""
        return None

    def unexplained_shares(self) -> float:
        """Half a share."""
        return 0.5

    def count(self) -> int:
        """The same for all."""
        return 2

    heartbeat_failures = truth_failures = legs_pending_long = count
    orders_in_doubt = strange_orders = channel_losses = count


def test_an_account_at_the_exchange_tells_what_hangs() -> None:
    """Every metric of its subject has a probe, and none without a value is there."""
    registry = CollectorRegistry()
    probes = exchange_probes(FakeExchange()) | terms_probes(lambda: 7)
    assert set(exchange.METRICS) == set(probes)
    ProbeCollector(registry, probes)
    assert registry.get_sample_value("pmm_heartbeat_age_seconds") is None
    assert 2.0 == registry.get_sample_value("pmm_legs_pending_long")
    assert 0.5 == registry.get_sample_value("pmm_unexplained_shares")
    assert 7.0 == registry.get_sample_value("pmm_market_terms_failures_total")


def test_a_metric_of_events_takes_no_probe() -> None:
    """What events feed has one source."""
    with pytest.raises(ValueError, match="pmm_fees_usd_total"):
        ProbeCollector(CollectorRegistry(), {money.FEES: lambda: 1.0})


def test_a_probe_is_registered_once() -> None:
    """Two collectors for one name are refused before the first scrape."""
    registry = CollectorRegistry()
    ProbeCollector(registry, {health.SHIPPER_PARKED: lambda: None})
    with pytest.raises(ValueError, match="Duplicated"):
        ProbeCollector(registry, {health.SHIPPER_PARKED: lambda: None})
