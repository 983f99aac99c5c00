"""Listens for the beat of Alertmanager's watchdog: its silence is what nobody else can tell."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY_BYTES_MAX = 1_000_000


class BeatListener:
    """Takes POSTs on `/beat`; `heard_s` is when the last one came, at first when it started."""

    def __init__(self, host: str, port: int, clock: Callable[[], float]) -> None:
        """Bind the port, 0 for any free one. Raises OSError when it is taken."""
        self.heard_s = clock()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5.0

            def do_POST(self) -> None:
                length = min(BODY_BYTES_MAX, int(self.headers.get("Content-Length") or 0))
                self.rfile.read(length)
                if self.path == "/beat":
                    listener.heard_s = clock()
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """A beat is no event."""

        self._server = ThreadingHTTPServer((host, port), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="beat", daemon=True
        )

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Listen from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop and free the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
