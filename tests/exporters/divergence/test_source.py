"""A side over HTTP: totals, or `None` for whatever goes wrong."""

from prometheus_client import CollectorRegistry

from exporters.divergence.source import http_source
from exporters.health import Health
from exporters.http import MetricsServer
from tests.exporters.divergence.bots import Bot

WELL = Health(
    is_alive=True, last_event_age_s=0.0, is_kill_switch_tripped=False, is_journal_healthy=True
)


def test_a_bot_is_read_and_its_absence_is_none() -> None:
    """Also a server that is no bot."""
    bot = Bot(start_s=7.0)
    server = MetricsServer(bot.registry, lambda: WELL)
    read = http_source(f"http://127.0.0.1:{server.port}/metrics")
    wrong = http_source(f"http://127.0.0.1:{server.port}/nowhere")
    server.start()
    totals = read()
    assert totals is not None
    assert 7.0 == totals.run_start_s
    assert wrong() is None
    server.stop()
    assert read() is None


def test_metrics_of_something_else_are_none() -> None:
    """No heartbeat, no bot."""
    server = MetricsServer(CollectorRegistry(), lambda: WELL)
    server.start()
    assert http_source(f"http://127.0.0.1:{server.port}/metrics")() is None
    server.stop()
