"""The runner: messages in order, overflow told, and every order off before it returns."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec
import pytest

from bot.domain import events
from bot.domain.errors import InvariantError
from bot.domain.market import TokenId
from bot.domain.messages import BookSnapshot, MarketMessage
from bot.domain.orders import OrderId
from bot.domain.ports import NEVER
from bot.domain.reports import Canceled, VenueReport
from bot.runner import BATCH_MAX, OVERFLOW, STOOD_STILL, Runner
from tests.bot.engine.world import ASKS, BIDS, MARKET, NO, SHARE, START_NS, YES, FakeVenue, World

MS = 1_000_000
TURNS = 20
"""Turns of the loop in which the runner handles what the feed has given."""
Items = Sequence[tuple[int, MarketMessage]]


class SteppingClock:
    """A clock that moves on whenever it is read, so that nothing ever waits long."""

    def __init__(self, step_ns: int = 300 * MS) -> None:
        self.ns = START_NS
        self.step_ns = step_ns

    def now_ns(self) -> int:
        """Return the time, later than the last one."""
        self.ns += self.step_ns
        return self.ns


class Feed:
    """A feed that gives its items, lets the bot work on them, and ends or fails."""

    def __init__(self, items: Items, error: Exception | None = None) -> None:
        self.items = items
        self.error = error
        self.wishes: list[TokenId] = []

    def resubscribe(self, token: TokenId) -> None:
        """Remember the wish."""
        self.wishes.append(token)

    async def messages(self) -> AsyncIterator[tuple[int, MarketMessage]]:
        """Yield the items."""
        for item in self.items:
            yield item
        for _ in range(TURNS):
            await asyncio.sleep(0)
        if self.error is not None:
            raise self.error


class EndlessFeed(Feed):
    """A feed that calls `at_end` after its items and then says nothing more."""

    at_end: Callable[[], None]
    was_closed = False

    async def messages(self) -> AsyncIterator[tuple[int, MarketMessage]]:
        """Yield the items and hang."""
        for item in self.items:
            yield item
        for _ in range(TURNS):
            await asyncio.sleep(0)
        self.at_end()
        try:
            await asyncio.Event().wait()
        finally:
            self.was_closed = True


BOOKS: Items = [
    (START_NS, BookSnapshot(START_NS, YES, BIDS, ASKS, None, "")),
    (START_NS, BookSnapshot(START_NS, NO, BIDS, ASKS, None, "")),
]


class ObligingVenue(FakeVenue):
    """Confirms each cancel at once."""

    def cancel(self, order_id: OrderId, now_ns: int) -> None:
        """Have the confirmation ready."""
        super().cancel(order_id, now_ns)
        self.waiting.append(Canceled(order_id))
        self.next_due_ns = now_ns
        self.when_sooner()


def runner(
    world: World, feed: Feed, *, clock: SteppingClock | None = None, queue_max: int = 10_000
) -> Runner:
    """A runner over a world's engine and venue."""
    return Runner(world.engine, world.venue, feed, clock or SteppingClock(), queue_max=queue_max)


async def test_a_feed_that_ends_takes_every_order_off() -> None:
    """Books come, quotes go out, the feed ends: the orders are gone when `run` returns."""
    world = World(venue=ObligingVenue())
    await runner(world, Feed(BOOKS)).run()
    assert 2 == len(world.venue.submitted)
    assert set(world.venue.submitted) == set(world.venue.cancels)
    assert [] == world.open_orders
    assert 1 == len(world.venue.cancel_alls)


async def test_a_feed_that_fails_is_raised_after_the_orders_are_off() -> None:
    """The error is not swallowed, and not raised before the book is clean."""
    world = World(venue=ObligingVenue())
    with pytest.raises(OSError, match="gone"):
        await runner(world, Feed(BOOKS, OSError("gone"))).run()
    assert [] == world.open_orders


async def test_an_overflowing_queue_is_a_feed_gap() -> None:
    """What does not fit is dropped, and the engine is told that continuity is lost."""
    world = World()
    await runner(world, Feed([*BOOKS, *BOOKS, *BOOKS]), queue_max=2).run()
    assert [OVERFLOW] == [event.reason for event in world.sink.of(events.FeedLost)]
    assert [] == world.venue.submitted


async def test_stopping_waits_for_the_cancels() -> None:
    """`stop` ends the run only when the venue has confirmed every cancel."""
    world = World(venue=ObligingVenue())
    feed = EndlessFeed(BOOKS)
    running = runner(world, feed)
    feed.at_end = running.stop
    await running.run()
    assert [] == world.open_orders
    assert feed.was_closed


async def test_a_venue_that_never_answers_does_not_hold_the_bot_for_ever() -> None:
    """The wait for cancels is limited; what could not be taken off stays known as open."""
    world = World()
    clock = SteppingClock(step_ns=5_000 * MS)
    await runner(world, Feed(BOOKS), clock=clock).run()
    assert 2 == len(world.open_orders)
    assert set(world.venue.submitted) == set(world.venue.cancels)


async def test_messages_that_waited_are_taken_at_a_time_that_never_goes_back() -> None:
    """Batches of old messages and a clock far ahead: events stay in order of time."""
    world = World(venue=ObligingVenue())
    items = list(BOOKS)
    for i in range(2 * BATCH_MAX):
        size = (1 + i) * SHARE
        world.truth[YES].apply(is_bid=True, price=4700, size=size)
        change = world.level_change(YES, 4700, size, is_bid=True)
        items.append((START_NS + i, world.changes(change)))
    await runner(world, Feed(items), clock=SteppingClock(step_ns=1_000 * MS)).run()
    times = [event.ts_ns for event in world.sink.events]
    assert sorted(times) == times
    assert 2 * BATCH_MAX * SHARE == world.tokens[YES].book.size_at(is_bid=True, price=4700)


