"""What the twin does: production's decisions on a paper venue, fed by production's own market.

It takes decisions, never outcomes. An order is placed on paper when production decides it, at that
very time, and a cancel is asked for when production decides it, whatever the exchange answers or
when. What the exchange makes of an order is followed for the comparison alone, and to leave
production's orders out of the books. Orders that production can decide about no more, because the
exchange refused, ended or filled them, are taken off on paper too (`compare.Pair.lapses_ns`).

Every order is judged by itself: the paper account never refuses one for what it holds, because its
holdings are another history of fills. It has no desk, no limits and no kill switch, and knows no
clock: time comes with each item, and goes on between them by what is due.
"""

from __future__ import annotations

from typing import Any

import msgspec

from bot import __version__
from bot.domain import events, messages
from bot.domain.calibration import PaperConfig
from bot.domain.errors import InvariantError
from bot.domain.ledger import MarketLedger
from bot.domain.market import Side, TokenId
from bot.domain.orders import OPEN, Order, OrderId, OrderStatus, Trigger
from bot.domain.ports import EventSink
from bot.domain.units import SIZE_SCALE, complement
from bot.engine import Publisher, TokenState
from bot.engine.accounting import Accounting
from bot.engine.core import FORGET_NS
from bot.engine.equity import equity_marked
from bot.engine.market_data import MarketData
from bot.engine.tokens import level_key
from bot.twin.compare import Comparison, Pair
from bot.twin.frames import Item, Tick, TwinSetup
from bot.twin.others import OthersBook, OthersTape
from bot.twin.real_orders import Place, RealOrder, RealOrders
from bot.venues.paper.venue import PaperVenue

DEEP = 10**9 * SIZE_SCALE
"""Dollars and tokens of the paper account: more than any run can use."""
LAPSED = "lapsed"
"""Why the twin cancels what production can decide about no more."""


