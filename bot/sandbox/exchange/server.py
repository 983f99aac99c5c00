"""The exchange on one address: one event loop serves REST and both channels, and keeps the time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from types import TracebackType
from typing import Self

import msgspec
from aiohttp import web

from bot.domain.messages import MarketMessage
from bot.domain.ports import NEVER, Clock
from bot.domain.units import NS_PER_S
from bot.sandbox.exchange.calls import Answer, Call
from bot.sandbox.exchange.faults import Operation
from bot.sandbox.exchange.refusals import Refused
from bot.sandbox.exchange.routes import ROUTES, Route
from bot.sandbox.exchange.sockets import Sockets
from bot.sandbox.exchange.state import Exchange
from bot.venues.paper import models

HOST = "127.0.0.1"
"""Where it listens unless told otherwise: nobody on another machine reaches it."""
BODY_BYTES_MAX = 1 << 20
BATCH_MAX = 256
"""Messages of the flow taken before requests get their turn."""

Flow = Iterator[tuple[int, MarketMessage]]
"""(ns since the start of the flow, message), in order of time."""


class Server:
    """Serves one exchange while it is entered: `async with Server(...) as server`.

    `port` 0 takes a free one on `host`; `url` tells which. The flow runs `config.speed` times as
    fast as the clock and starts on entering.
    """

    def __init__(
        self, exchange: Exchange, flow: Flow, clock: Clock, port: int = 0, host: str = HOST
    ) -> None:
        """Be ready to be entered."""
        self.exchange = exchange
        self.sockets = Sockets(exchange, clock, self.wake)
        self._clock = clock
        self._port = port
        self._host = host
        self._flow = flow
        self._next_flow: tuple[int, MarketMessage] | None = None
        self._opened_ns = clock.now_ns()
        self._wake = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._timekeeper: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where REST is, without a slash at its end."""
        return f"http://{self._host}:{self._port}"

    @property
    def ws_url(self) -> str:
        """Where the channels are: add /ws/market or /ws/user."""
        return f"ws://{self._host}:{self._port}"

    async def __aenter__(self) -> Self:
        """Listen, and let time run. Raises OSError when the port is taken."""
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._opened_ns = self._clock.now_ns()
        self._next_flow = next(self._flow, None)
        self._work()
        self._timekeeper = asyncio.create_task(self._keep_time())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection and stop."""
        if self._timekeeper is not None:
            self._timekeeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._timekeeper
        await self.sockets.disconnect()
        if self._runner is not None:
            await self._runner.cleanup()

    async def wait(self) -> None:
        """Wait until time cannot go on: never, unless there is an error, which it raises."""
        if self._timekeeper is not None:
            await self._timekeeper

    def wake(self) -> None:
        """Look at the clock again: it was moved, or something was done to the exchange."""
        self._wake.set()

    # time ----------------------------------------------------------------------------------

    async def _keep_time(self) -> None:
        while True:
            self._wake.clear()
            is_behind = self._work()
            if is_behind:
                await asyncio.sleep(0)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._wait_s()):
                    await self._wake.wait()

    def _work(self) -> bool:
        """Do what is due, in order of time; return whether some of it is left."""
        now_ns = self._clock.now_ns()
        for _ in range(BATCH_MAX):
            due_ns = self._flow_due_ns()
            if due_ns > now_ns or self._next_flow is None:
                break
            self.exchange.advance(due_ns)
            self.exchange.on_flow(self._next_flow[1], due_ns)
            self._next_flow = next(self._flow, None)
        is_behind = self._flow_due_ns() <= now_ns
        if not is_behind:
            self.exchange.advance(now_ns)
        self.sockets.deliver(self.exchange.drain())
        return is_behind

    def _flow_due_ns(self) -> int:
        if self._next_flow is None:
            return NEVER
        return self._opened_ns + int(self._next_flow[0] / self.exchange.config.speed)

    def _wait_s(self) -> float:
        due_ns = min(self.exchange.next_due_ns, self._flow_due_ns())
        return max(0, due_ns - self._clock.now_ns()) / NS_PER_S

    # requests ------------------------------------------------------------------------------

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        for route in ROUTES:
            app.router.add_route(route.method, route.path, self._handler(route))
        app.router.add_get("/ws/market", self.sockets.market)
        app.router.add_get("/ws/user", self.sockets.user)
        app.router.add_post("/control/disconnect", self._disconnect)
        return app

    def _handler(self, route: Route) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            return await self._serve(route, request)

        return handle

    async def _serve(self, route: Route, request: web.Request) -> web.Response:
        body = await request.read()
        trip = self._draw_trip(route.operation)
        await asyncio.sleep(trip.entry_ns / NS_PER_S)
        response, is_lost = self._answer(route, request, body)
        self.wake()
        await asyncio.sleep(trip.response_ns / NS_PER_S)
        if is_lost:
            await asyncio.sleep(self.exchange.faults.hold_s)
            if request.transport is not None:
                request.transport.abort()
        return response

    def _answer(self, route: Route, request: web.Request, body: bytes) -> tuple[web.Response, bool]:
        self._work()
        call = Call(
            method=request.method,
            path=request.path,
            name=request.match_info.get("name", ""),
            query={name: ",".join(request.query.getall(name)) for name in request.query},
            headers=request.headers,
            body=body,
            now_ns=self._clock.now_ns(),
        )
        try:
            answer = route.handler(self.exchange, call)
        except Refused as refused:
            return _json(refused.status, refused.body, refused.headers), False
        return _json(200, answer.body, answer.headers), answer.is_lost

    def _draw_trip(self, operation: Operation | None) -> models.RoundTrip:
        exchange = self.exchange
        latency = None if operation is None else exchange.faults.latency.get(operation)
        if operation is None or latency is None:
            return models.RoundTrip(0, 0)
        rng = exchange.hall.dice.of(operation.value)
        return models.round_trip(latency, exchange.faults.entry_share, rng)

    async def _disconnect(self, _request: web.Request) -> web.Response:
        return _json(200, Answer({"disconnected": await self.sockets.disconnect()}).body, {})


def _json(status: int, body: object, headers: dict[str, str]) -> web.Response:
    return web.Response(
        status=status,
        body=msgspec.json.encode(body),
        content_type="application/json",
        headers=headers,
    )