async def test_changed_terms_reach_the_engine_and_its_time_never_goes_back() -> None:
    """They were read at a time of their own, and it is the loop that hands them over."""
    world = World(venue=ObligingVenue())
    feed = EndlessFeed(BOOKS)
    running = runner(world, feed)
    stopped = msgspec.structs.replace(MARKET, accepting_orders=False)

    def change_twice() -> None:
        running.on_market(MARKET, START_NS)
        running.on_market(stopped, world.sink.events[-1].ts_ns + 3_600_000 * MS)
        running.stop()

    feed.at_end = change_twice
    await running.run()
    assert not world.engine.desks[MARKET.slug].market.accepting_orders
    stamps = [event.ts_ns for event in world.sink.events]
    assert sorted(stamps) == stamps


async def test_a_book_without_trust_is_asked_for_again_but_not_at_every_look() -> None:
    """After 5 s, and 30 s after that: a feed that forgot one book is told so."""
    feed = Feed(BOOKS[:1])
    await runner(World(venue=ObligingVenue()), feed, clock=SteppingClock(1_000 * MS)).run()
    assert {NO} == set(feed.wishes)
    assert 1 <= len(feed.wishes) <= 3


class BrokenVenue(FakeVenue):
    """Fails when its reports are fetched, which is due once something was sent to it.

    `is_hopeless`: whatever it is asked for later fails too.
    """

    is_hopeless = False

    def submit(self, order_id: OrderId, now_ns: int) -> None:
        """Have something to fetch, soon."""
        super().submit(order_id, now_ns)
        self.next_due_ns = now_ns + MS
        self.when_sooner()

    def advance(self, now_ns: int) -> list[VenueReport]:
        """Fail."""
        raise InvariantError("a bug of ours")

    def cancel(self, order_id: OrderId, now_ns: int) -> None:
        """Fail once nothing works any more."""
        if self.is_hopeless:
            raise InvariantError("and another")
        super().cancel(order_id, now_ns)


@pytest.mark.parametrize("is_hopeless", [False, True])
async def test_a_bug_takes_every_order_off_before_it_is_raised(*, is_hopeless: bool) -> None:
    """Everything is asked off, the reason is the first error, and nothing is quoted any more."""
    venue = BrokenVenue()
    venue.is_hopeless = is_hopeless
    world, feed = World(venue=venue), EndlessFeed(BOOKS)
    feed.at_end = lambda: None
    running = runner(world, feed)
    with pytest.raises(InvariantError, match="a bug of ours") as raised:
        await running.run()
    assert venue.cancel_alls
    assert running.is_broken
    assert is_hopeless == hasattr(raised.value, "__notes__")
    assert is_hopeless or set(venue.submitted) == set(venue.cancels)
    venue.next_due_ns = NEVER
    sent = list(venue.submitted)
    world.now_ns += 10_000 * MS
    world.send(BookSnapshot(world.now_ns, YES, ((4900, SHARE),), ASKS, None, ""))
    world.wait(60_000)
    assert sent == venue.submitted


async def test_a_bug_is_told_even_when_the_feed_fails_too() -> None:
    """A feed that fails is weather; what broke the bot is what somebody must read."""
    world = World(venue=BrokenVenue())
    with pytest.raises(InvariantError, match="a bug of ours"):
        await runner(world, Feed(BOOKS, OSError("gone"))).run()
    assert world.venue.cancel_alls


async def test_a_machine_that_slept_trades_on_no_old_book() -> None:
    """An hour passed in which nothing came: none of it is decided on the books of before."""
    world, feed, clock = World(venue=ObligingVenue()), EndlessFeed(BOOKS), SteppingClock()
    running = runner(world, feed, clock=clock)
    slept_ns = []

    def sleep_for_an_hour() -> None:
        slept_ns.append(clock.ns)
        clock.ns += 3_600_000 * MS
        running.on_market(MARKET, START_NS)  # wakes it up
        asyncio.get_running_loop().call_later(0.05, running.stop)

    feed.at_end = sleep_for_an_hour
    await running.run()
    (lost,) = world.sink.of(events.FeedLost)
    assert (STOOD_STILL, True) == (lost.reason, lost.ts_ns <= slept_ns[0])
    assert [] == [e for e in world.sink.of(events.OrderSubmitted) if e.ts_ns > slept_ns[0]]
    stamps = [event.ts_ns for event in world.sink.events]
    assert sorted(stamps) == stamps


def cancel(task: asyncio.Task[None]) -> None:
    """Have a task cancelled."""
    task.cancel()


async def test_a_run_that_is_cancelled_takes_every_order_off() -> None:
    """Whoever cancels the task has no time to wait, but the orders are asked off."""
    world, feed = World(), EndlessFeed(BOOKS)
    subject = runner(world, feed)
    running = asyncio.create_task(subject.run())
    feed.at_end = lambda: cancel(running)
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not subject.is_broken
    assert world.venue.submitted
    assert set(world.venue.submitted) == set(world.venue.cancels)
    assert world.venue.cancel_alls


async def test_terms_that_the_engine_cannot_take_end_the_run() -> None:
    """They come from a task of their own, where nobody would see the error."""
    world, feed = World(), EndlessFeed(BOOKS)
    running = runner(world, feed)
    foreign = msgspec.structs.replace(MARKET, slug="snow")
    feed.at_end = lambda: running.on_market(foreign, START_NS)
    with pytest.raises(InvariantError, match="snow"):
        await running.run()
    assert world.venue.cancel_alls
