"""Venue reports into order states, ledger, markouts and events: what paper and production share.

A report about an order that is not ours is counted and ignored, and so is a fill that cannot be: of
another token or side, of more than the order, at a worse price than its own. Any other fill is
believed in any state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, assert_never

from bot.domain import reports
from bot.domain.book import BookState
from bot.domain.errors import InvariantError
from bot.domain.exposure import StaleQuoteTracker, StaleSpan
from bot.domain.ledger import Fill, Key, MarketLedger, trade_key
from bot.domain.market import TokenId
from bot.domain.markout import MarkedFill, Markout, MarkoutTracker
from bot.domain.orders import CLOSED, Order, OrderId, OrderStore, Trigger
from bot.domain.own_shown import OwnShown
from bot.domain.queue_trace import QueueTrace
from bot.domain.reports import TradeState
from bot.domain.units import (
    NS_PER_MS,
)
from bot.engine.flaws import Flaw, flaw_of
from bot.engine.order_teller import OrderTeller
from bot.engine.own_levels import has_joined
from bot.engine.publisher import Publisher
from bot.engine.tokens import MATCH_LEAD_NS, TokenState


class Accounting:
    """The books of our own trading: orders, holdings, and what became of each fill.

    `version` changes whenever an order or a holding may have. `foreign_reports` counts reports on
    orders we do not know, `unbooked_fills` the fills that are in no ledger: after one of these our
    accounts are wrong, and nobody may trade on them.
    """

    def __init__(
        self,
        tokens: Mapping[TokenId, TokenState],
        ledgers: Mapping[str, MarketLedger],
        publisher: Publisher,
        *,
        shows_own_orders: bool = False,
    ) -> None:
        """Keep orders on `tokens` and one ledger a market slug.

        `shows_own_orders`: the venue's feed has our orders in its books.
        """
        self._shows_own_orders = shows_own_orders
        self._tokens = tokens
        self._tell = OrderTeller(tokens, publisher)
        self.ledgers = ledgers
        self.orders = OrderStore()
        self.markouts = MarkoutTracker()
        self.stale = StaleQuoteTracker()
        self.foreign_reports = 0
        self.unbooked_fills = 0
        self.version = 0
        self._matched_ns: dict[tuple[str, OrderId], int] = {}
        # In the opening holdings and not confirmed yet: of which order, and since when we know.
        self._mined: dict[Key, tuple[OrderId, int]] = {}

    def handle(self, report: reports.VenueReport, now_ns: int) -> Order | None:
        """Take one report; return the order it was about, `None` when nothing of ours changed."""
        order = self.orders.get(report.order_id)
        if order is None:
            self.foreign_reports += 1
            self._ignore(report, "foreign", None, now_ns)
            return None
        if isinstance(report, reports.Sent):
            self._tell.sent(order, report, now_ns)
            return None
        self._apply(order, report, now_ns)
        self.note_change(order)
        return order

    def adopt(self, order: Order) -> None:
        """Remember a closed order of an earlier run, whose fills may come late."""
        self.orders.add(order)
        self.orders.settle(order)

    def adopt_fill(
        self, report: reports.Filled, now_ns: int, *, is_pending: bool, is_told: bool
    ) -> None:
        """Take a fill of an adopted order, made before the start.

        Unless `is_pending` the opening holdings have it already; `is_told`: the journal has it.
        """
        order = self.orders.get(report.order_id)
        if order is None:
            raise InvariantError(f"fill of order {report.order_id}, which was not adopted")
        if (flaw := flaw_of(report, order.new)) is not None:
            raise InvariantError(f"fill {report.trade_id} of {report.order_id}: wrong {flaw}")
        order.fill(report.size, now_ns)
        if is_pending:
            slug = self._tokens[report.token].market.slug
            self.ledgers[slug].apply(_fill(order, report))
            self._matched_ns[report.trade_id, order.order_id] = now_ns
        elif report.state is not TradeState.CONFIRMED:
            key = trade_key(report.trade_id, report.order_id)
            self._mined[key] = (order.order_id, now_ns)
        if not is_told:
            self._tell.filled(order, report, None, now_ns)

    def note_change(self, order: Order) -> None:
        """Take that an order came or changed."""
        self.version += 1
        if self._shows_own_orders:
            tokens = self._tokens[order.new.token].market.tokens
            ours = [each for token in tokens for each in self.orders.open_of(token)]
            for token in tokens:
                self._tokens[token].own.refresh(ours)

    def _apply(self, order: Order, report: reports.OrderReport, now_ns: int) -> None:
        match report:
            case reports.Accepted():
                self._accepted(order, report, now_ns)
            case reports.Rejected():
                self._rejected(order, report, now_ns)
            case reports.Lost():
                self._lost(order, now_ns)
            case reports.Canceled():
                self._canceled(order, report, now_ns)
            case reports.CancelRefused():
                self._cancel_refused(order, now_ns)
            case reports.Filled():
                self._filled(order, report, now_ns)
            case reports.TradeUpdate():
                self._settled(order, report, now_ns)
            case _:
                assert_never(report)

    def forget(self, closed_before_ns: int) -> None:
        """Drop orders closed before a time, unless a trade of theirs still has to settle."""
        self._matched_ns = {
            key: ns
            for key, ns in self._matched_ns.items()
            if any(ledger.is_pending(key) for ledger in self.ledgers.values())
        }
        keep = {order_id for _, order_id in self._matched_ns}
        keep.update(order_id for order_id, _ in self._mined.values())
        self.orders.forget(closed_before_ns, keep=keep)

    def measure_markouts(self, now_ns: int) -> list[Markout]:
        """Publish the markouts that fell due and return them."""
        if now_ns < self.markouts.next_due_ns:
            return []
        due = self.markouts.due(now_ns, self._trusted_mid)
        for markout in due:
            self._tell.markout(markout, now_ns)
        return due

    def _trusted_mid(self, token: TokenId) -> float | None:
        state = self._tokens[token]
        return state.mid if state.book.state is BookState.VALID else None

    def note_stale(self, span: StaleSpan | None, token: TokenId, now_ns: int) -> None:
        """Publish a span of stale quoting, when there was one."""
        if span is not None:
            self._tell.stale(span, token, now_ns)

    # one method a report --------------------------------------------------------------------

    def _accepted(self, order: Order, report: reports.Accepted, now_ns: int) -> None:
        was_open, was_accepted = order.is_open, order.accepted_ns is not None
        order.apply(Trigger.ACCEPT, now_ns)
        self._settle_status(order, was_open=was_open)
        if was_accepted:
            return  # the answer and the user channel may both say it
        state = self._tokens[order.new.token]
        ahead = report.queue_ahead
        if ahead is not None and order.is_open:
            own = self._own_shown(state, order, ahead, now_ns)
            state.traces[order.order_id] = (order, QueueTrace(order, ahead, now_ns, own=own))
        self._tell.accepted(order, ahead, now_ns)

    def _own_shown(
        self, state: TokenState, order: Order, ahead: int, now_ns: int
    ) -> OwnShown | None:
        if not self._shows_own_orders:
            return None
        return OwnShown(order, now_ns, is_shown=has_joined(state.book, order, ahead))

    def _rejected(self, order: Order, report: reports.Rejected, now_ns: int) -> None:
        if order.status in CLOSED:
            return  # told twice, or after a fill that proves the contrary
        order.apply(Trigger.REJECT, now_ns)
        self._tell.rejected(order, report.reason, now_ns)
        self._close(order, now_ns)

    def _lost(self, order: Order, now_ns: int) -> None:
        if order.status in CLOSED:
            return  # something else has told what became of it
        order.apply(Trigger.LOSE, now_ns)
        self.orders.settle(order)
        self._tell.lost(order, now_ns)

    def _canceled(self, order: Order, report: reports.Canceled, now_ns: int) -> None:
        if order.status in CLOSED:
            return  # told twice, or after the last fill
        order.apply(Trigger.CANCEL, now_ns)
        self._tell.canceled(order, report.reason, now_ns)
        self._close(order, now_ns)

    def _cancel_refused(self, order: Order, now_ns: int) -> None:
        order.apply(Trigger.REFUSE_CANCEL, now_ns)
        self.orders.settle(order)
        self._tell.cancel_refused(order, now_ns)

    def _filled(self, order: Order, report: reports.Filled, now_ns: int) -> None:
        new = order.new
        if (flaw := flaw_of(report, new)) is not None:
            self._ignore(report, flaw, new.token, now_ns)
            return
        state = self._tokens[new.token]
        ledger, fill = self.ledgers[state.market.slug], _fill(order, report)
        if not ledger.apply(fill, settled=report.state is TradeState.CONFIRMED):
            return
        was_open = order.is_open
        order.fill(report.size, now_ns)
        matched_ns = now_ns if report.matched_ns is None else report.matched_ns
        mid_before = state.mid_before(matched_ns - MATCH_LEAD_NS)
        is_pending = ledger.is_pending(fill.key)
        if is_pending:
            self._matched_ns[report.trade_id, order.order_id] = now_ns
        self._tell.filled(order, report, mid_before, now_ns)
        if not is_pending and report.state is not TradeState.CONFIRMED:  # it was told before
            self._tell.stage(order, report.trade_id, TradeState.CONFIRMED, 0.0, now_ns)
        if mid_before is not None:
            self.markouts.add(
                MarkedFill(
                    order_id=order.order_id,
                    trade_id=report.trade_id,
                    token=new.token,
                    side=new.side,
                    size=report.size,
                    mid_before=mid_before,
                    ts_ns=matched_ns,
                )
            )
        if was_open and not order.is_open:
            self._close(order, now_ns)
        else:
            self._settle_status(order, was_open=was_open)

    def _settled(self, order: Order, report: reports.TradeUpdate, now_ns: int) -> None:
        key = (report.trade_id, order.order_id)
        if (mined := self._mined.get(trade_key(*key))) is not None:
            self._settled_before(order, report, mined[1], now_ns)
            return
        ledger = self.ledgers[self._tokens[order.new.token].market.slug]
        if report.state is TradeState.CONFIRMED:
            moved = ledger.settle(key)
        elif report.state is TradeState.FAILED:
            moved = ledger.fail(key)
        else:
            moved = key in self._matched_ns
        if not moved:
            return
        matched_ns = self._matched_ns.get(key, now_ns)
        if report.state in {TradeState.CONFIRMED, TradeState.FAILED}:
            self._matched_ns.pop(key, None)
        pending_ms = (now_ns - matched_ns) / NS_PER_MS
        self._tell.stage(order, report.trade_id, report.state, pending_ms, now_ns)

    def _settled_before(
        self, order: Order, report: reports.TradeUpdate, since_ns: int, now_ns: int
    ) -> None:
        """Take what became of a trade that the opening holdings have already.

        When it fails they were wrong, and so is everything since.
        """
        if report.state in {TradeState.CONFIRMED, TradeState.FAILED}:
            del self._mined[trade_key(report.trade_id, order.order_id)]
            self.unbooked_fills += report.state is TradeState.FAILED
        pending_ms = (now_ns - since_ns) / NS_PER_MS
        self._tell.stage(order, report.trade_id, report.state, pending_ms, now_ns)

    def _ignore(
        self,
        report: reports.VenueReport,
        reason: Literal["foreign"] | Flaw,
        token: TokenId | None,
        now_ns: int,
    ) -> None:
        """Count a report that is not booked and publish it; a fill among them is an alarm."""
        self.unbooked_fills += isinstance(report, reports.Filled)
        self._tell.ignored(report, reason, token, now_ns)

    # helpers --------------------------------------------------------------------------------

    def _settle_status(self, order: Order, *, was_open: bool) -> None:
        self.orders.settle(order)
        if order.is_open and not was_open:  # a rejection that was none: it rests after all
            self._tokens[order.new.token].watch_order(order)

    def _close(self, order: Order, now_ns: int) -> None:
        state = self._tokens[order.new.token]
        self.orders.settle(order)
        state.unwatch_order(order)
        self.note_stale(self.stale.close(order.order_id, now_ns), order.new.token, now_ns)
        trace = state.traces.pop(order.order_id, None)
        if trace is not None:
            fields = trace[1].finish(now_ns)
            self._tell.queue_traced(order.new.token, fields, now_ns)


def _fill(order: Order, report: reports.Filled) -> Fill:
    return Fill(
        trade_id=report.trade_id,
        order_id=order.order_id,
        token=order.new.token,
        side=order.new.side,
        price=report.price,
        size=report.size,
        fee=report.fee,
        gas_cost=report.gas_cost,
    )
