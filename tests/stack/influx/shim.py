"""InfluxDB 2's /api/v2/write in front of an engine, 1.6 or 2, with faults to order."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.stack.influx.engine import TOKEN, InfluxEngine


class Shim:
    """Passes writes on to the engine. Set the attributes to make it misbehave.

    * `swallow_every`: every so-manieth write is stored, and its answer lost.
    * `status`: answer every write with this status and `headers` instead, storing nothing.
    """

    def __init__(self, engine: InfluxEngine) -> None:
        """Listen on a free port."""
        self.engine = engine
        self.swallow_every: int | None = None
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.writes = 0
        self.swallowed = 0
        self.encodings: set[str | None] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes] | None:
        parts = urlsplit(path)
        bucket = parse_qs(parts.query).get("bucket", [""])[0]
        self.writes += 1
        self.encodings.add(headers.get("Content-Encoding"))
        if self.status is not None:
            return self.status, b'{"message":"to order"}'
        if parts.path != "/api/v2/write" or headers.get("Authorization") != f"Token {TOKEN}":
            return 401, b'{"code":"unauthorized"}'
        try:
            passed = {k: v for k, v in headers.items() if k in {"Content-Encoding", "Content-Type"}}
            answer = self.engine.write(bucket, body, passed)
        except (OSError, http.client.HTTPException):
            return 503, b'{"message":"engine away"}'
        if self.swallow_every is not None and self.writes % self.swallow_every == 0:
            self.swallowed += 1
            return None
        return answer

    def _handler(shim) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler's
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16  # head and body in one packet: else each answer waits 40 ms

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = shim._answer(self.path, dict(self.headers), body)
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response(answer[0])
                for name, value in shim.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer[1])))
                self.end_headers()
                self.wfile.write(answer[1])

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        return Handler
