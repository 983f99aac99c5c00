"""The bridge hands over reports at their times and decides nothing."""

import asyncio
import contextlib
from collections.abc import Sequence

import pytest

from bot.domain.book import Book
from bot.domain.calibration import Latency, PaperConfig, RejectionParameters
from bot.domain.market import ConditionId, Market, Side, TokenId
from bot.domain.orders import NewOrder
from bot.domain.reports import Accepted, VenueReport
from bot.venues.paper.bridge import PaperBridge
from bot.venues.paper.venue import PaperVenue

YES, NO = TokenId("yes"), TokenId("no")
MARKET = Market(ConditionId("0x"), "slug", "?", YES, NO, tick=100, size_min=5_000_000)
MS = 1_000_000


class Watch:
    """A clock that stands at the given times, one a reading, and at the last from then on."""

    def __init__(self, times: Sequence[int]) -> None:
        """Take at least one time, in ns."""
        self.times = list(times)

    def now_ns(self) -> int:
        """Return the next time."""
        return self.times.pop(0) if len(self.times) > 1 else self.times[0]


def venue_of() -> PaperVenue:
    """A venue whose orders take 2 ms."""
    config = PaperConfig(
        rtt=Latency(median_ms=2, sigma=0), rejections=RejectionParameters(probability={})
    )
    books = {YES: Book(YES, 100), NO: Book(NO, 100)}
    return PaperVenue(books, [MARKET], config, model="tape", seed=1, cash=10**9)


def send(venue: PaperVenue) -> None:
    """Send one order at time 0."""
    order = NewOrder(decision_id=1, token=YES, side=Side.BUY, price=5000, size=5_000_000, level=0)
    venue.submit(venue.prepare(order), 0)


class Inbox:
    """Keeps what is delivered and says when the first report came."""

    def __init__(self) -> None:
        """Be empty."""
        self.reports: list[VenueReport] = []
        self.came = asyncio.Event()

    def take(self, report: VenueReport) -> None:
        """Take one report."""
        self.reports.append(report)
        self.came.set()


@contextlib.asynccontextmanager
async def running(bridge: PaperBridge):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Run a bridge for the time of a block."""
    task = asyncio.create_task(bridge.run())
    yield task
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_reports_come_when_they_are_due() -> None:
    """The bridge sleeps until the arrival and again until the answer."""
    venue, inbox = venue_of(), Inbox()
    send(venue)
    bridge = PaperBridge(venue, Watch([0, 0, 1 * MS, 1 * MS, 2 * MS]), inbox.take)
    async with running(bridge):
        await asyncio.wait_for(inbox.came.wait(), 5)
    assert [Accepted] == [type(report) for report in inbox.reports]


async def test_it_wakes_when_something_is_due_sooner() -> None:
    """With nothing due it sleeps for good; an order sent meanwhile wakes it."""
    venue, inbox = venue_of(), Inbox()
    bridge = PaperBridge(venue, Watch([0, 5 * MS]), inbox.take)
    async with running(bridge):
        await asyncio.sleep(0)
        assert [] == inbox.reports
        send(venue)
        await asyncio.wait_for(inbox.came.wait(), 5)
    assert [Accepted] == [type(report) for report in inbox.reports]


async def test_an_error_of_the_reader_is_not_hidden() -> None:
    """What `deliver` raises ends the bridge with that error."""
    venue = venue_of()
    send(venue)

    def refuse(_: VenueReport) -> None:
        raise LookupError("no such order")

    with pytest.raises(LookupError, match="no such order"):
        await asyncio.wait_for(PaperBridge(venue, Watch([9 * MS]), refuse).run(), 5)
