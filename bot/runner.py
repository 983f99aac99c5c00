"""Drives one engine in real time: one bounded queue in, one loop that alone touches the engine.

The feed fills the queue; the loop empties it, lets what is due happen at its time, and sleeps. When
the queue is full the engine has fallen behind: what does not fit is dropped, and the engine is told
that continuity is lost, which pulls every quote until fresh books arrive. An error out of engine or
venue is a bug of ours: nothing is quoted after it, and all orders are asked off, then it is raised.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

from bot.domain.market import Market, TokenId
from bot.domain.messages import FeedGap, MarketMessage
from bot.domain.ports import NEVER, Clock, MarketFeed, Venue
from bot.domain.units import NS_PER_MS, NS_PER_S
from bot.drive import catch_up
from bot.engine import Engine

OVERFLOW = "queue overflow"
STOOD_STILL = "this process stood still"
STALL_NS = 5 * NS_PER_S
"""Waking up so much later than meant, the machine slept or the process was stopped: the books are
of before, and the exchange may have cancelled everything."""
WIND_DOWN_NS = 20 * NS_PER_S
"""Longest wait for orders to come off the book when stopping."""
PATIENCE_NS = 5 * NS_PER_S
"""A book may be without trust this long before a new snapshot is asked for."""
WISH_AGAIN_NS = 30 * NS_PER_S
"""Between two such requests for one token."""
BATCH_MAX = 256
"""Messages handled before other tasks get their turn."""


class Runner:
    """One engine, its venue and its feed on one event loop.

    `is_broken` once an error came out of engine or venue: nobody may drive the engine after that.
    """

    def __init__(
        self,
        engine: Engine,
        venue: Venue,
        feed: MarketFeed,
        clock: Clock,
        *,
        queue_max: int,
    ) -> None:
        """Be ready to `run`; takes over the venue's `when_sooner`."""
        self._engine = engine
        self._venue = venue
        self._feed = feed
        self._clock = clock
        self._queue_max = queue_max
        self._queue: deque[tuple[int, MarketMessage]] = deque()
        self._wake = asyncio.Event()
        self._overflowed = False
        self._stopping = False
        self._latest_ns = 0
        self._wake_by_ns = NEVER
        self.is_broken = False
        self._wish_ns: dict[TokenId, int] = {}
        self._terms: dict[str, tuple[int, Market]] = {}
        venue.when_sooner = self._wake.set

    def stop(self) -> None:
        """Ask `run` to take every order off and return; safe from a signal handler of the loop."""
        self._stopping = True
        self._wake.set()

    def now_ns(self) -> int:
        """Return the time now; the engine does nothing at an earlier one any more."""
        return self._time(self._clock.now_ns())

    def on_market(self, market: Market, now_ns: int) -> None:
        """Have the engine take the terms of its market, which somebody read at `now_ns`, soon."""
        self._terms[market.slug] = now_ns, market
        self._wake.set()

    async def run(self) -> None:
        """Trade until `stop`; then cancel everything and wait, for a limited time, for it to go.

        A feed that ends or fails ends the run the same way, and its error is raised afterwards. Any
        other error is raised at once, after everything was asked off the book: whoever called must
        see to it that it goes, and may no longer trust the engine.
        """
        reading = asyncio.create_task(self._read())
        reading.add_done_callback(lambda _: self.stop())
        try:
            await self._trade()
        except BaseException as error:
            self._give_up(error)
            await _closed(reading)
            raise
        if (feed_error := await _closed(reading)) is not None:
            raise feed_error

    async def _trade(self) -> None:
        while not self._stopping:
            self._work()
            await self._rest(NEVER)
        self._engine.stop(self._time(self._clock.now_ns()))
        deadline_ns = self._clock.now_ns() + WIND_DOWN_NS
        self._work()
        while self._has_open_orders() and self._clock.now_ns() < deadline_ns:
            await self._rest(deadline_ns)
            self._work()

    def _give_up(self, error: BaseException) -> None:
        """Quote no more and ask for everything to be taken off, whatever is broken by now."""
        self.is_broken = isinstance(error, Exception)
        now_ns = self._time(self._clock.now_ns())
        for step in (self._engine.stop, self._venue.cancel_all):
            try:
                step(now_ns)
            except Exception as second:  # noqa: BLE001 - the first error is the reason to tell
                error.add_note(f"{step.__qualname__} failed after it: {second!r}")

    async def _read(self) -> None:
        async for item in self._feed.messages():
            if len(self._queue) >= self._queue_max:
                self._overflowed = True
            else:
                self._queue.append(item)
            self._wake.set()

    def _work(self) -> None:
        """Handle what is there, and what is due when nothing is left."""
        self._wake.clear()
        self._notice_a_stall()
        self._take_terms()
        self._handle_batch()
        if not self._queue:
            now_ns = self._time(self._clock.now_ns())
            catch_up(self._engine, self._venue, now_ns)
            self._wish_for_books(now_ns)

    async def _rest(self, until_ns: int) -> None:
        """Sleep until something is due, arrives, or `until_ns`; only let others in when behind."""
        now_ns = self._wake_by_ns = self._clock.now_ns()
        if self._queue:
            await asyncio.sleep(0)
            return
        due_ns = min(self._engine.next_due_ns, self._venue.next_due_ns, until_ns)
        self._wake_by_ns = max(now_ns, due_ns)
        wait_s = max(NS_PER_MS, due_ns - now_ns) / NS_PER_S
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._wake.wait()

    def _handle_batch(self) -> None:
        if self._overflowed:
            self._overflowed = False
            self._queue.clear()
            self._engine.on_message(FeedGap(OVERFLOW), self._time(self._clock.now_ns()))
        for _ in range(min(BATCH_MAX, len(self._queue))):
            at_ns, message = self._queue.popleft()
            now_ns = self._time(at_ns)
            catch_up(self._engine, self._venue, now_ns)
            self._engine.on_message(message, now_ns)

    def _notice_a_stall(self) -> None:
        """Give continuity up as of the last moment known, before anything later is decided."""
        if self._clock.now_ns() - self._wake_by_ns > STALL_NS:
            self._engine.on_message(FeedGap(STOOD_STILL), self._latest_ns)

    def _take_terms(self) -> None:
        terms, self._terms = self._terms, {}
        for at_ns, market in terms.values():
            now_ns = self._time(max(at_ns, self._clock.now_ns()))
            catch_up(self._engine, self._venue, now_ns)
            self._engine.on_market(market, now_ns)

    def _wish_for_books(self, now_ns: int) -> None:
        """Ask for new snapshots of the books that have not been valid for a while."""
        untrusted = self._engine.untrusted_tokens()
        self._wish_ns = {
            token: self._wish_ns.get(token, now_ns + PATIENCE_NS) for token in untrusted
        }
        for token, due_ns in self._wish_ns.items():
            if now_ns >= due_ns:
                self._feed.resubscribe(token)
                self._wish_ns[token] = now_ns + WISH_AGAIN_NS

    def _time(self, ns: int) -> int:
        # The engine's time never goes back: a message may have waited while the clock was read.
        self._latest_ns = max(self._latest_ns, ns)
        return self._latest_ns

    def _has_open_orders(self) -> bool:
        return any(True for _ in self._engine.accounting.orders.open_orders())


async def _closed(reading: asyncio.Task[None]) -> BaseException | None:
    """End the reading of the feed and return the error that it had ended with, if any."""
    reading.cancel()
    await asyncio.wait([reading])
    return None if reading.cancelled() else reading.exception()
