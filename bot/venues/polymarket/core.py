"""The venue's pure half: news of our orders in, reports out, and what remains to be asked.

A *doubt* is an order of which an answer proved nothing, or whose cancel did nothing: it is asked
for by its id until the exchange settles it. The *truth* is the exchange's own lists of open orders
and trades; compared with what we know it finds what was missed. Time is handed in.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bot.domain.market import Market
from bot.domain.messages import DamagedFrame
from bot.domain.orders import LATE_NS, NewOrder, OrderId
from bot.domain.reports import CancelReason, Filled, RejectionReason, VenueReport
from bot.domain.units import NS_PER_S
from bot.venues.polymarket.orders import OwnOrder, OwnOrders, Stage, ended, lost, refused
from bot.venues.polymarket.outcomes import CancelAnswer, PostAnswer, Refused
from bot.venues.polymarket.settlement import Owner, Settlement
from bot.venues.polymarket.user_wire import OrderNews, OrderState, Trade, UserMessage

MISSES_MIN = 3
"""Times the exchange must say that it does not know an order, before we believe it."""
DOUBT_NS = 10 * NS_PER_S
"""And for how long: a slow request may still be on its way (clob-client #244). By then the lists
must have been read too: the exchange denies orders that were filled (py-clob-client #217), and
their trades are on the list."""
GRACE_NS = 3 * NS_PER_S
"""Lists lag behind answers: what changed this shortly before a list was asked for is left alone."""
KEEP_NS = LATE_NS
"""How long ended orders are remembered for what comes late; the engine remembers them longer."""
NOT_FOUND = "not found at the exchange"
NOT_CANCELED = "its answer was lost, and the order rests"


class Truth(msgspec.Struct, frozen=True):
    """What the exchange listed. `asked_ns` is when we asked: it may be older, never newer."""

    asked_ns: int
    open_orders: Sequence[OrderNews]
    trades: Sequence[Trade]


class PastOrder(msgspec.Struct, frozen=True):
    """An order of an earlier run."""

    order_id: OrderId
    new: NewOrder
    market: Market


class Doubt:
    """An order that is asked for: since when, and how often the exchange did not know it.

    `has_lost_cancel`: a cancel was lost meanwhile, of which nobody was told.
    """

    __slots__ = ("has_lost_cancel", "misses", "since_ns")

    def __init__(self, since_ns: int) -> None:
        """Begin to doubt."""
        self.since_ns = since_ns
        self.misses = 0
        self.has_lost_cancel = False


class VenueCore:
    """What we know of our account. `doubts` are the orders to ask for, by id.

    `damaged` counts messages that could not be read; `wants_truth` is set when one was, because
    something of ours may have been in it.
    """

    def __init__(self, owner: Owner) -> None:
        """Know nothing yet."""
        self.orders = OwnOrders()
        self.settlement = Settlement(self.orders, owner)
        self.doubts: dict[OrderId, Doubt] = {}
        self.damaged = 0
        self.strange_orders = 0
        self.wants_truth = False
        self._listed_ns = 0

    # the user channel -----------------------------------------------------------------------

    def on_message(
        self, message: UserMessage, now_ns: int, unasked: CancelReason
    ) -> list[VenueReport]:
        """Return the reports of one message; `unasked` explains a cancel nobody asked for."""
        if isinstance(message, DamagedFrame):
            self.damaged += 1
            self.wants_truth = True
            return []
        if isinstance(message, Trade):
            return self.settlement.observe(message, now_ns)
        return self.orders.on_news(message, now_ns, unasked)

    # answers --------------------------------------------------------------------------------

    def on_post_answer(self, answer: PostAnswer, now_ns: int) -> list[VenueReport]:
        """Return the reports of the answer to placing one order; no proof makes a doubt."""
        reports = self.orders.on_post_answer(answer, now_ns)
        order = self.orders.get(answer.order_id)
        is_disputed = isinstance(answer, Refused) and not reports
        if order is not None and (order.stage is Stage.UNKNOWN or is_disputed):
            self._doubt(order, now_ns)
        return reports

    def on_cancel_answer(
        self, asked: Sequence[OrderId], answer: CancelAnswer, now_ns: int
    ) -> list[VenueReport]:
        """Return the reports of an answer to a cancel of `asked`, one for each of them."""
        reports: list[VenueReport] = []
        for order_id in answer.canceled:
            reports += self.orders.on_canceled(order_id, now_ns)
        for order_id, text in answer.refused.items():
            reports += self.on_cancel_refused(order_id, text, now_ns)
        left_out = [i for i in asked if i not in answer.canceled and i not in answer.refused]
        return reports + self.on_cancel_lost(left_out, "the answer left it out", now_ns)

    def on_cancel_refused(self, order_id: OrderId, text: str, now_ns: int) -> list[VenueReport]:
        """Return the report of a cancel that did nothing; why is asked, unless it has ended."""
        order = self.orders.get(order_id)
        if order is not None and order.stage is not Stage.ENDED:
            self._doubt(order, now_ns)
        return self.orders.on_cancel_refused(order_id, text, now_ns)

    def on_cancel_lost(
        self, order_ids: Sequence[OrderId], text: str, now_ns: int
    ) -> list[VenueReport]:
        """Return the reports of a cancel whose answer proved nothing."""
        reports: list[VenueReport] = []
        for order_id in order_ids:
            order = self.orders.get(order_id)
            if order is not None and order.stage is not Stage.ENDED:
                told = lost(order, text, now_ns)
                self._doubt(order, now_ns)
                self.doubts[order.order_id].has_lost_cancel |= not told
                reports += told
        return reports

    # the exchange's own view ----------------------------------------------------------------

    def on_query(self, order_id: OrderId, news: OrderNews | None, now_ns: int) -> list[VenueReport]:
        """Return the reports of asking for one order; `None`: the exchange does not know it."""
        order, doubt = self.orders.get(order_id), self.doubts.get(order_id)
        if order is None or doubt is None or order.stage is Stage.ENDED:
            self.doubts.pop(order_id, None)
            return []
        if news is None:
            return self._missed(order, doubt, now_ns)
        reports = self.orders.on_news(news, now_ns)
        if news.state is OrderState.MATCHED and order.filled < order.new.size:
            self.wants_truth = True  # its trades are missing
        del self.doubts[order_id]
        if doubt.has_lost_cancel and news.state not in {OrderState.CANCELED, OrderState.GONE}:
            # Whoever asked still waits for it, and would never ask again.
            reports += self.orders.on_cancel_refused(order_id, NOT_CANCELED, now_ns)
        return reports

    def on_truth(self, truth: Truth, now_ns: int) -> tuple[list[VenueReport], list[OrderId]]:
        """Return (reports of what was missed, orders that rest although they ended for us)."""
        reports: list[VenueReport] = []
        zombies: list[OrderId] = []
        settled_ns = truth.asked_ns - GRACE_NS
        self._listed_ns = max(self._listed_ns, truth.asked_ns)
        listed: set[str] = set()
        self.strange_orders = 0
        for news in truth.open_orders:
            listed.add(news.order_id)
            order = self.orders.get(news.order_id)
            if order is None:
                self.strange_orders += 1
            elif order.stage is not Stage.ENDED:
                reports += self.orders.on_news(news, now_ns) if _is_open(order) else []
            elif order.changed_ns < settled_ns and order.filled < order.new.size:
                zombies.append(order.order_id)
        for trade in truth.trades:
            reports += self.settlement.observe(trade, now_ns)
        for order in self.orders.alive():
            is_missing = order.order_id not in listed and order.stage is not Stage.SENT
            if is_missing and order.changed_ns < settled_ns:
                self._doubt(order, now_ns)
        return reports, zombies

    def adopt(
        self, past: Sequence[PastOrder], trades: Sequence[Trade], now_ns: int
    ) -> list[Filled]:
        """Take the orders of an earlier run, which are all off the book; return their fills."""
        for each in past:
            order = self.orders.prepare(each.order_id, each.new, each.market, now_ns)
            order.stage, order.is_known_taken = Stage.ENDED, True
        return [fill for trade in trades for fill in self.settlement.adopt(trade, now_ns)]

    def forget(self, now_ns: int) -> None:
        """Drop what is too old to matter."""
        self.orders.forget(now_ns - KEEP_NS, keep=self.settlement.unsettled())
        self.settlement.forget(now_ns - KEEP_NS)

    # inside ---------------------------------------------------------------------------------

    def _doubt(self, order: OwnOrder, now_ns: int) -> None:
        self.doubts.setdefault(order.order_id, Doubt(now_ns))

    def _missed(self, order: OwnOrder, doubt: Doubt, now_ns: int) -> list[VenueReport]:
        doubt.misses += 1
        if doubt.misses < MISSES_MIN or now_ns - doubt.since_ns < DOUBT_NS:
            return []
        if self._listed_ns < doubt.since_ns + DOUBT_NS:
            self.wants_truth = True
            return []
        del self.doubts[order.order_id]
        if not order.is_known_taken and not order.filled:
            return refused(order, RejectionReason.OTHER, NOT_FOUND, now_ns)
        reason = CancelReason.REQUESTED if order.cancel_asked else CancelReason.VENUE
        return ended(order, reason, now_ns)


def _is_open(order: OwnOrder) -> bool:
    """False while its cancel is in doubt: a list may be older than the cancel."""
    return not (order.stage is Stage.UNKNOWN and order.cancel_asked)
