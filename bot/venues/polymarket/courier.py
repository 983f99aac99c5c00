"""Carries requests to the exchange: cancels before orders, each once, in the order they came.

A cancel never overtakes its own order, because the exchange would not know it yet: while the order
waits here or for the disk it is dropped instead, once it left the cancel waits for the answer
(clob-client #244). Orders that wait together leave together; so do cancels. An order leaves only
once `may_leave` says that its intent is on the disk: what is not written may not happen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from bot.domain.errors import VenueError, VenueUnavailable
from bot.domain.orders import OrderId
from bot.domain.ports import Clock
from bot.domain.reports import RejectionReason
from bot.venues.polymarket.exchange import (
    CANCEL_BATCH_MAX,
    POST_BATCH_MAX,
    ExchangeAccount,
    SignedOrder,
)
from bot.venues.polymarket.outcomes import CancelAnswer, PostAnswer, Refused

POSTS_MAX = 4
"""Requests with orders under way at once; more would only queue at the exchange."""
CANCELS_MAX = 4
"""Requests with cancels under way at once: of their own, so that orders never hold them up."""
NOT_WRITTEN = "not sent: the journal could not take it"


async def at_once() -> bool:
    """Let orders leave unwritten: for whoever keeps no journal."""
    return True


class Courier:
    """Requests that wait or are under way.

    The answers go to `on_post(answer)`, `on_cancel(asked, answer)` and
    `on_cancel_failed(asked, error)`, which must not block. `when_left` is called with each order
    whose bytes went out, before its answer.
    """

    def __init__(
        self,
        account: ExchangeAccount,
        on_post: Callable[[PostAnswer], None],
        on_cancel: Callable[[Sequence[OrderId], CancelAnswer], None],
        on_cancel_failed: Callable[[Sequence[OrderId], VenueError], None],
        clock: Clock,
        may_leave: Callable[[], Awaitable[bool]] = at_once,
    ) -> None:
        """Carry nothing yet. `may_leave` is asked before each request with orders."""
        self.when_left: Callable[[SignedOrder], None] = _ignore
        self._clock = clock
        self._may_leave = may_leave
        self._account = account
        self._on_post = on_post
        self._on_cancel = on_cancel
        self._on_cancel_failed = on_cancel_failed
        self._posts: dict[OrderId, SignedOrder] = {}
        self._cancels: dict[OrderId, None] = {}
        self._posting: set[OrderId] = set()
        self._held: set[OrderId] = set()
        self._posts_away = self._cancels_away = 0
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def post(self, order: SignedOrder) -> None:
        """Send an order, once."""
        self._posts[order.order_id] = order
        self._wake()

    def cancel(self, order_id: OrderId) -> bool:
        """Ask for an order to be taken off; False when it had not left and now never will."""
        if self._posts.pop(order_id, None) is not None:
            return False
        if order_id in self._posting:
            self._held.add(order_id)
        else:
            self._cancels[order_id] = None
            self._wake()
        return True

    def drop_posts(self) -> list[OrderId]:
        """Forget the orders that have not left and return them."""
        dropped, self._posts = list(self._posts), {}
        return dropped

    async def flushed(self) -> None:
        """Return when nothing waits and nothing is under way."""
        await self._idle.wait()

    async def run(self) -> None:
        """Carry for ever; an error that is a bug of ours ends it."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._work.wait()
                self._work.clear()
                while self._cancels and self._cancels_away < CANCELS_MAX:
                    self._cancels_away += 1
                    group.create_task(self._carry_cancels(_take(self._cancels, CANCEL_BATCH_MAX)))
                while self._posts and self._posts_away < POSTS_MAX:
                    self._posts_away += 1
                    batch = [self._posts.pop(i) for i in list(self._posts)[:POST_BATCH_MAX]]
                    self._posting.update(order.order_id for order in batch)
                    group.create_task(self._carry_posts(batch))

    async def _carry_posts(self, batch: Sequence[SignedOrder]) -> None:
        now_ns = self._clock.now_ns()
        for order in batch:
            order.trip.carried_ns = now_ns
        may_leave = await self._may_leave()
        batch = [order for order in batch if not self._is_dropped(order.order_id)]
        answers: list[PostAnswer] = []
        if not may_leave:
            paused = RejectionReason.PAUSED
            answers += [Refused(order.order_id, paused, NOT_WRITTEN) for order in batch]
        elif batch:
            answers = await self._send(batch)
        self._posts_away -= 1
        for answer in answers:
            self._posting.discard(answer.order_id)
            self._on_post(answer)
            if answer.order_id in self._held:
                self._held.discard(answer.order_id)
                if isinstance(answer, Refused):
                    error = VenueUnavailable("the order was refused")
                    self._on_cancel_failed([answer.order_id], error)
                else:
                    self._cancels[answer.order_id] = None
        self._wake()

    async def _send(self, batch: Sequence[SignedOrder]) -> list[PostAnswer]:
        now_ns = self._clock.now_ns()
        for order in batch:
            order.trip.written_ns = now_ns
        answers = await self._account.post(batch)
        for order in batch:
            self.when_left(order)
        return answers

    def _is_dropped(self, order_id: OrderId) -> bool:
        """True for an order that was cancelled while it waited for the disk: it never leaves."""
        if order_id not in self._held:
            return False
        self._held.discard(order_id)
        self._posting.discard(order_id)
        self._on_cancel([order_id], CancelAnswer((order_id,)))
        return True

    async def _carry_cancels(self, order_ids: Sequence[OrderId]) -> None:
        try:
            answer = await self._account.cancel(order_ids)
        except VenueError as error:
            self._on_cancel_failed(order_ids, error)
        else:
            self._on_cancel(order_ids, answer)
        self._cancels_away -= 1
        self._wake()

    def _wake(self) -> None:
        if self._posts or self._cancels:
            self._work.set()
        if self._posts or self._cancels or self._posts_away or self._cancels_away:
            self._idle.clear()
        else:
            self._idle.set()


def _ignore(_: SignedOrder) -> None:
    """Nobody wants to know."""


def _take(waiting: dict[OrderId, None], most: int) -> list[OrderId]:
    batch = list(waiting)[:most]
    for order_id in batch:
        del waiting[order_id]
    return batch
