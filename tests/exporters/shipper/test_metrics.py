"""A scrape says how the shipper stands."""

from prometheus_client import CollectorRegistry, generate_latest

from exporters.catalogue import shipping
from exporters.shipper.answer import Outcome
from exporters.shipper.metrics import health_check, register
from exporters.shipper.progress import Progress
from tests.exporters.shipper.world import FixedClock

SECOND = 1_000_000_000


def test_every_number_is_served() -> None:
    """All that the catalogue names of the shipper, and the age of the oldest event."""
    progress = Progress(lag_events=7, oldest_ns=40 * SECOND, written=3, is_misconfigured=True)
    progress.requests[Outcome.BUSY] = 2
    registry = CollectorRegistry()
    register(registry, progress, FixedClock(100 * SECOND))
    text = generate_latest(registry).decode()
    for line in (
        "pmm_shipper_lag_events 7.0",
        "pmm_shipper_lag_seconds 60.0",
        "pmm_shipper_shipped_points_total 3.0",
        "pmm_shipper_failed_writes_total 2.0",
        "pmm_shipper_misconfigured 1.0",
        'pmm_shipper_requests_total{result="busy"} 2.0',
        'pmm_shipper_requests_total{result="written"} 0.0',
    ):
        assert f"\n{line}\n" in text
    assert all(f"\n{metric.name}" in text for metric in shipping.METRICS)


def test_health_is_the_loop_coming_round() -> None:
    """A store that is away makes no shipper ill; a loop that hangs does."""
    clock = FixedClock(100 * SECOND)
    progress = Progress(trouble="store unreachable", turned_ns=50 * SECOND)
    check = health_check(progress, clock)
    assert check().is_well
    assert ("store unreachable", 0.0) == (check().trouble, check().lag_s)
    clock.time_ns = 111 * SECOND
    assert not check().is_well
