"""A question is answered whole, or raises."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest

from bot.domain.errors import InputError, SettingsError
from extractor.influx_query import ATTEMPTS, InfluxQuery

TOKEN = "the-secret-token"
TABLE = {"name": "a", "columns": ["time"], "values": [[1]]}


def answer(*results: dict[str, Any], **more: object) -> bytes:
    """What a store answers."""
    return msgspec.msgpack.encode({"results": results, **more})


WHOLE = answer({"statement_id": 0, "series": [TABLE]})


class Server:
    """Gives its answers, (status, body), one after the other, the last again and again."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        """Listen on a free port."""
        self.answers = list(answers)
        self.forms: list[dict[str, list[str]]] = []
        self.tokens: list[str | None] = []
        self.accepts: list[str | None] = []
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
                server.forms.append(parse_qs(body.decode()))
                server.tokens.append(self.headers["Authorization"])
                server.accepts.append(self.headers["Accept"])
                status, text = server.answers[0]
                server.answers = server.answers[1:] or server.answers
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        return Handler


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    """Servers to be stopped at the end."""
    started: list[Server] = []
    yield started
    for server in started:
        server.stop()


def ask(servers: list[Server], *answers: tuple[int, bytes]) -> tuple[list[list[int]], list[float]]:
    """The rows from a server that gives these answers, and the pauses between the attempts."""
    server = Server(*answers)
    servers.append(server)
    pauses_s: list[float] = []
    query = InfluxQuery(server.url, "ticks", TOKEN, timeout_s=60.0, wait=pauses_s.append)
    rows: list[list[int]] = []
    for series in query.ask("SELECT a"):
        rows += msgspec.msgpack.decode(series.values, type=list[list[int]])
    return rows, pauses_s


def test_question_is_asked_in_nanoseconds_and_with_the_token(servers: list[Server]) -> None:
    """In MessagePack, and whole."""
    assert ([[1]], []) == ask(servers, (200, WHOLE))
    assert ["ns"] == servers[0].forms[0]["epoch"]
    assert "chunked" not in servers[0].forms[0]
    assert [f"Token {TOKEN}"] == servers[0].tokens
    assert ["application/x-msgpack"] == servers[0].accepts


def test_nothing_found_is_an_answer(servers: list[Server]) -> None:
    """The statement was answered, with no table."""
    assert ([], []) == ask(servers, (200, answer({"statement_id": 0, "series": []})))


def test_busy_store_is_asked_again(servers: list[Server]) -> None:
    """With growing pauses."""
    assert ([[1]], [0.5, 1.0]) == ask(servers, (503, b""), (429, b""), (200, WHOLE))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ((200, answer({"series": [TABLE], "partial": True})), "ended early"),
        ((200, answer()), "ended early"),
        ((200, WHOLE + WHOLE), "no answer of InfluxDB"),
        ((200, WHOLE[:-3]), "no answer of InfluxDB"),
        ((200, b""), "no answer of InfluxDB"),
        (
            (200, answer({"statement_id": 0, "error": "database not found: x"})),
            "x; give the name of",
        ),
        ((200, answer({"error": "no"})), "no$"),
        ((200, msgspec.msgpack.encode({"error": "timeout"})), "timeout"),
        ((200, b"<html>"), "no answer of InfluxDB"),
        ((401, f"no {TOKEN}".encode()), r"status 401.*INFLUX_TOKEN"),
        ((404, b"no such bucket"), "no such bucket"),
    ],
)
def test_incomplete_answer_is_an_error(
    servers: list[Server], given: tuple[int, bytes], reason: str
) -> None:
    """Never an empty or a short one; and the token is not in it."""
    with pytest.raises(InputError, match=reason) as failure:
        ask(servers, given)
    assert TOKEN not in str(failure.value)
    assert 1 == len(servers[0].forms)


def test_attempts_end(servers: list[Server]) -> None:
    """A store that stays away is an error."""
    with pytest.raises(InputError, match=r"ticks: status 500: oops; see that InfluxDB runs there"):
        ask(servers, (500, b"oops"))
    assert ATTEMPTS == len(servers[0].forms)


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://host", "http://", "http://me:secret@host", "http://host:secret"),
        *("http://host:99999", "http://host:0", "http://[::1", "http://my host:8086"),
    ],
)
def test_bad_address_is_refused_unseen(url: str) -> None:
    """A password may be in it."""
    with pytest.raises(SettingsError, match="http://host:port") as refusal:
        InfluxQuery(url, "ticks", TOKEN)
    assert "secret" not in str(refusal.value)


def test_what_is_no_token_is_refused_unseen() -> None:
    """An HTTP library would put it into its error."""
    with pytest.raises(SettingsError, match="token") as refusal:
        InfluxQuery("http://host", "ticks", "se\ncret")
    assert "cret" not in str(refusal.value).replace("secret", "")
