"""A real InfluxDB on loopback, 1.6 or 2: starts, dies and comes back with its data."""

import http.client
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote

from tests.ports import free_port

PATIENCE_S = 120.0
TOKEN = "the-secret-token"
PROGRAM_VARIABLE = "PMM_INFLUXD2"
"""Names an influxd 2 that is not on the PATH."""


def until(condition: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Return once the condition holds; fail, saying what was waited for, when it does not."""
    pause = Event()
    for _ in range(round(patience_s / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError(f"after {patience_s} s still not: {what}")


class InfluxEngine:
    """Debian's influxd 1.6: the TSM engine, and InfluxQL over /query, as in InfluxDB 2."""

    def __init__(self, program: str, directory: Path) -> None:
        """Choose a port and write the configuration."""
        self.port = free_port()
        self._directory = directory
        self._config = directory / "influxdb.conf"
        self._config.write_text(
            f"""
            reporting-disabled = true
            bind-address = "127.0.0.1:{free_port()}"
            [meta]
            dir = "{directory}/meta"
            [data]
            dir = "{directory}/data"
            wal-dir = "{directory}/wal"
            query-log-enabled = false
            [monitor]
            store-enabled = false
            [http]
            bind-address = "127.0.0.1:{self.port}"
            log-enabled = false
            [logging]
            level = "error"
            """
        )
        self._command = [program, "-config", str(self._config)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Run it and return once it answers."""
        self._process = subprocess.Popen(
            self._command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._answers, "influxd answers")

    def kill(self) -> None:
        """End it as a power cut would: no farewell."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def make(self, database: str, retention_s: int = 0) -> None:
        """Make a database, which is what a bucket is read as; 0 keeps for ever."""
        self.query(f'CREATE DATABASE "{database}" WITH DURATION {retention_s}s', "")

    def query(self, text: str, database: str) -> list[dict[str, Any]]:
        """The series that a statement gives back."""
        path = f"/query?db={quote(database)}&epoch=ns&q={quote(text)}"
        status, body = self._request("POST", path)
        assert 200 == status, body
        result = json.loads(body)["results"][0]
        assert "error" not in result, result
        series: list[dict[str, Any]] = result.get("series", [])
        return series

    def write(self, database: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """The answer to line protocol in ns, sent as it is."""
        return self._request("POST", f"/write?db={quote(database)}&precision=ns", body, headers)

    def _answers(self) -> bool:
        try:
            return self._request("GET", "/ping")[0] == 204
        except OSError:
            return False

    def _request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


class Influx2(InfluxEngine):
    """InfluxDB 2 itself, set up as its image sets it up: organisation, bucket and first token."""

    def __init__(self, program: str, directory: Path) -> None:
        """Choose a port; nothing is configured in a file."""
        super().__init__(program, directory)
        self._command = [
            *(program, "--reporting-disabled", "--log-level", "error"),
            *("--http-bind-address", f"127.0.0.1:{self.port}"),
            *("--bolt-path", str(directory / "influxd.bolt")),
            *("--engine-path", str(directory / "engine")),
        ]

    def make(self, database: str, retention_s: int = 0) -> None:
        """Make a bucket; the first one by the set-up, which works once."""
        names = {"org": "pmm", "bucket": database, "username": "admin", "password": "password"}
        setup = {**names, "token": TOKEN, "retentionPeriodSeconds": retention_s}
        if self.call("POST", "/api/v2/setup", setup)[0] == 201:
            return
        organisation = self.call("GET", "/api/v2/orgs?org=pmm")[1]["orgs"][0]["id"]
        rules = [{"type": "expire", "everySeconds": retention_s}] if retention_s else []
        bucket = {"orgID": organisation, "name": database, "retentionRules": rules}
        assert 201 == self.call("POST", "/api/v2/buckets", bucket)[0]

    def write(self, database: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """The answer to line protocol in ns, sent as it is."""
        path = f"/api/v2/write?org=pmm&bucket={quote(database)}&precision=ns"
        return self._request("POST", path, body, headers)

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """The answer of its API, read."""
        text = None if body is None else json.dumps(body).encode()
        status, answer = self._request(method, path, text, {"Content-Type": "application/json"})
        return status, json.loads(answer) if answer else None

    def _answers(self) -> bool:
        try:
            return self._request("GET", "/health")[0] == 200
        except OSError:
            return False

    def _request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        token = {"Authorization": f"Token {TOKEN}"}
        return super()._request(method, path, body, {**token, **(headers or {})})


def find_program(major: int) -> str | None:
    """Where an influxd of that major version is, `None` when there is none."""
    named = os.environ.get(PROGRAM_VARIABLE, "")  # noqa: TID251 - how one is handed in
    folders = os.environ.get("PATH", "").split(os.pathsep)  # noqa: TID251 - the first may be another
    for program in filter(os.path.exists, [named, *(f"{folder}/influxd" for folder in folders)]):
        told = subprocess.run([program, "version"], capture_output=True, text=True, check=False)
        if told.stdout.startswith(f"InfluxDB v{major}."):
            return program
    return None
