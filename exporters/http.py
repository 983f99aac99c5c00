"""`/metrics` and `/healthz` over HTTP, in threads of their own.

There is no password: it listens on the loopback unless told otherwise, and only reads.
"""

from __future__ import annotations

import errno
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any, Protocol

import msgspec
from prometheus_client import CollectorRegistry

from exporters.exposition import encode

SOCKET_TIMEOUT_S = 5.0
"""A client that says nothing for so long is let go: its thread must not stay."""
POLL_S = 0.1
"""How long a stop may take to be noticed."""


class Condition(Protocol):
    """How a process is: a record, shown to whoever asks."""

    @property
    def is_well(self) -> bool:
        """True when nothing needs a restart or a person."""
        ...


class MetricsServer:
    """Serves one registry and one health check; `port` 0 takes any free port."""

    def __init__(
        self,
        registry: CollectorRegistry,
        health: Callable[[], Condition],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """Bind the port. Raises OSError when it cannot be had: taken, say, or no port at all."""
        try:
            self._server = _Server((host, port), _handler(registry, health))
        except OverflowError as error:
            raise OSError(errno.EINVAL, f"{port} is no port") from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_S,), name="metrics", daemon=True
        )

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Answer requests from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port; harmless when it never started."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a slow client does not hold up the stop

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:  # noqa: ANN401 - the library's signature
        """Say nothing of a client that left; a fault of ours is printed by the library."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


def _handler(
    registry: CollectorRegistry, health: Callable[[], Condition]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = SOCKET_TIMEOUT_S

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                body, content_type = encode(registry, self.headers.get("Accept", ""))
                self._answer(HTTPStatus.OK, content_type, body)
            elif path == "/healthz":
                state = health()
                status = HTTPStatus.OK if state.is_well else HTTPStatus.SERVICE_UNAVAILABLE
                self._answer(status, "application/json", msgspec.json.encode(state) + b"\n")
            else:
                text = b"Try /metrics or /healthz.\n"
                self._answer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", text)

        def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """A scrape is no event: nothing is logged."""

    return Handler
