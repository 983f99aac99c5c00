"""A question is answered whole, or raises."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import msgspec
import pytest

from bot.domain.errors import InputError, SettingsError
from extractor.influx_query import ATTEMPTS, InfluxQuery, Series

TOKEN = "the-secret-token"
ROWS = b'{"results":[{"statement_id":0,"series":[{"name":"a","columns":["time"],"values":[[1]]}]'
WHOLE = ROWS + b"}]}\n"
MORE = ROWS + b',"partial":true}]}\n'


class Server:
    """Gives its answers, (status, body), one after the other, the last again and again."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        """Listen on a free port."""
        self.answers = list(answers)
        self.forms: list[dict[str, list[str]]] = []
        self.tokens: list[str | None] = []
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
                status, text = server.answers[0]
                server.answers = server.answers[1:] or server.answers
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        return Handler


class Taker:
    """Keeps the rows of the last attempt, and the pauses between attempts."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.rows: list[list[int]] = []
        self.pauses_s: list[float] = []

    def begin(self) -> "Taker":
        """Forget what an earlier attempt gave."""
        self.rows = []
        return self

    def __call__(self, number: int, series: Series) -> None:
        """Take one piece."""
        self.rows += msgspec.json.decode(series.values, type=list[list[int]])


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    """Servers to be stopped at the end."""
    started: list[Server] = []
    yield started
    for server in started:
        server.stop()


def ask(servers: list[Server], *answers: tuple[int, bytes], count: int = 1) -> Taker:
    """What is taken from a server that gives these answers to `count` statements."""
    server = Server(*answers)
    servers.append(server)
    taker = Taker()
    query = InfluxQuery(server.url, "ticks", TOKEN, timeout_s=2.0, wait=taker.pauses_s.append)
    query.ask_again(["SELECT a"] * count, taker.begin)
    return taker


def test_pieces_are_handed_on_as_they_come(servers: list[Server]) -> None:
    """Chunk after chunk, asked for in nanoseconds and with the token."""
    assert [[1], [1], [1]] == ask(servers, (200, MORE + MORE + WHOLE)).rows
    assert ["ns"] == servers[0].forms[0]["epoch"]
    assert ["true"] == servers[0].forms[0]["chunked"]
    assert [f"Token {TOKEN}"] == servers[0].tokens


def test_busy_store_is_asked_again(servers: list[Server]) -> None:
    """With growing pauses; nothing of a failed attempt stays."""
    taker = ask(servers, (503, b""), (429, b""), (200, WHOLE))
    assert [[1]] == taker.rows
    assert [0.5, 1.0] == taker.pauses_s


@pytest.mark.parametrize(
    ("answer", "count", "reason"),
    [
        ((200, MORE), 1, "ended early"),
        ((200, WHOLE), 2, "ended early"),
        ((200, b""), 1, "ended early"),
        ((200, b'{"results":[{"statement_id":0,"error":"database not found"}]}'), 1, "not found"),
        ((200, b'{"error":"timeout"}'), 1, "timeout"),
        ((200, b"<html>"), 1, "no answer of InfluxDB"),
        ((401, f"no {TOKEN}".encode()), 1, r"status 401.*INFLUX_TOKEN"),
        ((404, b"no such bucket"), 1, "no such bucket"),
    ],
)
def test_incomplete_answer_is_an_error(
    servers: list[Server], answer: tuple[int, bytes], count: int, reason: str
) -> None:
    """Never an empty or a short one; and the token is not in it."""
    with pytest.raises(InputError, match=reason) as failure:
        ask(servers, answer, count=count)
    assert TOKEN not in str(failure.value)
    assert 1 == len(servers[0].forms)


def test_attempts_end(servers: list[Server]) -> None:
    """A store that stays away is an error."""
    with pytest.raises(InputError, match="status 500"):
        ask(servers, (500, b"oops"))
    assert ATTEMPTS == len(servers[0].forms)


@pytest.mark.parametrize("url", ["ftp://host", "http://", "http://me:secret@host"])
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
