"""A real Prometheus on loopback that scrapes what it is told, every second."""

from __future__ import annotations

import json
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.ports import free_port
from tests.stack.influx.engine import until

ANSWER_TIMEOUT_S = 60.0


class Prometheus:
    """Scrapes each port under its `env`; keeps nothing.

    Answers as of `at_s`, s since the epoch, when that is set: a scrape that is missed later, or a
    test that comes minutes later, then changes no answer.
    """

    def __init__(self, program: str, directory: Path, ports: Mapping[str, int]) -> None:
        """Start it and return once it answers."""
        self.at_s: float | None = None
        self._url = f"http://127.0.0.1:{free_port()}"
        config = directory / "prometheus.yml"
        config.write_text(yaml.safe_dump(_config(ports)))
        self._log = (directory / "prometheus.log").open("wb")
        self._process = subprocess.Popen(
            [
                program,
                f"--config.file={config}",
                f"--storage.tsdb.path={directory / 'data'}",
                f"--web.listen-address={self._url.removeprefix('http://')}",
            ],
            stdout=self._log,
            stderr=self._log,
        )
        until(self._is_ready, "Prometheus answers")

    def ask(self, query: str) -> list[dict[str, Any]]:
        """The samples of now, or of then."""
        then = {} if self.at_s is None else {"time": self.at_s}
        data = urllib.parse.urlencode({"query": query, **then}).encode()
        with urllib.request.urlopen(  # noqa: S310 - the address is ours
            f"{self._url}/api/v1/query", data, ANSWER_TIMEOUT_S
        ) as answer:
            samples: list[dict[str, Any]] = json.load(answer)["data"]["result"]
            return samples

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(ANSWER_TIMEOUT_S)
        self._log.close()

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._url}/-/ready", None, ANSWER_TIMEOUT_S):  # noqa: S310
                return True
        except OSError:
            return False


def _config(ports: Mapping[str, int]) -> dict[str, Any]:
    targets = [
        {"targets": [f"127.0.0.1:{port}"], "labels": {"env": env}} for env, port in ports.items()
    ]
    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
        "scrape_configs": [{"job_name": "bot", "static_configs": targets}],
    }
