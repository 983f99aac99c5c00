"""The paper venue: the life of each order between us and a simulated exchange.

* An order reaches the exchange after its entry latency; only then is it refused or does it rest.
* It is refused, in this order: rate_limit by the exchange's token bucket; the exogenous reasons of
  the calibration, one draw an order; paused when the market takes no orders; what matching.py
  refuses; balance by the paper account. An id that was sent before is a duplicate.
* A cancel takes effect when it reaches the exchange, never before its order does. Until then fills
  are real fills. One for an order that is not there, or beyond the rate limit, is refused.
* What happened is reported one response latency later; reports of one order keep their order.
* A match is settled later: CONFIRMED, or FAILED and reversed.

All things due are one heap by (time, sequence): the same seed and calls give the same reports, byte
for byte. Each purpose has its own generator, so one decision more does not reshuffle the others.
The books are read when an order arrives: `advance` to the time of a message before applying it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from bot.domain.calibration import PaperConfig
from bot.domain.errors import InvariantError
from bot.domain.market import Market, Side, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.ports import NEVER, BookView
from bot.domain.reports import (
    Accepted,
    Canceled,
    CancelRefused,
    Filled,
    Rejected,
    RejectionReason,
    TradeState,
    TradeUpdate,
    VenueReport,
)
from bot.venues.paper import models
from bot.venues.paper.ledger import Leg, PaperLedger
from bot.venues.paper.legacy import INTERVAL_NS, LegacyMatching
from bot.venues.paper.level import QueueModel
from bot.venues.paper.matching import Match, Matching

Model = Literal["tape", "legacy"]
Action = Callable[[int], None]


class Traveler:
    """An order from `submit` until its last report: what the venue keeps besides matching.

    `heard_ns` is when we learn of it for the last time so far; nothing is reported before that.
    """

    __slots__ = ("arrival_ns", "heard_ns", "order", "order_id")

    def __init__(self, order_id: OrderId, order: NewOrder, arrival_ns: int) -> None:
        """Send the order on its way."""
        self.order_id = order_id
        self.order = order
        self.arrival_ns = arrival_ns
        self.heard_ns = 0


class PaperVenue:
    """A `Venue` and `MarketObserver` that trades on paper.

    `next_due_ns` is when something happens next, NEVER when nothing will; `when_sooner` is called
    when that became earlier, for whoever sleeps until then. `cash` is the free cash at the start.
    """

    def __init__(
        self,
        books: Mapping[TokenId, BookView],
        markets: Sequence[Market],
        config: PaperConfig,
        *,
        model: Model,
        seed: int,
        cash: int,
    ) -> None:
        """Make an empty venue. `books` is the engine's, read only."""
        self.next_due_ns = NEVER
        self.when_sooner: Callable[[], None] = _ignore
        self.shows_own_orders = False  # the feed is of another exchange
        self._config = config
        self._prefix = f"p-{seed}-"
        self._latency_rng = models.stream(seed, "latency")
        self._rejection_rng = models.stream(seed, "rejection")
        self._cancel_rng = models.stream(seed, "cancel")
        self._notice_rng = models.stream(seed, "notice")
        self._miss_rng = models.stream(seed, "miss")
        self._settlement_rng = models.stream(seed, "settlement")
        self._matching, self._legacy = _fills(books, markets, config, model, seed)
        self.ledger = PaperLedger(cash, _charges(config, is_legacy=self._legacy is not None))
        self._orders_bucket = models.RateBucket(models.ORDERS_PER_S, models.ORDER_BURST)
        self._cancels_bucket = models.RateBucket(models.CANCELS_PER_S, models.CANCEL_BURST)
        self._prepared: dict[OrderId, NewOrder] = {}
        self._live: dict[OrderId, Traveler] = {}
        self._heap: list[tuple[int, int, Action]] = []
        self._known: list[VenueReport] = []
        self._pushed = self._ids = self._trades = 0

    def recalibrate(self, config: PaperConfig) -> None:
        """Use other parameters for what enters from now on; nothing under way is drawn again.

        An order is judged by what holds when it arrives. A price where orders rest already keeps
        its queue model, and they what they are charged.
        """
        self._config = config
        if self._legacy is None:
            self._matching.take_power(config.queue.power_n)
        else:
            self._legacy.set_chance(config.fill_probability)
        self.ledger.charge(_charges(config, is_legacy=self._legacy is not None))

    # the port ------------------------------------------------------------------------------

    def prepare(self, order: NewOrder) -> OrderId:
        """Return the id the order will have. Raises InputError for a token of no market here."""
        self._matching.market_of(order.token)
        self._ids += 1
        order_id = OrderId(f"{self._prefix}{self._ids}")
        self._prepared[order_id] = order
        return order_id

    def submit(self, order_id: OrderId, now_ns: int) -> None:
        """Send a prepared order. Raises InvariantError for an id that `prepare` never gave."""
        trip = models.round_trip(self._config.rtt, self._config.entry_share, self._latency_rng)
        order = self._prepared.pop(order_id, None)
        if order is None:
            self._send_again(order_id, now_ns + trip.entry_ns + trip.response_ns)
            return
        traveler = Traveler(order_id, order, now_ns + trip.entry_ns)
        self._live[order_id] = traveler
        self._matching.watch(order)
        self._push(
            traveler.arrival_ns, lambda due_ns: self._arrive(traveler, due_ns, trip.response_ns)
        )

    def cancel(self, order_id: OrderId, now_ns: int) -> None:
        """Ask for an order to be taken off the book."""
        trip = self._cancel_trip()
        effect_ns = now_ns + trip.entry_ns
        traveler = self._live.get(order_id)
        if traveler is not None:
            effect_ns = max(effect_ns, traveler.arrival_ns)
        self._push(
            effect_ns, lambda due_ns: self._arrive_cancel(order_id, due_ns, trip.response_ns)
        )

    def cancel_all(self, now_ns: int) -> None:
        """Ask for every order that rests when this arrives to be taken off the book."""
        trip = self._cancel_trip()
        self._push(
            now_ns + trip.entry_ns,
            lambda due_ns: self._arrive_cancel_all(due_ns, trip.response_ns),
        )

    def advance(self, now_ns: int) -> list[VenueReport]:
        """Do everything due up to now, in order of time, and return what we learn by it."""
        self._work(now_ns)
        reports, self._known = self._known, []
        self._set_next()
        return reports

    # the tape ------------------------------------------------------------------------------

    def on_level(
        self, token: TokenId, *, is_bid: bool, price: int, before: int, after: int, now_ns: int
    ) -> None:
        """Take the change of the size shown at one level."""
        if self.next_due_ns <= now_ns:
            self._work(now_ns)
        self._matching.on_level(
            token, is_bid=is_bid, price=price, before=before, after=after, now_ns=now_ns
        )

    def on_print(self, token: TokenId, side: Side, price: int, size: int, now_ns: int) -> None:
        """Take one public trade: `side` is the taker's on `token`."""
        if self.next_due_ns <= now_ns:
            self._work(now_ns)
        matches = self._matching.on_print(token, side, price, size, now_ns)
        if matches:
            self._fill(matches, now_ns)

    def on_continuity_lost(self, tokens: Sequence[TokenId], now_ns: int) -> None:
        """Take that the books of these tokens may not be trusted until their next snapshot."""
        if self.next_due_ns <= now_ns:
            self._work(now_ns)
        self._matching.on_continuity_lost(tokens)

    # at the exchange -----------------------------------------------------------------------

    def _arrive(self, traveler: Traveler, now_ns: int, response_ns: int) -> None:
        """Refuse the order or put it on the book."""
        order_id, order = traveler.order_id, traveler.order
        reason = self._refusal(order_id, order, now_ns)
        heard_ns = now_ns + response_ns
        is_missed = self._miss_rng.random() < self._config.queue.theta_miss
        if reason is not None:
            del self._live[order_id]
            self._matching.unwatch(order)
            self._report(traveler, heard_ns, Rejected(order_id, reason))
            return
        ahead = self._matching.rest(order_id, order, now_ns, is_missed=is_missed)
        self._report(traveler, heard_ns, Accepted(order_id, ahead))
        if self._legacy is not None:
            self._evaluate_later(self._legacy, order_id, now_ns)

    def _refusal(self, order_id: OrderId, order: NewOrder, now_ns: int) -> RejectionReason | None:
        drawn = models.draw_rejection(self._config.rejections, self._rejection_rng)
        if not self._orders_bucket.take(1, now_ns):
            return RejectionReason.RATE_LIMIT
        if drawn is not None:
            return drawn
        if not self._matching.market_of(order.token).accepting_orders:
            return RejectionReason.PAUSED
        reason = self._matching.refusal(order)
        if reason is None and not self.ledger.reserve(order_id, order):
            return RejectionReason.BALANCE
        return reason

    def _send_again(self, order_id: OrderId, heard_ns: int) -> None:
        number = order_id.removeprefix(self._prefix)
        if not (number.isdecimal() and 0 < int(number) <= self._ids):
            raise InvariantError(f"order {order_id} was never prepared")
        report = Rejected(order_id, RejectionReason.DUPLICATE)
        self._push(heard_ns, lambda _: self._known.append(report))

    def _arrive_cancel(self, order_id: OrderId, now_ns: int, response_ns: int) -> None:
        heard_ns = now_ns + response_ns
        if not self._cancels_bucket.take(1, now_ns):
            self._refuse_cancel(order_id, heard_ns, "Too Many Requests")
        elif self._matching.remove(order_id):
            self._take_off(order_id, heard_ns)
        else:
            self._refuse_cancel(order_id, heard_ns, "already canceled or matched")

    def _arrive_cancel_all(self, now_ns: int, response_ns: int) -> None:
        resting = self._matching.resting()
        if self._cancels_bucket.take(1 + len(resting), now_ns):
            for order_id in resting:
                self._matching.remove(order_id)
                self._take_off(order_id, now_ns + response_ns)

    def _take_off(self, order_id: OrderId, heard_ns: int) -> None:
        traveler = self._live.pop(order_id)
        self.ledger.release(order_id)
        self._report(traveler, heard_ns, Canceled(order_id))

    def _refuse_cancel(self, order_id: OrderId, heard_ns: int, text: str) -> None:
        traveler = self._live.get(order_id)
        report = CancelRefused(order_id, text)
        if traveler is None:
            self._push(heard_ns, lambda _: self._known.append(report))
        else:
            self._report(traveler, heard_ns, report)

    def _evaluate(self, legacy: LegacyMatching, order_id: OrderId, now_ns: int) -> None:
        """Let the legacy model look at one order, and again later while it lives."""
        matches = legacy.evaluate(order_id)
        if matches:
            self._fill(matches, now_ns)
        if order_id in self._live:
            self._evaluate_later(legacy, order_id, now_ns)

    def _evaluate_later(self, legacy: LegacyMatching, order_id: OrderId, now_ns: int) -> None:
        self._push(now_ns + INTERVAL_NS, lambda due_ns: self._evaluate(legacy, order_id, due_ns))

    def _fill(self, matches: Sequence[Match], now_ns: int) -> None:
        """Account for what traded in one print, and send word of it."""
        self._trades += 1
        trade_id = f"{self._prefix}t{self._trades}"
        for match in matches:
            self._fill_one(match, trade_id, now_ns)

    def _fill_one(self, match: Match, trade_id: str, now_ns: int) -> None:
        order_id, traveler = match.order_id, self._live[match.order_id]
        order = traveler.order
        leg = self.ledger.fill(order_id, match.size)
        if not self._matching.is_resting(order_id):
            del self._live[order_id]
        report = Filled(
            order_id=order_id,
            trade_id=trade_id,
            token=order.token,
            side=order.side,
            price=order.price,
            size=match.size,
            evidence=match.evidence,
            state=TradeState.MATCHED,
            fee=leg.fee,
            queue_ahead=match.queue_ahead,
            matched_ns=now_ns,
        )
        trip = models.round_trip(self._config.rtt, self._config.entry_share, self._notice_rng)
        self._report(traveler, now_ns + trip.response_ns, report)
        end = models.draw_settlement(self._config.settlement, self._settlement_rng)
        update = TradeUpdate(order_id, trade_id, end.state)
        due_ns = max(now_ns + end.delay_ns, traveler.heard_ns)
        self._push(due_ns, lambda _: self._settle(leg, update))

    def _settle(self, leg: Leg, update: TradeUpdate) -> None:
        if update.state is TradeState.CONFIRMED:
            self.ledger.confirm(leg)
        else:
            self.ledger.fail(leg)
        self._known.append(update)

    # the heap ------------------------------------------------------------------------------

    def _cancel_trip(self) -> models.RoundTrip:
        return models.round_trip(
            self._config.cancel_rtt, self._config.entry_share, self._cancel_rng
        )

    def _report(self, traveler: Traveler, heard_ns: int, report: VenueReport) -> None:
        """Let a report be known at `heard_ns`, but not before an earlier one of the same order."""
        traveler.heard_ns = max(traveler.heard_ns, heard_ns)
        self._push(traveler.heard_ns, lambda _: self._known.append(report))

    def _push(self, due_ns: int, action: Action) -> None:
        self._pushed += 1
        heapq.heappush(self._heap, (due_ns, self._pushed, action))
        if due_ns < self.next_due_ns:
            self.next_due_ns = due_ns
            self.when_sooner()

    def _work(self, now_ns: int) -> None:
        """Do what is due, each at its own time."""
        heap = self._heap
        while heap and heap[0][0] <= now_ns:
            due_ns, _, action = heapq.heappop(heap)
            action(due_ns)
        self._set_next()

    def _set_next(self) -> None:
        # Reports that wait to be fetched keep the time they became due.
        if not self._known:
            self.next_due_ns = self._heap[0][0] if self._heap else NEVER


def _fills(
    books: Mapping[TokenId, BookView],
    markets: Sequence[Market],
    config: PaperConfig,
    model: Model,
    seed: int,
) -> tuple[Matching, LegacyMatching | None]:
    """Return what decides fills, and the same again if it has to be asked at intervals."""
    if model == "legacy":
        rng = models.stream(seed, "legacy")
        legacy = LegacyMatching(markets, books, config.fill_probability, rng)
        return legacy, legacy
    queue = QueueModel(config.queue.power_n, models.stream(seed, "queue"))
    return Matching(markets, books, queue), None


def _charges(config: PaperConfig, *, is_legacy: bool) -> models.Charges:
    if is_legacy:
        return models.Charges(bps=config.maker_fee_bps + config.adverse_selection_bps)
    return models.Charges(cents_per_share=config.residual_cash_cents)


def _ignore() -> None:
    """Nobody sleeps until something is due."""
