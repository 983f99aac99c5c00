"""The HTTP endpoint: metrics in both formats, health with its status, a clean stop."""

import json
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse

import pytest
from prometheus_client import CollectorRegistry

from exporters.catalogue import health as metrics
from exporters.families import Families
from exporters.health import Health
from exporters.http import MetricsServer
from tests.ports import free_port

WELL = Health(
    is_alive=True,
    last_event_age_s=0.5,
    is_kill_switch_tripped=False,
    is_journal_healthy=True,
)
ILL = Health(
    is_alive=False,
    last_event_age_s=None,
    is_kill_switch_tripped=True,
    is_journal_healthy=True,
)


class Bot:
    """A registry and a health that can be changed."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.health = WELL
        Families(self.registry, []).counters(metrics.SKIPPED).add()


@pytest.fixture
def bot() -> Bot:
    """A bot that is well."""
    return Bot()


@pytest.fixture
def server(bot: Bot) -> Iterator[MetricsServer]:
    """A server on any free port of the loopback."""
    server = MetricsServer(bot.registry, lambda: bot.health)
    server.start()
    yield server
    server.stop()


def get(server: MetricsServer, path: str, accept: str = "*/*") -> tuple[HTTPResponse, str]:
    """The answer to one request, and its text."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request("GET", path, headers={"Accept": accept})
        response = connection.getresponse()
        return response, response.read().decode()
    finally:
        connection.close()


def test_metrics_in_the_plain_format(server: MetricsServer) -> None:
    """What curl gets."""
    response, text = get(server, "/metrics?name=any")
    assert (200, "text/plain; version=0.0.4; charset=utf-8") == (
        response.status,
        response.headers["Content-Type"],
    )
    assert "pmm_events_skipped_total 1.0\n" in text


def test_metrics_in_the_open_format_when_asked_for(server: MetricsServer) -> None:
    """What Prometheus gets; the text says its end."""
    response, text = get(server, "/metrics", "application/openmetrics-text;version=1.0.0")
    assert response.headers["Content-Type"].startswith("application/openmetrics-text")
    assert text.endswith("# EOF\n")


def test_health_is_json(server: MetricsServer) -> None:
    """200 while the bot is well."""
    response, text = get(server, "/healthz")
    assert (200, "application/json") == (response.status, response.headers["Content-Type"])
    assert {
        "is_alive": True,
        "last_event_age_s": 0.5,
        "is_kill_switch_tripped": False,
        "is_journal_healthy": True,
    } == json.loads(text)


def test_an_ill_bot_answers_503(server: MetricsServer, bot: Bot) -> None:
    """With the same text, so that a person sees why."""
    bot.health = ILL
    response, text = get(server, "/healthz")
    assert 503 == response.status
    assert json.loads(text)["is_alive"] is False


def test_another_path_is_not_found(server: MetricsServer) -> None:
    """And says what there is."""
    response, text = get(server, "/")
    assert (404, "Try /metrics or /healthz.\n") == (response.status, text)


def test_stop_frees_the_port_and_ends_the_thread(bot: Bot) -> None:
    """The same port can be taken again at once; stopping what never started is harmless."""
    before = set(threading.enumerate())  # another test's server may still be going
    port = free_port()
    first = MetricsServer(bot.registry, lambda: bot.health, port=port)
    first.start()
    (own,) = set(threading.enumerate()) - before
    first.stop()
    assert not own.is_alive()
    again = MetricsServer(bot.registry, lambda: bot.health, port=port)
    assert port == again.port
    again.stop()


def test_a_client_that_leaves_disturbs_nobody(
    server: MetricsServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nothing is printed, and the next request is answered."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\n")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # reset
    assert 200 == get(server, "/metrics")[0].status
    assert ("", "") == capfd.readouterr()


def test_a_taken_port_is_refused_at_once(server: MetricsServer, bot: Bot) -> None:
    """The error comes when the server is made, not from its thread."""
    with pytest.raises(OSError, match="in use"):
        MetricsServer(bot.registry, lambda: bot.health, port=server.port)


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_number_that_is_no_port_is_refused_like_one_that_is_taken(port: int) -> None:
    """Whoever starts a server has one error to tell of."""
    with pytest.raises(OSError, match=f"{port} is no port"):
        MetricsServer(
            CollectorRegistry(),
            lambda: Health(
                is_alive=True,
                last_event_age_s=None,
                is_kill_switch_tripped=False,
                is_journal_healthy=True,
            ),
            port=port,
        )
