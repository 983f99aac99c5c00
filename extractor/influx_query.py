"""Questions to InfluxDB in InfluxQL: the whole answer or an error, never a part of one.

InfluxQL over `/query` is what 1.x, 2.x and every engine in between understand; times come as whole
nanoseconds, answers in chunks of lines of JSON.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable, Iterator, Sequence
from threading import Event
from urllib.parse import urlencode, urlsplit

import msgspec

from bot.domain.errors import InputError, SettingsError

TIMEOUT_S = 60.0
"""For connecting, and for each further piece of an answer."""
ATTEMPTS = 4
PAUSE_S = 0.5
"""Before the second attempt; it doubles."""
BLOCK_BYTES = 1 << 16
CHUNK_ROWS = 10_000
REASON_LENGTH_MAX = 300
_TOKEN = re.compile(r"[!-~]*")


class Series(msgspec.Struct):
    """A part of a table; `values` is the JSON of its rows."""

    columns: list[str]
    values: msgspec.Raw


class _Result(msgspec.Struct):
    statement_id: int = 0
    series: list[Series] = []
    partial: bool = False
    error: str | None = None


class _Chunk(msgspec.Struct):
    results: list[_Result] = []
    error: str | None = None


class _Again(Exception):
    """The question may be asked again."""


_decode = msgspec.json.Decoder(_Chunk).decode


def wait(seconds: float) -> None:
    """Return after so long."""
    Event().wait(seconds)


class InfluxQuery:
    """Asks one database, which in InfluxDB 2 is a bucket. The token is in no text it gives back."""

    def __init__(
        self,
        url: str,
        database: str,
        token: str,
        *,
        timeout_s: float = TIMEOUT_S,
        wait: Callable[[float], None] = wait,
    ) -> None:
        """Take the address; nothing is asked yet. Raises SettingsError for one that is none."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise SettingsError("the address of InfluxDB is http://host:port, without a password")
        if not _TOKEN.fullmatch(token):  # an HTTP library would show it when it refuses it
            raise SettingsError("the InfluxDB token has spaces or odd characters")
        self._place = f"{parts.scheme}://{parts.netloc}"
        self._parts = parts
        self._database = database
        self._token = token
        self._timeout_s = timeout_s
        self._wait = wait

    def ask(self, statements: Sequence[str], take: Callable[[int, Series], None]) -> None:
        """Hand every piece of every statement's table to `take`, with the statement's place.

        When this returns, every statement was answered to its end. Raises InputError when one was
        not. A caller that keeps what it took must forget it then.
        """
        complete: set[int] = set()
        for chunk in self._chunks(";".join(statements)):
            if chunk.error is not None:
                raise self._error(chunk.error)
            for result in chunk.results:
                if result.error is not None:
                    raise self._error(result.error)
                for series in result.series:
                    take(result.statement_id, series)
                if not result.partial:
                    complete.add(result.statement_id)
        if complete != set(range(len(statements))):
            raise self._error("the answer ended early")

    def ask_again(
        self, statements: Sequence[str], begin: Callable[[], Callable[[int, Series], None]]
    ) -> None:
        """Ask up to ATTEMPTS times; `begin` makes a fresh taker for each. Raises like `ask`."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self.ask(statements, begin())
            except (_Again, OSError, http.client.HTTPException) as error:
                if attempt == ATTEMPTS:
                    raise self._error(f"{type(error).__name__}: {error}") from error
                self._wait(PAUSE_S * 2 ** (attempt - 1))
        return None

    def _chunks(self, text: str) -> Iterator[_Chunk]:
        connect = (
            http.client.HTTPSConnection
            if self._parts.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = connect(self._parts.hostname or "", self._parts.port, timeout=self._timeout_s)
        try:
            connection.request("POST", f"{self._parts.path}/query", self._form(text), self._headers)
            answer = connection.getresponse()
            if answer.status != 200:
                raise self._refusal(answer.status, answer.read(BLOCK_BYTES))
            for line in _lines(answer):
                try:
                    yield _decode(line)
                except msgspec.MsgspecError as error:
                    raise self._error(f"no answer of InfluxDB: {error}") from error
        finally:
            connection.close()

    def _form(self, text: str) -> str:
        return urlencode(
            {
                "db": self._database,
                "q": text,
                "epoch": "ns",
                "chunked": "true",
                "chunk_size": CHUNK_ROWS,
            }
        )

    @property
    def _headers(self) -> dict[str, str]:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        return {**headers, "Authorization": f"Token {self._token}"} if self._token else headers

    def _refusal(self, status: int, body: bytes) -> Exception:
        text = f"status {status}: {body.decode(errors='replace')}"
        if status == 429 or status >= 500:
            return _Again(self._clean(text))
        hint = "; set $INFLUX_TOKEN or $INFLUX_TOKEN_FILE" if status in {401, 403} else ""
        return self._error(text + hint)

    def _error(self, text: str) -> InputError:
        return InputError(f"{self._place}/{self._database}: {self._clean(text)}")

    def _clean(self, text: str) -> str:
        shown = text.replace(self._token, "***") if self._token else text
        return " ".join(shown.split())[:REASON_LENGTH_MAX]


def _lines(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    rest: list[bytes] = []
    while block := answer.read(BLOCK_BYTES):
        head, *tail = block.split(b"\n")
        rest.append(head)
        for piece in tail:
            if line := b"".join(rest):
                yield line
            rest = [piece]
    if line := b"".join(rest):
        yield line
