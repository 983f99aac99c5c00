"""A stand-in for Discord's webhook that answers as it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LIMITED = b'{"message": "You are being rate limited.", "retry_after": 1.5, "global": false}'


class Webhook:
    """Keeps what came; `answers` are the status codes to give first, then 204."""

    def __init__(self, *answers: int) -> None:
        self.posts: list[dict[str, Any]] = []
        self.answers = list(answers)
        self.url = ""


@contextmanager
def listening(*answers: int) -> Iterator[Webhook]:
    """A webhook on the loopback."""
    webhook = Webhook(*answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            webhook.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status = webhook.answers.pop(0) if webhook.answers else 204
            body = LIMITED if status == 429 else b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    webhook.url = f"http://127.0.0.1:{server.server_address[1]}/api/webhooks/1/secret"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield webhook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
