"""The HTTP connection below the exchange's client: when bytes went out, and when to make a new one.

A connection that a router forgot swallows every request, and the HTTP client does not notice: with
HTTP/2 a deadline of ours ends a request and not its connection, which the next ones go over (only
the client's own time-out of a read ends it, httpcore 1.0.9). So after one a new connection is made;
what is under way on the old one is left alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Protocol

import httpx

from bot.domain.ports import Clock
from bot.domain.units import NS_PER_S
from bot.venues.polymarket.exchange import SignedOrder

LAST_BYTE = ".send_request_body.complete"
"""The step of the HTTP client after which a request was handed to the socket, all of it."""
RENEW_NS = 5 * NS_PER_S
"""A connection is given up once for all the requests that were lost on it."""
RETIRED_NS = 60 * NS_PER_S
"""No request takes so long: on a connection given up before that nothing is under way any more."""
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=60.0)
_LATE = (httpx.ReadTimeout, httpx.WriteTimeout, TimeoutError)


class HttpTransport(Protocol):
    """What of the library's transport is used; private there, pinned and tested."""

    _client: httpx.AsyncClient


class Connection:
    """One transport's connection; `renewals` counts those that were given up."""

    def __init__(self, transport: HttpTransport, clock: Clock) -> None:
        """Watch the connection that the transport has."""
        self._transport = transport
        self._clock = clock
        self._departing: ContextVar[Sequence[SignedOrder]] = ContextVar("departing", default=())
        self._retired: deque[tuple[int, httpx.AsyncClient]] = deque()
        # Made once: that takes some 50 ms and a megabyte, and an outage may need hundreds.
        self._tls = httpx.create_ssl_context()
        self._renewed_ns = 0
        self.renewals = 0
        self._http.event_hooks = {"request": [self._on_request]}

    def departs_with(self, orders: Sequence[SignedOrder]) -> None:
        """Take that the next requests of this task have these orders in them."""
        self._departing.set(orders)

    def heed(self, error: BaseException) -> None:
        """Make a new connection when this error may mean that the old one is dead."""
        now_ns = self._clock.now_ns()
        is_late = isinstance(error, _LATE) or isinstance(error.__cause__, _LATE)
        if not is_late or now_ns - self._renewed_ns < RENEW_NS:
            return
        self._renewed_ns = now_ns
        self.renewals += 1
        old = self._http
        self._retired.append((now_ns, old))
        self._transport._client = httpx.AsyncClient(  # noqa: SLF001 - see HttpTransport
            base_url=old.base_url,
            timeout=old.timeout,
            limits=LIMITS,
            http2=True,
            verify=self._tls,
            event_hooks={"request": [self._on_request]},
        )

    async def tidy(self) -> None:
        """Close what was given up long ago: an outage that lasts must not use up the sockets."""
        before_ns = self._clock.now_ns() - RETIRED_NS
        while self._retired and self._retired[0][0] <= before_ns:
            await self._retired.popleft()[1].aclose()

    async def close(self) -> None:
        """Close the connections that were given up; the library closes the one in use."""
        while self._retired:
            await self._retired.popleft()[1].aclose()

    @property
    def _http(self) -> httpx.AsyncClient:
        return self._transport._client  # noqa: SLF001 - see HttpTransport

    async def _on_request(self, request: httpx.Request) -> None:
        """Have the HTTP client say when the last byte of a request with orders is out."""
        orders = self._departing.get()
        if not orders:
            return

        async def trace(step: str, _: object) -> None:
            if step.endswith(LAST_BYTE):
                now_ns = self._clock.now_ns()
                for order in orders:
                    order.trip.left_ns = now_ns

        request.extensions["trace"] = trace
