"""One stage a venue: the same market, the same books, the same strangers, behind the same port.

On paper the strangers are messages on a simulated clock; at the local exchange they are acts of its
hidden side, and everything of ours goes through HTTP, signatures and the user channel.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from bot.clock import SystemClock
from bot.domain.book import Book
from bot.domain.calibration import PaperConfig, RejectionParameters
from bot.domain.market import Side, TokenId
from bot.domain.messages import BookSnapshot
from bot.domain.orders import NewOrder, OrderId
from bot.domain.ports import Venue
from bot.domain.reports import Sent, VenueReport
from bot.domain.units import CASH_SCALE, NS_PER_S
from bot.sandbox.exchange.control import Print, do
from bot.sandbox.exchange.server import Server
from bot.sandbox.exchange.state import Exchange
from bot.venues.paper.venue import PaperVenue
from bot.venues.polymarket import client
from bot.venues.polymarket.exchange import AccountKeys
from bot.venues.polymarket.rate_limit import SignerLimits
from bot.venues.polymarket.user_stream import UserStreamSettings
from bot.venues.polymarket.venue import PolymarketConfig, PolymarketVenue
from tests.bot.sandbox.exchange.world import MARKET, QUICK, opening, opening_flow

CERTAIN = PaperConfig(rejections=RejectionParameters({}))
"""Paper that refuses nothing at random."""
OWNER_KEY = "0x" + "11" * 32
"""A private key for tests; it owns nothing anywhere."""
CASH = 25 * CASH_SCALE
WAIT_S = 60.0
STEP_NS = 10 * NS_PER_S
Done = Callable[[list[VenueReport]], bool]


class Stage(Protocol):
    """A venue with a world around it that the test can move."""

    venue: Venue
    reports: list[VenueReport]

    def now_ns(self) -> int:
        """Return the venue's time."""
        ...

    def stranger_trades(self, token: TokenId, side: Side, price: int, size: int) -> None:
        """Let somebody else take liquidity; `side` is the taker's."""
        ...

    async def until(self, done: Done) -> None:
        """Let time pass until the reports so far satisfy `done`."""
        ...


def place(stage: Stage, order: NewOrder) -> OrderId:
    """Prepare and send one order."""
    order_id = stage.venue.prepare(order)
    stage.venue.submit(order_id, stage.now_ns())
    return order_id


def books() -> dict[TokenId, Book]:
    """The opening books as our feed shows them."""
    made = {}
    for message in opening():
        assert isinstance(message, BookSnapshot)
        book = made[message.token] = Book(message.token, MARKET.tick)
        book.load(message.bids, message.asks)
    return made


class PaperStage:
    """The paper venue on a clock of its own; a step is ten seconds."""

    def __init__(self) -> None:
        """Begin at time 0 with the opening books."""
        self._now_ns = NS_PER_S
        self._paper = PaperVenue(books(), [MARKET], CERTAIN, model="tape", seed=1, cash=CASH)
        self.venue: Venue = self._paper
        self.reports: list[VenueReport] = []

    def now_ns(self) -> int:
        """Return the simulated time."""
        return self._now_ns

    def stranger_trades(self, token: TokenId, side: Side, price: int, size: int) -> None:
        """Show a print to the venue."""
        self._paper.on_print(token, side, price, size, self._now_ns)

    async def until(self, done: Done) -> None:
        """Step on, at most a hundred times."""
        for _ in range(100):
            if done(self.reports):
                return
            self._now_ns = min(self._now_ns + STEP_NS, max(self.venue.next_due_ns, self._now_ns))
            self.reports += self.venue.advance(self._now_ns)
        raise AssertionError(f"it never happened; reports so far: {self.reports}")


class SandboxStage:
    """The real venue at a local exchange, in real time."""

    def __init__(self, venue: PolymarketVenue, exchange: Server) -> None:
        """Take a venue that is running."""
        self.venue: Venue = venue
        self.reports: list[VenueReport] = []
        self._clock = SystemClock()
        self.server = exchange
        self.real = venue
        self._news = asyncio.Event()
        venue.when_sooner = self._news.set

    def now_ns(self) -> int:
        """Return the real time."""
        return self._clock.now_ns()

    def stranger_trades(self, token: TokenId, side: Side, price: int, size: int) -> None:
        """Let the exchange have a trade at once."""
        do(self.server.exchange, Print(token, side, price, size), self._clock.now_ns())
        self.server.wake()

    async def until(self, done: Done) -> None:
        """Fetch reports as they become known."""
        async with asyncio.timeout(WAIT_S):
            while not done(self.reports):
                self._news.clear()
                fetched = self.venue.advance(self.now_ns())
                # That an order left is for measuring: a paper order does not leave.
                self.reports += [each for each in fetched if not isinstance(each, Sent)]
                if not fetched:
                    await self._news.wait()


@asynccontextmanager
async def paper_stage() -> AsyncIterator[Stage]:
    """Give a paper stage."""
    yield PaperStage()


@asynccontextmanager
async def sandbox_stage() -> AsyncIterator[Stage]:
    """Give a stage at a local exchange, recovered and running."""
    clock = SystemClock()
    exchange = Exchange([MARKET], QUICK, clock.now_ns())
    async with Server(exchange, opening_flow(), clock) as server:
        limits = SignerLimits()
        where = client.environment(server.url)
        async with client.connect(AccountKeys(OWNER_KEY), limits, clock, where) as account:
            stream = UserStreamSettings(url=f"{server.ws_url}/ws/user")
            venue = PolymarketVenue(
                account, account, [MARKET], books(), clock,
                PolymarketConfig(doubt_s=0.05, stream=stream), rng=random.Random(1),
            )  # fmt: skip
            await venue.recover(clock.now_ns() // NS_PER_S)
            running = asyncio.create_task(venue.run())
            await venue.stream.opened.wait()
            yield SandboxStage(venue, server)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
