"""Production's own orders as the twin knows them from events: where they stand, and what is shown.

The exchange shows them in its books like everybody's. The twin's orders stand in their place, so
they must not count as somebody else's queue. When an order appears on a book or leaves it is read
off the book itself: the feed and the answers to requests come in any order, and a wrong guess would
move a queue. A growing by exactly the size of an order that is under way is that order; a shrinking
by exactly the rest of one whose cancel was asked for is that order going. Trades are not guessed: a
fill is taken off when it is told, so that level, print and fill add up in every order of arrival.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from bot.domain import events
from bot.domain.intent import new_order_of
from bot.domain.market import Market, Side, TokenId
from bot.domain.orders import CLOSED, TRANSITIONS, Order, OrderId, Trigger
from bot.domain.units import NS_PER_S, complement

PATIENCE_NS = NS_PER_S
"""An order that was answered and whose change of the book was not seen by then never had one of its
own: several changes came as one, or in a new snapshot."""

Place = tuple[TokenId, bool, int]
"""(token, is_bid, price): a level of one book."""

News: TypeAlias = (
    events.OrderAccepted
    | events.OrderRejected
    | events.OrderLost
    | events.CancelRequested
    | events.OrderCanceled
    | events.CancelRefused
)
"""What moves an order along besides a fill."""

_TRIGGERS: dict[type[events.Event], Trigger] = {
    events.OrderAccepted: Trigger.ACCEPT,
    events.OrderRejected: Trigger.REJECT,
    events.OrderLost: Trigger.LOSE,
    events.CancelRequested: Trigger.REQUEST_CANCEL,
    events.OrderCanceled: Trigger.CANCEL,
    events.CancelRefused: Trigger.REFUSE_CANCEL,
}


class RealOrder:
    """One order of production.

    `shown` are the places where a book shows it now, `seen` those where it appeared at some time.
    `is_followed` ends when it is off the books for good.
    """

    __slots__ = ("is_followed", "order", "places", "seen", "shown")

    def __init__(self, order: Order, market: Market) -> None:
        """Know where it will stand: on its own token and, mirrored, on the other."""
        new = order.new
        is_bid = new.side is Side.BUY
        mirror = market.no if new.token == market.yes else market.yes
        self.order = order
        self.places: tuple[Place, Place] = (
            (new.token, is_bid, new.price),
            (mirror, not is_bid, complement(new.price)),
        )
        self.seen: set[Place] = set()
        self.shown: set[Place] = set()
        self.is_followed = True

    @property
    def rest(self) -> int:
        """The size of it that is on the book where it is shown."""
        return self.order.new.size - self.order.filled

    @property
    def is_going(self) -> bool:
        """True once it may leave the book by something else than a trade."""
        order = self.order
        return order.cancel_requested_ns is not None or order.status in CLOSED


class RealOrders:
    """All orders of production that a book may show."""

    def __init__(self, market: Market) -> None:
        """Know none."""
        self._market = market
        self._orders: dict[OrderId, RealOrder] = {}
        self._at: dict[Place, list[RealOrder]] = {}

    def __iter__(self) -> Iterator[RealOrder]:
        """Yield them in order of submission."""
        return iter(list(self._orders.values()))

    def get(self, order_id: OrderId) -> RealOrder | None:
        """Return an order; `None` for one of an earlier run, or one that is long gone."""
        return self._orders.get(order_id)

    def submit(self, event: events.OrderSubmitted) -> RealOrder:
        """Take a new order. Raises InvariantError when its event names no token."""
        real = RealOrder(Order(event.order_id, new_order_of(event), event.ts_ns), self._market)
        self._orders[event.order_id] = real
        for place in real.places:
            self._at.setdefault(place, []).append(real)
        return real

    def follow(self, event: events.Event) -> RealOrder | None:
        """Take what became of an order and return it; `None` for any other event."""
        if isinstance(event, events.OrderFilled):
            real = self._orders.get(event.order_id)
            if real is not None:
                real.order.fill(event.size, event.ts_ns)
            return real
        if not isinstance(event, News):
            return None
        real, trigger = self._orders.get(event.order_id), _TRIGGERS[type(event)]
        if real is not None and (real.order.status, trigger) in TRANSITIONS:
            real.order.apply(trigger, event.ts_ns)
        return real

    def size_at(self, place: Place) -> int:
        """Return how much of what a level shows is production's."""
        return sum(real.rest for real in self._at.get(place, ()) if place in real.shown)

    def on_level(self, place: Place, before: int, after: int) -> None:
        """Take a change of what a level shows, all orders counted, and see whose it is."""
        change = after - before
        for real in self._at.get(place, ()):
            if change > 0 and place not in real.seen and change in {real.rest, real.order.new.size}:
                real.seen.add(place)
                real.shown.add(place)
                return
            if change < 0 and place in real.shown and real.is_going and real.rest == -change:
                real.shown.discard(place)
                return

    def settle(self, now_ns: int) -> list[RealOrder]:
        """Stop waiting for changes that do not come; return the orders that no book shows now."""
        gone = []
        for real in self:
            order = real.order
            if order.status in CLOSED:
                if real.is_followed and _is_past(order.closed_ns, now_ns):
                    self._leave(real)
                    gone.append(real)
            elif not real.is_going and _is_past(order.accepted_ns, now_ns):
                missing = set(real.places) - real.seen
                real.seen |= missing
                real.shown |= missing
        return gone

    def forget(self, order_id: OrderId) -> RealOrder | None:
        """Drop an order that nothing will be told of any more.

        Return it when it was still looked for in the books: time went on without a tick.
        """
        real = self._orders.pop(order_id)
        if not real.is_followed:
            return None
        self._leave(real)
        return real

    def _leave(self, real: RealOrder) -> None:
        real.is_followed = False
        real.shown.clear()
        for place in real.places:
            self._at[place].remove(real)
            if not self._at[place]:
                del self._at[place]


def _is_past(ns: int | None, now_ns: int) -> bool:
    return ns is not None and now_ns - ns >= PATIENCE_NS
