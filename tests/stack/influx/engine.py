"""A real InfluxDB engine on loopback: starts, dies and comes back with its data."""

import http.client
import json
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote

PATIENCE_S = 20.0


def until(condition: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Return once the condition holds; fail, saying what was waited for, when it does not."""
    pause = Event()
    for _ in range(round(patience_s / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError(f"after {patience_s} s still not: {what}")


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Run it and return once it answers."""
        self._process = subprocess.Popen(
            [self._program, "-config", str(self._config)],
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

    def make(self, database: str, retention: str = "INF") -> None:
        """Make a database, which is what a bucket is read as."""
        self.query(f'CREATE DATABASE "{database}" WITH DURATION {retention}', "")

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


def find_program() -> str | None:
    """Where influxd is, `None` when it is not on the PATH."""
    return shutil.which("influxd")
