"""Requests leave once, cancels first, and a cancel never overtakes its order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from bot.domain.errors import InvariantError, OutcomeUnknown, VenueError, VenueUnavailable
from bot.domain.orders import OrderId
from bot.domain.reports import RejectionReason
from bot.venues.polymarket.courier import POSTS_MAX, Courier
from bot.venues.polymarket.exchange import CANCEL_BATCH_MAX, POST_BATCH_MAX, SignedOrder
from bot.venues.polymarket.outcomes import CancelAnswer, PostAnswer, Refused, Taken
from tests.bot.venues.polymarket.fake_account import FakeAccount, HandClock, Script, settle
from tests.bot.venues.polymarket.own_account import order_id


class Office:
    """A courier with what it delivered."""

    def __init__(self) -> None:
        """Deliver nothing yet."""
        self.account, self.clock = FakeAccount(), HandClock()
        self.answers: list[PostAnswer] = []
        self.canceled: list[tuple[Sequence[OrderId], CancelAnswer]] = []
        self.failed: list[tuple[list[OrderId], VenueError]] = []
        self.courier = Courier(
            self.account,
            self.answers.append,
            lambda asked, answer: self.canceled.append((asked, answer)),
            lambda asked, error: self.failed.append((list(asked), error)),
            self.clock,
        )

    def post(self, *numbers: int) -> None:
        """Send orders."""
        for number in numbers:
            self.courier.post(SignedOrder(order_id(number), None))

    def calls(self) -> list[tuple[str, int]]:
        """What left, with how many orders in it."""
        return [(name, len(ids)) for name, ids in self.account.asked]


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Office]:
    """A courier at work."""
    made = Office()
    running = asyncio.create_task(made.courier.run())
    await settle()
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_orders_that_wait_together_leave_together(office: Office) -> None:
    """One request for both sides of a quote, and an answer for each."""
    office.post(1, 2)
    await office.courier.flushed()
    assert [("post", 2)] == office.calls()
    assert [Taken(order_id(1)), Taken(order_id(2))] == office.answers


async def test_cancels_leave_before_orders(office: Office) -> None:
    """Although the order was there first."""
    office.post(1)
    assert office.courier.cancel(order_id(9))
    await office.courier.flushed()
    assert [("cancel", 1), ("post", 1)] == office.calls()
    assert [([order_id(9)], CancelAnswer((order_id(9),)))] == office.canceled


async def test_batches_have_their_limits(office: Office) -> None:
    """15 orders and 100 cancels a request."""
    office.post(*range(20))
    for number in range(1000, 1001 + CANCEL_BATCH_MAX):
        office.courier.cancel(OrderId(f"0x{number:064x}"))
    await office.courier.flushed()
    expected = [
        ("cancel", CANCEL_BATCH_MAX), ("cancel", 1),
        ("post", POST_BATCH_MAX), ("post", 20 - POST_BATCH_MAX),
    ]  # fmt: skip
    assert expected == office.calls()


async def test_orders_under_way_are_limited_and_cancels_pass_them(office: Office) -> None:
    """A slow exchange holds up orders, never cancels."""
    office.account.gate.clear()
    for number in range(POSTS_MAX + 1):
        office.post(number)
        await settle()
    office.courier.cancel(order_id(99))
    await settle()
    assert [("post", 1)] * POSTS_MAX + [("cancel", 1)] == office.calls()
    office.account.gate.set()
    await office.courier.flushed()
    assert POSTS_MAX + 1 == len(office.answers)


async def test_an_order_that_has_not_left_never_leaves(office: Office) -> None:
    """Its cancel is done without asking anybody."""
    office.post(1)
    assert not office.courier.cancel(order_id(1))
    await settle()
    assert [] == office.calls()


async def test_orders_that_wait_can_be_dropped(office: Office) -> None:
    """All of them, by name."""
    office.post(1, 2)
    assert [order_id(1), order_id(2)] == office.courier.drop_posts()
    await settle()
    assert [] == office.calls()


async def test_a_cancel_waits_for_the_answer_of_its_order(office: Office) -> None:
    """clob-client #244: the exchange would not know the order yet."""
    office.account.gate.clear()
    office.post(1)
    await settle()
    assert office.courier.cancel(order_id(1))
    await settle()
    assert [("post", 1)] == office.calls()
    office.account.gate.set()
    await office.courier.flushed()
    assert [("post", 1), ("cancel", 1)] == office.calls()


async def test_the_cancel_of_a_refused_order_is_refused(office: Office) -> None:
    """There is nothing to take off."""
    office.account.gate.clear()
    office.account.posts = Script([[Refused(order_id(1), RejectionReason.BALANCE)]])
    office.post(1)
    await settle()
    office.courier.cancel(order_id(1))
    office.account.gate.set()
    await office.courier.flushed()
    assert [("post", 1)] == office.calls()
    assert [[order_id(1)]] == [asked for asked, _ in office.failed]


@pytest.mark.parametrize("error", [OutcomeUnknown("cut"), VenueUnavailable("not sent")])
async def test_a_failed_cancel_is_delivered_and_not_repeated(
    office: Office, error: VenueError
) -> None:
    """What to do about it is decided elsewhere."""
    office.account.cancels = Script([error])
    office.courier.cancel(order_id(1))
    await office.courier.flushed()
    assert [([order_id(1)], error)] == office.failed
    assert [("cancel", 1)] == office.calls()


async def test_a_bug_ends_the_courier() -> None:
    """It is not swallowed in a task nobody looks at."""
    office = Office()
    office.account.posts = Script([InvariantError("ours")])
    office.post(1)
    with pytest.raises(ExceptionGroup) as caught:
        await office.courier.run()
    assert caught.group_contains(InvariantError, match="ours")


async def test_an_order_that_could_not_be_written_does_not_leave() -> None:
    """Nothing is asked of the exchange; the answer proves that it never will be."""
    office = Office()

    async def refuse() -> bool:
        return False

    office.courier = Courier(
        office.account,
        office.answers.append,
        lambda *_: None,
        lambda *_: None,
        office.clock,
        refuse,
    )
    running = asyncio.create_task(office.courier.run())
    office.post(1)
    await settle()
    (answer,) = office.answers
    assert isinstance(answer, Refused)
    assert RejectionReason.PAUSED is answer.reason
    assert [] == office.calls()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_order_cancelled_while_it_waits_for_the_disk_never_leaves() -> None:
    """The disk takes milliseconds, in which the market may have turned."""
    office, written = Office(), asyncio.Event()

    async def write() -> bool:
        await written.wait()
        return True

    office.courier = Courier(
        office.account,
        office.answers.append,
        lambda asked, answer: office.canceled.append((asked, answer)),
        lambda *_: None,
        office.clock,
        write,
    )
    running = asyncio.create_task(office.courier.run())
    office.post(1, 2)
    await settle()
    assert office.courier.cancel(order_id(1))
    written.set()
    await office.courier.flushed()
    assert [("post", (order_id(2),))] == office.account.asked
    assert [([order_id(1)], CancelAnswer((order_id(1),)))] == office.canceled
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_the_stations_of_an_order_are_noted(office: Office) -> None:
    """When it was carried, when it was written, and that it left."""
    left: list[SignedOrder] = []
    office.courier.when_left = left.append
    office.clock.time_ns = 7
    office.post(1)
    await office.courier.flushed()
    (order,) = left
    assert (7, 7, None) == (order.trip.carried_ns, order.trip.written_ns, order.trip.left_ns)