class Twin:
    """Production's orders on paper, in one market. `is_over` once production has ended in order."""

    def __init__(
        self,
        setup: TwinSetup,
        paper: PaperConfig,
        calibration_hash: str,
        sinks: tuple[EventSink, ...],
    ) -> None:
        """Wire a paper venue to the books without production's orders."""
        self._setup = setup
        self._calibration_hash = calibration_hash
        self.market = market = setup.market
        self._tokens = {token: TokenState(market, token) for token in market.tokens}
        self._real = RealOrders(market)
        self.venue = PaperVenue(
            {token: OthersBook(state, self._real) for token, state in self._tokens.items()},
            [market],
            paper,
            model="tape",
            seed=setup.seed,
            cash=DEEP,
        )
        self.venue.ledger.tokens.update(dict.fromkeys(market.tokens, DEEP))
        self._out = Publisher(f"{setup.run_id}-twin", sinks)
        self._ledger = MarketLedger(market)
        self._ledger.open(setup.holdings, setup.mid)
        self.accounting = Accounting(self._tokens, {market.slug: self._ledger}, self._out)
        self._data = MarketData(self._tokens, (OthersTape(self._real, self.venue),))
        self._pairs = Comparison(self._out)
        self._now_ns = 0
        self._peak = 0
        self.is_over = False

    @property
    def last_seq(self) -> int:
        """The number of the last event published."""
        return self._out.seq

    def start(self, now_ns: int) -> None:
        """Publish what runs here."""
        self._now_ns = now_ns
        self._out.publish(
            events.RunStarted(
                **self._out.stamp(now_ns),
                version=__version__,
                venue="paper-tape",
                seed=self._setup.seed,
                config_hash=self._setup.config_hash,
                calibration_hash=self._calibration_hash,
                markets=(self.market.slug,),
                outcomes={token: self.market.outcome(token) for token in self.market.tokens},
            )
        )

    def recalibrate(self, paper: PaperConfig, calibration_hash: str, until_ns: int) -> None:
        """Use another calibration for what enters from now on, and say so."""
        self.venue.recalibrate(paper)
        self._out.publish(
            events.CalibrationLoaded(
                **self._out.stamp(self._now_ns),
                calibration_hash=calibration_hash,
                measured_until_ns=until_ns,
            )
        )

    def stop(self, reason: str) -> None:
        """Publish the end; what still rests on paper ends with the venue."""
        self._out.publish(
            events.RunStopped(**self._out.stamp(self._now_ns), reason=reason, open_orders=0)
        )

    def take(self, item: Item, now_ns: int) -> None:
        """Take one item at its time, after everything that was due before it."""
        now_ns = max(self._now_ns, now_ns)
        self._catch_up(now_ns)
        self._now_ns = now_ns
        match item:
            case TwinSetup():
                raise InvariantError("a twin is set up once")
            case Tick():
                self._settle(now_ns)
            case (
                messages.LevelChanges()
                | messages.BookSnapshot()
                | messages.TradePrint()
                | messages.TickSizeChange()
                | messages.MarketResolved()
                | messages.FeedGap()
                | messages.DamagedFrame()
            ):
                self._on_message(item, now_ns)
            case _:
                self._on_event(item, now_ns)
                self._pairs.refresh()

    # the market -----------------------------------------------------------------------------

    def _on_message(self, message: messages.MarketMessage, now_ns: int) -> None:
        data = self._data
        match message:
            case messages.LevelChanges():
                data.note_time(now_ns, message.ts_venue_ns)
                data.on_changes(message, now_ns)
            case messages.BookSnapshot():
                data.note_time(now_ns, message.ts_venue_ns)
                data.on_snapshot(message, now_ns)
            case messages.TradePrint():
                data.note_time(now_ns, message.ts_venue_ns)
                data.on_print(message, now_ns)
            case messages.TickSizeChange() if message.token in self._tokens:
                self._tokens[message.token].book.set_tick(message.tick)
                data.lose([message.token], now_ns)
            case messages.FeedGap():
                data.counts.gaps += 1
                lost = [token for token in message.tokens or self._tokens if token in self._tokens]
                data.lose(lost, now_ns)
            case messages.DamagedFrame():
                data.counts.damaged += 1
            case _:  # the market's end comes with its terms
                pass
        self._note_moves(now_ns)

    def _note_moves(self, now_ns: int) -> None:
        moved, self._data.moved = self._data.moved, []
        for state in moved:
            book = state.book
            state.bid_level, state.ask_level = book.bid_level, book.ask_level
            state.note_mid(now_ns)
            if book.state is not state.told_state:
                state.told_state = book.state
                self._out.publish(
                    events.BookStateChanged(**self._stamp(book.token), state=book.state)
                )

    # decisions ------------------------------------------------------------------------------

    def _on_event(self, event: events.Event, now_ns: int) -> None:
        match event:
            case events.OrderSubmitted():
                self._submit(event, now_ns)
            case events.CancelRequested():
                self._follow(event)
                self._cancel(event.order_id, event.decision_id, event.reason, now_ns)
            case events.QuoteSampled():
                self._publish_sample(event)
            case events.EquityMarked():
                self._publish_equity()
            case events.FeedCounted():
                fields = self._data.take_counts().as_fields(self._data.clock, now_ns)
                self._out.publish(events.FeedCounted(**self._out.stamp(now_ns), **fields))
            case events.RunStopped():
                self._pairs.judge_all(now_ns)
                self.stop(event.reason)
                self.is_over = True
            case _:
                self._follow(event)

    def _submit(self, event: events.OrderSubmitted, now_ns: int) -> None:
        real = self._real.submit(event)
        self._watch(real)
        self._refresh_own()
        new = real.order.new
        order = Order(self.venue.prepare(new), new, now_ns)
        self.accounting.orders.add(order)
        self._tokens[new.token].watch_order(order)
        self._pairs.add(Pair(real, order, self.market.slug))
        changes = {**self._stamp(new.token), "order_id": order.order_id}
        self._out.publish(msgspec.structs.replace(event, **changes))
        self.venue.submit(order.order_id, now_ns)

    def _cancel(self, order_id: OrderId, decision_id: int, reason: str, now_ns: int) -> None:
        """Cancel the twin of an order of production, once, unless it has ended."""
        pair = self._pairs.get(order_id)
        if pair is None:
            return
        order = pair.paper
        if order.status not in OPEN or order.status is OrderStatus.PENDING_CANCEL:
            return
        order.apply(Trigger.REQUEST_CANCEL, now_ns)
        self._out.publish(
            events.CancelRequested(
                **self._stamp(order.new.token),
                order_id=order.order_id,
                decision_id=decision_id,
                reason=reason,
            )
        )
        self.venue.cancel(order.order_id, now_ns)

    # production's own orders ----------------------------------------------------------------

    def _follow(self, event: events.Event) -> None:
        if self._real.follow(event) is not None:
            self._refresh_own()

    def _refresh_own(self) -> None:
        """Leave production's open orders out of the touch, as production itself does."""
        ours = [real.order for real in self._real if real.order.is_open]
        for state in self._tokens.values():
            state.own.refresh(ours)

    def _watch(self, real: RealOrder) -> None:
        for token, is_bid, price in real.places:
            watch, key = self._tokens[token].watch, level_key(price, is_bid=is_bid)
            watch[key] = watch.get(key, 0) + 1

    def _unwatch(self, place: Place) -> None:
        token, is_bid, price = place
        watch, key = self._tokens[token].watch, level_key(price, is_bid=is_bid)
        watch[key] -= 1
        if not watch[key]:
            del watch[key]

    def _settle(self, now_ns: int) -> None:
        for real in self._real.settle(now_ns):
            for place in real.places:
                self._unwatch(place)
        self.accounting.forget(now_ns - FORGET_NS)

    # time -----------------------------------------------------------------------------------

    def _catch_up(self, now_ns: int) -> None:
        while (due_ns := self._due_ns()) <= now_ns:
            self._now_ns = max(self._now_ns, due_ns)
            self._on_time(due_ns)
            self._pairs.refresh()

    def _due_ns(self) -> int:
        markouts = self.accounting.markouts
        return min(self.venue.next_due_ns, markouts.next_due_ns, self._pairs.next_due_ns)

    def _on_time(self, now_ns: int) -> None:
        for report in self.venue.advance(now_ns):
            order = self.accounting.handle(report, now_ns)
            if order is not None:  # a trace would show production's orders, and trains nothing
                self._tokens[order.new.token].traces.clear()
        self.accounting.measure_markouts(now_ns)
        for pair in self._pairs.lapsed(now_ns):
            self._cancel(pair.real.order_id, pair.real.new.decision_id, LAPSED, now_ns)
        for order_id in self._pairs.judge(now_ns):
            left = self._real.forget(order_id)
            for place in () if left is None else left.places:
                self._unwatch(place)

    # what is told ---------------------------------------------------------------------------

    def _publish_sample(self, event: events.QuoteSampled) -> None:
        """Tell the market as production saw it, with the quotes that rest on paper."""
        bids: list[int] = []
        asks: list[int] = []
        for order in self.accounting.orders.open_orders():
            new, is_yes = order.new, order.new.token == self.market.yes
            if order.cancel_requested_ns is None:
                price = new.price if is_yes else complement(new.price)
                (bids if (new.side is Side.BUY) is is_yes else asks).append(price)
        self._out.publish(
            msgspec.structs.replace(
                event,
                **self._stamp(),
                our_bid=max(bids, default=None),
                our_ask=min(asks, default=None),
                net_size=self._ledger.net_size,
            )
        )

    def _publish_equity(self) -> None:
        """Mark the paper account at the same moment as production's; not before the first mid."""
        mids = self._tokens[self.market.yes].mids
        if not mids:
            return
        worth = self._ledger.mark(mids[-1][1])
        self._peak = max(self._peak, worth.equity)
        self._out.publish(
            equity_marked(self._stamp(), self.market, self._ledger, worth, self._peak)
        )

    def _stamp(self, token: TokenId | None = None) -> dict[str, Any]:
        return self._out.stamp(self._now_ns, self.market.slug, token)
