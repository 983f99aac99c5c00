"""A server of HTTP/2 over TLS on 127.0.0.1 whose connections can be made to swallow requests."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import StreamEnded

HOST = "127.0.0.1"


def certificate(directory: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine, good for a day; return its file and that of its key."""
    files = directory / "certificate.pem", directory / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "1", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=IP:{HOST}",
         "-out", str(files[0]), "-keyout", str(files[1])],
        check=True, capture_output=True,
    )  # fmt: skip
    return files


class Http2Server:
    """Answers every request with 200, except on connections that were made silent.

    `asked` counts the requests of each connection, in the order in which they were opened;
    `has_swallowed` is set by each one that gets no answer.
    """

    def __init__(self) -> None:
        """Have no connection yet."""
        self.url = ""
        self.asked: list[int] = []
        self.has_swallowed = asyncio.Event()
        self._silent_below = 0
        self._open: set[asyncio.Task[None] | None] = set()

    def forget_connections(self) -> None:
        """Swallow what comes over the connections of now, as a router does that forgot them."""
        self._silent_below = len(self.asked)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the client closes it."""
        self._open.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await self._answer(reader, writer)
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            writer.close()
            await writer.wait_closed()

    async def ended(self) -> None:
        """Wait for the end of every connection, which a client that failed may have left open."""
        tasks = [task for task in self._open if task is not None]
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=5.0)
            for task in left:
                task.cancel()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.asked)
        self.asked.append(0)
        http = H2Connection(H2Configuration(client_side=False))
        http.initiate_connection()
        writer.write(http.data_to_send())
        while data := await reader.read(1 << 16):
            ended = [e for e in http.receive_data(data) if isinstance(e, StreamEnded)]
            self.asked[number] += len(ended)
            if number < self._silent_below:
                if ended:
                    self.has_swallowed.set()
                continue
            for event in ended:
                http.send_headers(event.stream_id, [(":status", "200")], end_stream=True)
            writer.write(http.data_to_send())


@asynccontextmanager
async def serving(files: tuple[Path, Path]) -> AsyncIterator[Http2Server]:
    """A server with this certificate and key, on a free port."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*files)
    tls.set_alpn_protocols(["h2"])
    made = Http2Server()
    listener = await asyncio.start_server(made.serve, HOST, 0, ssl=tls)
    made.url = f"https://{HOST}:{listener.sockets[0].getsockname()[1]}"
    async with listener:
        yield made
    await made.ended()
