"""The real chain on the loopback: exporters, Prometheus, Alertmanager, and Discord's stand-in.

The committed rules, routes, templates and inhibitions are used as they are; only addresses and
waits are replaced, so that a test takes seconds.
"""

import json
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from alerting.files import FOLDER, HEAD
from alerting.routing import BEAT_URL, TEMPLATES, WEBHOOK_FILE, alertmanager
from alerting.scrape import prometheus
from alerting.yaml import dump
from tests.ports import free_port

SOURCE = FOLDER.parent / "templates"
WAIT_S_MAX = 120.0
POLL_S = 0.1
GRAFANA = "https://grafana.invalid"
# How much faster the chain is than the real one; counters' windows are not touched by tests here.
WAITS = {
    # Longer than a busy machine leaves scrapes unanswered: no absence may be told by chance.
    "for": dict.fromkeys(("1m", "2m", "5m", "10m", "15m"), "7s"),
    "keep_firing_for": dict.fromkeys(("2m", "5m", "10m"), "2s") | {"15m": "3s"},
    "interval": {"30s": "1s", "1m": "1s"},
    "group_wait": {"15s": "1s"},
    "group_interval": {"1m": "1s", "2m": "2s"},
}


class Discord:
    """Keeps what it was sent, by path, in order."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, Any]]] = []
        posts = self.posts

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                posts.append((self.path, json.loads(body)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def titles(self) -> list[str]:
        """The titles that came to the webhook."""
        return [body["embeds"][0]["title"] for path, body in self.posts if path == "/webhook"]

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Chain:
    """A running chain; `until` waits for something to become true, within a limit."""

    def __init__(self, discord: Discord, prometheus_url: str, alertmanager_url: str) -> None:
        self.discord = discord
        self._prometheus = prometheus_url
        self._alertmanager = alertmanager_url

    def until(self, what: Callable[[], object]) -> None:
        """Wait until `what()` is true; fail with what Discord got and which alerts there are."""
        end = time.monotonic() + WAIT_S_MAX
        while not what():
            assert time.monotonic() < end, (self.discord.titles(), self.alerts())
            threading.Event().wait(POLL_S)

    def alerts(self) -> dict[str, str]:
        """State by alert, as Prometheus has it."""
        found = _got(f"{self._prometheus}/api/v1/alerts")["data"]["alerts"]
        return {alert["labels"]["alertname"]: alert["state"] for alert in found}

    def up(self) -> int:
        """How many targets answered when they were last asked."""
        return len(_got(f"{self._prometheus}/api/v1/query?query=up==1")["data"]["result"])

    def labels_at_alertmanager(self) -> set[str]:
        """The names of all labels that alerts have there."""
        found = _got(f"{self._alertmanager}/api/v2/alerts")
        assert found
        return {name for alert in found for name in alert["labels"]}

    def told(self, start: str) -> bool:
        """True when a title that begins so has come."""
        return any(title.startswith(start) for title in self.discord.titles())


@contextmanager
def running(
    tool: Callable[[str], str], folder: Path, targets: dict[str, tuple[str, str | None, int]]
) -> Iterator[Chain]:
    """Run the chain over targets: scrape name -> (job, env, port)."""
    with ExitStack() as stack:
        discord = Discord()
        stack.callback(discord.close)
        ports = free_port(), free_port()
        _write(folder, discord.url, ports[1], targets)
        stack.enter_context(_process(_alertmanager(tool, folder, ports[1]), folder, "am"))
        prom = stack.enter_context(_process(_prometheus(tool, folder, ports[0]), folder, "prom"))
        chain = Chain(discord, *(f"http://127.0.0.1:{port}" for port in ports))
        for port in ports:
            chain_ready(f"http://127.0.0.1:{port}/-/ready")
        # It finds its targets 5 s after its start: rules that it had before could miss them.
        chain.until(lambda: len(targets) == chain.up())
        _write_rules(folder)
        prom.send_signal(signal.SIGHUP)
        yield chain


def _got(url: str) -> Any:  # noqa: ANN401 - JSON
    return httpx.get(url, timeout=WAIT_S_MAX).json()


def chain_ready(url: str) -> None:
    """Wait until a server says that it is ready."""
    end = time.monotonic() + WAIT_S_MAX
    while time.monotonic() < end:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            threading.Event().wait(POLL_S)
    raise AssertionError(f"{url} never was ready")


def _write(
    folder: Path, discord: str, port: int, targets: dict[str, tuple[str, str | None, int]]
) -> None:
    (folder / "webhook").write_text(f"{discord}/webhook")
    routes = dump(alertmanager())
    for old, new in (
        (TEMPLATES, f"{SOURCE}/*.tmpl"),
        (WEBHOOK_FILE, f"{folder}/webhook"),
        (BEAT_URL, f"{discord}/beat"),
    ):
        assert old in routes
        routes = routes.replace(old, new)
    (folder / "alertmanager.yml").write_text(HEAD + _hurried(routes))
    config = prometheus()
    config["global"] |= {"scrape_interval": "500ms", "evaluation_interval": "500ms"}  # type: ignore[operator]
    config["rule_files"] = [f"{folder}/rules/*.yml"]
    config["alerting"] |= {  # type: ignore[operator]
        "alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}]
    }
    config["scrape_configs"] = [
        {
            "job_name": name,
            "static_configs": [
                {
                    "targets": [f"127.0.0.1:{target_port}"],
                    "labels": {"job": job} | ({"env": env} if env else {}),
                }
            ],
        }
        for name, (job, env, target_port) in targets.items()
    ]
    (folder / "prometheus.yml").write_text(dump(config))


def _write_rules(folder: Path) -> None:
    (folder / "rules").mkdir()
    for path in (FOLDER / "rules").glob("*.yml"):
        (folder / "rules" / path.name).write_text(_hurried(path.read_text()))


def _hurried(text: str) -> str:
    """Waits and intervals made short; windows in expressions stay."""
    return re.sub(
        rf'^(\s*(?:- )?)({"|".join(WAITS)}): "?([0-9]+[smh])"?$',
        lambda found: f"{found[1]}{found[2]}: {WAITS[found[2]].get(found[3], found[3])}",
        text,
        flags=re.MULTILINE,
    )


def _prometheus(tool: Callable[[str], str], folder: Path, port: int) -> list[str]:
    return [
        tool("prometheus"),
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/tsdb",
        f"--web.listen-address=127.0.0.1:{port}",
        # Alertmanager takes an alert for over that it does not hear of for four times as long.
        "--rules.alert.resend-delay=10s",
    ]


def _alertmanager(tool: Callable[[str], str], folder: Path, port: int) -> list[str]:
    return [
        tool("alertmanager"),
        f"--config.file={folder}/alertmanager.yml",
        f"--storage.path={folder}/am",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]


@contextmanager
def _process(command: list[str], folder: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / f"{name}.log").open("wb") as log:
        told = {"PATH": "/usr/bin:/bin", "PMM_GRAFANA_URL": GRAFANA}
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=told)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=WAIT_S_MAX)
