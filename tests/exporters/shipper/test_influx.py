"""One request, one answer; and the token in none of them."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from exporters.shipper.answer import RETRY_AFTER_S_MAX, Outcome
from exporters.shipper.influx import InfluxStore, retry_after_s

TOKEN = "the-secret-token"


class Server:
    """Answers every write as told and keeps what came."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self.status = 204
        self.headers: dict[str, str] = {}
        self.body = b""
        self.received: list[tuple[str, str | None, bytes]] = []
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(server) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler's
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.received.append((self.path, self.headers["Authorization"], body))
                if server.status == 0:
                    return  # the connection closes without an answer
                self.send_response(server.status)
                for name, value in server.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(server.body)))
                self.end_headers()
                self.wfile.write(server.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that takes everything."""
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def store(server: Server) -> Iterator[InfluxStore]:
    """The store behind it."""
    store = InfluxStore(server.url, "pmm", "ticks", TOKEN, timeout_ms=60_000)
    yield store
    store.close()


def test_lines_go_gzipped_in_one_request(server: Server, store: InfluxStore) -> None:
    """With organisation, bucket and nanoseconds in the address, and the token in the header."""
    assert Outcome.WRITTEN is store.write(["a b=1 1", 'a b="ü" 2']).outcome
    path, authorization, body = server.received[0]
    assert "/api/v2/write?org=pmm&bucket=ticks&precision=ns" == path
    assert f"Token {TOKEN}" == authorization
    assert 'a b=1 1\na b="ü" 2' == gzip.decompress(body).decode()


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.MISCONFIGURED),
        (302, Outcome.MISCONFIGURED),
        (400, Outcome.REFUSED),
        (401, Outcome.MISCONFIGURED),
        (422, Outcome.REFUSED),
        (500, Outcome.FAILED),
        (503, Outcome.BUSY),
    ],
)
def test_answer_is_read_without_the_token(
    server: Server, store: InfluxStore, status: int, outcome: Outcome
) -> None:
    """A proxy that echoes the request does not put the token into our logs."""
    server.status = status
    server.headers = {"Location": "/elsewhere"} if status == 302 else {}
    server.body = f"no: Authorization: Token {TOKEN}\n".encode() * 50
    answer = store.write(["a b=1 1"])
    assert outcome is answer.outcome
    assert TOKEN not in repr(answer)
    assert "\n" not in answer.reason
    assert 1 == len(server.received)


def test_store_says_how_long_to_wait_and_what_it_dropped(
    server: Server, store: InfluxStore
) -> None:
    """Retry-After in seconds, and the count in the text of a partial write."""
    server.status, server.headers = 429, {"Retry-After": "17"}
    assert 17.0 == store.write(["a b=1 1"]).retry_after_s
    server.status, server.body = 422, b'{"message":"partial write: type conflict dropped=3"}'
    assert 3 == store.write(["a b=1 1"]).dropped


def test_lost_answer_is_no_answer(server: Server, store: InfluxStore) -> None:
    """The connection closed after the request: stored or not, nobody knows."""
    server.status = 0
    answer = store.write(["a b=1 1"])
    assert Outcome.UNREACHABLE is answer.outcome
    assert TOKEN not in repr(answer)


def test_absent_server_is_unreachable() -> None:
    """Nobody listens on port 9 of the loopback."""
    store = InfluxStore("http://127.0.0.1:9", "pmm", "ticks", TOKEN, timeout_ms=60_000)
    assert Outcome.UNREACHABLE is store.write(["a b=1 1"]).outcome
    assert TOKEN not in repr(store)


@pytest.mark.parametrize(
    ("header", "pause_s"),
    [(None, 0.0), ("5", 5.0), ("Wed, 21 Oct 2026", 0.0), ("99999", RETRY_AFTER_S_MAX)],
)
def test_pause_is_bounded(header: str | None, pause_s: float) -> None:
    """A date is not read: the backoff is then pause enough."""
    assert pause_s == retry_after_s(header)
