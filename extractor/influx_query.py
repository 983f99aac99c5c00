"""Questions to InfluxDB in InfluxQL: the whole answer or an error, never a part of one.

InfluxQL over `/query` is what 1.x, 2.x and every engine in between understand; times come as whole
nanoseconds. Answers are asked for in MessagePack, which is the least work for the store, and
which names the errors that CSV leaves out.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable
from threading import Event
from urllib.parse import SplitResult, urlencode, urlsplit

import msgspec

from bot.domain.errors import InputError, SettingsError

TIMEOUT_S = 60.0
"""For connecting, and for each further piece of an answer."""
ATTEMPTS = 4
PAUSE_S = 0.5
"""Before the second attempt; it doubles."""
REFUSAL_BYTES_MAX = 1 << 16
REASON_LENGTH_MAX = 300
ADDRESS = "the address of InfluxDB is http://host:port, without a password"
NOBODY = "; see that InfluxDB runs there and try again"
NO_BUCKET = "; give the name of a bucket that exists, and that the token may read"
_ABSENT = re.compile("database not found|retention policy not set")
_SPACE = re.compile(r"\s")
_TOKEN = re.compile(r"[!-~]*")


class Series(msgspec.Struct):
    """A part of a table; `values` is the MessagePack of its rows, each a list as `columns`."""

    columns: list[str]
    values: msgspec.Raw


class _Result(msgspec.Struct):
    series: list[Series] = []
    partial: bool = False
    error: str | None = None


class _Answer(msgspec.Struct):
    results: list[_Result] = []
    error: str | None = None


class _Again(Exception):
    """The question may be asked again."""


_decode = msgspec.msgpack.Decoder(_Answer).decode


def wait(seconds: float) -> None:
    """Return after so long."""
    Event().wait(seconds)


def split_address(text: str) -> SplitResult:
    """Return the parts of an address. Raises SettingsError when it cannot be one."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:  # no number, half a bracket: what it says may hold a password
        raise SettingsError(ADDRESS) from None
    if port == 0 or _SPACE.search(text):
        raise SettingsError(ADDRESS)
    return parts


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
        parts = split_address(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise SettingsError(ADDRESS)
        if not _TOKEN.fullmatch(token):  # an HTTP library would show it when it refuses it
            raise SettingsError("the InfluxDB token has spaces or odd characters")
        self._place = f"{parts.scheme}://{parts.netloc}"
        self._parts = parts
        self._database = database
        self._token = token
        self._timeout_s = timeout_s
        self._wait = wait

    def ask(self, statement: str) -> list[Series]:
        """Return the whole table of a statement, after up to ATTEMPTS attempts.

        Safe to call from several threads. Raises InputError when it was not answered to its end.
        """
        for attempt in range(1, ATTEMPTS):
            try:
                return self._ask(statement)
            except (_Again, OSError, http.client.HTTPException):
                self._wait(PAUSE_S * 2 ** (attempt - 1))
        try:
            return self._ask(statement)
        except (_Again, OSError, http.client.HTTPException) as error:
            kind = "" if isinstance(error, _Again) else f"{type(error).__name__}: "
            raise self._error(f"{kind}{error}", NOBODY) from error

    def _ask(self, statement: str) -> list[Series]:
        try:
            answer = _decode(self._fetch(statement))
        except msgspec.MsgspecError as error:
            raise self._error(f"no answer of InfluxDB: {error}") from error
        if answer.error is not None:
            raise self._error(answer.error)
        if len(answer.results) != 1:
            raise self._error("the answer ended early")
        result = answer.results[0]
        if result.error is not None:
            hint = NO_BUCKET if _ABSENT.search(result.error) else ""
            raise self._error(result.error, hint)
        if result.partial:
            raise self._error("the answer ended early")
        return result.series

    def _fetch(self, statement: str) -> bytes:
        connect = (
            http.client.HTTPSConnection
            if self._parts.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = connect(self._parts.hostname or "", self._parts.port, timeout=self._timeout_s)
        try:
            path = f"{self._parts.path}/query"
            connection.request("POST", path, self._form(statement), self._headers)
            answer = connection.getresponse()
            if answer.status != 200:
                raise self._refusal(answer.status, answer.read(REFUSAL_BYTES_MAX))
            return answer.read()
        finally:
            connection.close()

    def _form(self, statement: str) -> str:
        return urlencode({"db": self._database, "q": statement, "epoch": "ns"})

    @property
    def _headers(self) -> dict[str, str]:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/x-msgpack",
        }
        return {**headers, "Authorization": f"Token {self._token}"} if self._token else headers

    def _refusal(self, status: int, body: bytes) -> Exception:
        text = f"status {status}: {body.decode(errors='replace')}"
        if status == 429 or status >= 500:
            return _Again(self._clean(text))
        hint = "; set $INFLUX_TOKEN or $INFLUX_TOKEN_FILE" if status in {401, 403} else ""
        return self._error(text, hint)

    def _error(self, text: str, hint: str = "") -> InputError:
        return InputError(f"{self._place}/{self._database}: {self._clean(text)}{hint}")

    def _clean(self, text: str) -> str:
        shown = text.replace(self._token, "***") if self._token else text
        return " ".join(shown.split())[:REASON_LENGTH_MAX]
