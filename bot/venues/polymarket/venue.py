"""The `Venue` on the real exchange: requests out, news in, and the same reports as on paper.

Everything here is one event loop. The engine's calls return at once; `run` carries the requests,
beats, reads the user channel, settles doubts and compares with the exchange's lists. What is
learned waits with its local time until `advance` hands it out; `when_sooner` wakes who sleeps.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from bot.domain.book import Book
from bot.domain.errors import InputError, InvariantError, OutcomeUnknown, VenueError
from bot.domain.market import Market, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.ports import NEVER, Clock
from bot.domain.reports import (
    CancelReason,
    CancelRefused,
    Filled,
    Rejected,
    RejectionReason,
    VenueReport,
)
from bot.domain.units import NS_PER_S
from bot.venues.polymarket.core import PastOrder, Truth, VenueCore
from bot.venues.polymarket.courier import Courier, at_once
from bot.venues.polymarket.drift import drift
from bot.venues.polymarket.exchange import Balances, DayIncome, ExchangeAccount, SignedOrder
from bot.venues.polymarket.heartbeat import Heartbeat
from bot.venues.polymarket.look_back import LookBack
from bot.venues.polymarket.orders import Stage, ended
from bot.venues.polymarket.outcomes import CancelAnswer, PostAnswer
from bot.venues.polymarket.queue_ahead import queue_ahead
from bot.venues.polymarket.recovery import Recovered, Sweep, recover, sweep
from bot.venues.polymarket.settlement import Owner
from bot.venues.polymarket.user_stream import UserStream, UserStreamSettings
from bot.venues.polymarket.user_wire import Trade, UserMessage

GTD_LEAD_S = 60
"""The exchange withdraws an order this long before its stated end (polymarket.md 2.3)."""
WARM_S = 10.0
"""Between two uses of the orders' connection, so that an order never waits for a handshake."""


class PolymarketConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Times in seconds.

    * `truth_s`: between two comparisons with the exchange's lists. `doubt_s`: between two
      questions for an order in doubt.
    * `order_life_s`: orders end by themselves after this (at least 120); 0 is good till cancelled.
    """

    truth_s: float = 30.0
    doubt_s: float = 1.0
    order_life_s: int = 0
    stream: UserStreamSettings = UserStreamSettings()


class PolymarketVenue:
    """A `Venue` that trades real money.

    `next_due_ns` is when the oldest report that waits became known, NEVER without any; `balances`
    is what the exchange said last, `None` before it did; `drift` is by how much each token is off
    what our fills explain. `truth_failures` counts comparisons that could not be made.
    """

    def __init__(  # noqa: PLR0913 - everything around one account, wired once
        self,
        account: ExchangeAccount,
        heart: ExchangeAccount,
        markets: Sequence[Market],
        books: Mapping[TokenId, Book],
        clock: Clock,
        config: PolymarketConfig,
        *,
        rng: random.Random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        may_leave: Callable[[], Awaitable[bool]] = at_once,
    ) -> None:
        """Send nothing yet. `heart` is the same account on a connection of its own.

        `may_leave` is asked before orders leave: whether their intent is on the disk.
        """
        keys = account.stream_keys
        self.next_due_ns = NEVER
        self.when_sooner: Callable[[], None] = _ignore
        self.shows_own_orders = True
        self.balances: Balances | None = None
        self.drift: dict[TokenId, int] = {}
        self.limits = account.limits
        self.core = VenueCore(Owner(keys.api_key, account.address))
        self.heartbeat = Heartbeat(heart, clock, sleep)
        self.stream = UserStream(keys, config.stream, rng, self._on_message, self._want_truth)
        self._account = account
        self._market_of = {token: market for market in markets for token in market.tokens}
        self._books = books
        self._clock = clock
        self._config = config
        self._sleep = sleep
        self._courier = Courier(
            account, self._on_post, self._on_cancel, self._on_cancel_failed, clock, may_leave
        )
        self._courier.when_left = self._on_left
        self._start_balances: Balances | None = None
        self._prepared: dict[OrderId, SignedOrder] = {}
        self._known: deque[tuple[int, VenueReport]] = deque()
        self._truth_wanted = asyncio.Event()
        self._doubts_wanted = asyncio.Event()
        self._sweep_wanted = asyncio.Event()
        self.truth_failures = 0
        self._look_back = LookBack(self.core.settlement, clock.now_ns())

    # the port ------------------------------------------------------------------------------

    def prepare(self, order: NewOrder) -> OrderId:
        """Return the hash the order will have. Raises InputError for a token of no market here."""
        market = self._market_of.get(order.token)
        if market is None:
            raise InputError(f"token {order.token} belongs to no market of this venue")
        now_ns = self._clock.now_ns()
        signed = self._account.sign(order, market, self._expires_s(now_ns))
        signed.trip.asked_ns, signed.trip.signed_ns = now_ns, self._clock.now_ns()
        self.core.orders.prepare(signed.order_id, order, market, now_ns)
        self._prepared[signed.order_id] = signed
        return signed.order_id

    def submit(self, order_id: OrderId, now_ns: int) -> None:
        """Send a prepared order. Raises InvariantError for an id that `prepare` never gave."""
        order, signed = self.core.orders.get(order_id), self._prepared.pop(order_id, None)
        if order is None:
            raise InvariantError(f"order {order_id} was never prepared")
        reason = RejectionReason.DUPLICATE if signed is None else self._refusal(now_ns)
        if signed is None or reason is not None:
            if signed is not None:
                order.stage = Stage.ENDED
            self._report([Rejected(order_id, reason or RejectionReason.OTHER)], now_ns)
            return
        order.stage = Stage.SENT
        order.changed_ns = now_ns
        order.queue_ahead = queue_ahead(order.new, self._books, self.core.orders)
        signed.trip.tick_ns = now_ns
        self._courier.post(signed)

    def cancel(self, order_id: OrderId, now_ns: int) -> None:
        """Ask for an order to be taken off the book."""
        order = self.core.orders.get(order_id)
        if order is None or order.stage is Stage.PREPARED:
            self._report([CancelRefused(order_id, "it was never sent")], now_ns)
            return
        order.cancel_asked = True
        if not self._courier.cancel(order_id):
            self._report(ended(order, CancelReason.REQUESTED, now_ns), now_ns)

    def cancel_all(self, now_ns: int) -> None:
        """Ask for every order to be taken off, and keep at it until the exchange lists none.

        When that cannot be had, beats stop: then the exchange does it (polymarket.md 8.2).
        """
        self._take_back(now_ns)
        self._sweep_wanted.set()

    def advance(self, now_ns: int) -> list[VenueReport]:
        """Return the reports that became known up to now, in order."""
        reports = []
        while self._known and self._known[0][0] <= now_ns:
            reports.append(self._known.popleft()[1])
        self.next_due_ns = self._known[0][0] if self._known else NEVER
        return reports

    # living --------------------------------------------------------------------------------

    async def recover(self, trades_after_s: int) -> Recovered:
        """Take everything off, read the account, arm the heartbeat. Call before anything else.

        Raises VenueUnavailable when the exchange cannot be read or keeps orders of ours.
        """
        recovered = await recover(self._account, list(self._market_of), trades_after_s, self._sleep)
        self.balances = self._start_balances = recovered.balances
        await self.heartbeat.beat()
        return recovered

    def adopt(self, past: Sequence[PastOrder], trades: Sequence[Trade]) -> list[Filled]:
        """Take the orders of an earlier run after `recover`; return all their fills so far."""
        return self.core.adopt(past, trades, self._clock.now_ns())

    async def run(self) -> None:
        """Do what a venue does, until cancelled; an error that is a bug of ours ends it."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._courier.run())
            group.create_task(self.heartbeat.run())
            group.create_task(self._keep_warm())
            group.create_task(self.stream.run())
            group.create_task(self._compare_for_ever())
            group.create_task(self._settle_doubts())
            group.create_task(self._sweep_when_asked())

    async def income(self, day: str) -> DayIncome:
        """Return the rewards and rebates of a day, given as YYYY-MM-DD. Raises VenueError."""
        return await self._account.income(day)

    async def stop(self) -> Sweep:
        """Take everything off, verify it, and beat no more. `run` must still be running.

        Two sweeps: one now, and one for the orders that were under way meanwhile.
        """
        self._take_back(self._clock.now_ns())
        await self._sweep()
        await self._courier.flushed()
        swept = await self._sweep()
        await self._compare()
        self.heartbeat.stop()
        return swept

    def _on_left(self, signed: SignedOrder) -> None:
        sent = signed.trip.report(signed.order_id)
        if sent is not None:
            self._report([sent], self._clock.now_ns())

    # answers and news ----------------------------------------------------------------------

    def _on_message(self, message: UserMessage) -> None:
        now_ns = self._clock.now_ns()
        silent = self.heartbeat.is_overdue(now_ns)
        unasked = CancelReason.HEARTBEAT if silent else CancelReason.VENUE
        self._report(self.core.on_message(message, now_ns, unasked), now_ns)

    def _on_post(self, answer: PostAnswer) -> None:
        now_ns = self._clock.now_ns()
        self._report(self.core.on_post_answer(answer, now_ns), now_ns)

    def _on_cancel(self, asked: Sequence[OrderId], answer: CancelAnswer) -> None:
        now_ns = self._clock.now_ns()
        self._report(self.core.on_cancel_answer(asked, answer, now_ns), now_ns)

    def _on_cancel_failed(self, asked: Sequence[OrderId], error: VenueError) -> None:
        now_ns = self._clock.now_ns()
        if isinstance(error, OutcomeUnknown):
            self._report(self.core.on_cancel_lost(asked, str(error), now_ns), now_ns)
            return
        for order_id in asked:
            self._report(self.core.on_cancel_refused(order_id, str(error), now_ns), now_ns)

    def _report(self, reports: Sequence[VenueReport], now_ns: int) -> None:
        """Keep reports until they are fetched, and note what has to be asked."""
        if self._known:
            now_ns = max(now_ns, self._known[-1][0])
        self._known.extend((now_ns, report) for report in reports)
        if self.core.doubts:
            self._doubts_wanted.set()
        if self.core.wants_truth:
            self.core.wants_truth = False
            self._want_truth()
        if self._known and self._known[0][0] < self.next_due_ns:
            self.next_due_ns = self._known[0][0]
            self.when_sooner()

    # questions -----------------------------------------------------------------------------

    def _want_truth(self) -> None:
        self._truth_wanted.set()

    async def _compare_for_ever(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._config.truth_s):
                    await self._truth_wanted.wait()
            except TimeoutError:
                pass  # it is time anyway
            self._truth_wanted.clear()
            await self._compare()

    async def _compare(self) -> None:
        """Compare with the exchange's lists; a failure is counted and the next round comes."""
        asked_ns = self._clock.now_ns()
        trades_after_s = self._look_back.after_s(asked_ns)
        try:
            truth = Truth(
                asked_ns,
                await self._account.open_orders(),
                await self._account.trades(trades_after_s),
            )
        except VenueError:
            self.truth_failures += 1
            return
        self._look_back.was_read(asked_ns)
        now_ns = self._clock.now_ns()
        reports, zombies = self.core.on_truth(truth, now_ns)
        for order_id in zombies:
            self._courier.cancel(order_id)
        self._report(reports, now_ns)
        self.core.forget(now_ns)
        await self._compare_balances()

    async def _compare_balances(self) -> None:
        try:
            self.balances = await self._account.balances(list(self._market_of))
        except VenueError:
            self.truth_failures += 1
            return
        if self._start_balances is not None:
            self.drift = drift(self._start_balances, self.balances, self.core.settlement)

    async def _settle_doubts(self) -> None:
        """Ask for the orders in doubt, one after the other, until there are none."""
        while True:
            await self._doubts_wanted.wait()
            self._doubts_wanted.clear()
            for order_id in list(self.core.doubts):
                await self._ask(order_id)
            if self.core.doubts:
                self._doubts_wanted.set()
                await self._sleep(self._config.doubt_s)

    async def _ask(self, order_id: OrderId) -> None:
        try:
            news = await self._account.order(order_id)
        except VenueError:
            return  # it stays in doubt
        now_ns = self._clock.now_ns()
        self._report(self.core.on_query(order_id, news, now_ns), now_ns)

    async def _keep_warm(self) -> None:
        while True:
            await self._sleep(WARM_S)
            await self._account.keep_warm()

    # sweeping ------------------------------------------------------------------------------

    async def _sweep_when_asked(self) -> None:
        while True:
            await self._sweep_wanted.wait()
            await self._sweep()

    def _take_back(self, now_ns: int) -> None:
        """Drop the orders that have not left, and expect the others to be taken off."""
        for order_id in self._courier.drop_posts():
            order = self.core.orders.get(order_id)
            if order is not None:
                self._report(ended(order, CancelReason.REQUESTED, now_ns), now_ns)
        for order in self.core.orders.alive():
            order.cancel_asked = True

    async def _sweep(self) -> Sweep:
        self._sweep_wanted.clear()
        swept = await sweep(self._account, self._sleep)
        for answer in swept.answers:
            self._on_cancel((), answer)
        if not swept.is_clean:
            self.heartbeat.stop()
        self._want_truth()
        return swept

    # small things --------------------------------------------------------------------------

    def _refusal(self, now_ns: int) -> RejectionReason | None:
        """Why the order may not even leave."""
        if self.limits.is_held(now_ns):
            return RejectionReason.PAUSED
        return None if self.limits.admit(now_ns) else RejectionReason.RATE_LIMIT

    def _expires_s(self, now_ns: int) -> int | None:
        life_s = self._config.order_life_s
        return now_ns // NS_PER_S + GTD_LEAD_S + life_s if life_s else None


def _ignore() -> None:
    """Nobody sleeps until something is due."""
