"""The runner: messages in order, overflow told, and every order off before it returns."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec
import pytest

from bot.domain import events
from bot.domain.market import TokenId
from bot.domain.messages import BookSnapshot, MarketMessage
from bot.domain.orders import OrderId
from bot.domain.reports import Canceled
from bot.runner import BATCH_MAX, OVERFLOW, Runner
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


def test_changed_terms_reach_the_engine_and_its_time_never_goes_back() -> None:
    """Whoever read them looked at another clock."""
    world = World()
    world.quote()
    runner = Runner(world.engine, world.venue, Feed([]), SteppingClock(), queue_max=10)
    stopped = msgspec.structs.replace(MARKET, accepting_orders=False)
    runner.on_market(stopped, world.now_ns)
    runner.on_market(MARKET, world.now_ns - 1)
    assert {"o1", "o2"} == set(world.venue.cancels)
    stamps = [event.ts_ns for event in world.sink.events]
    assert sorted(stamps) == stamps


async def test_a_book_without_trust_is_asked_for_again_but_not_at_every_look() -> None:
    """After 5 s, and 30 s after that: a feed that forgot one book is told so."""
    feed = Feed(BOOKS[:1])
    await runner(World(), feed, clock=SteppingClock(1_000 * MS)).run()
    assert {NO} == set(feed.wishes)
    assert 1 <= len(feed.wishes) <= 3
