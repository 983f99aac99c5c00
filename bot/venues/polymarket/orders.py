"""What we know of each of our orders, and which report each piece of news is worth.

The same thing is told several times: by the answer to a request, by the user channel, by a list.
The first telling becomes a report and the others change nothing. Pure: the time is handed in.

    PREPARED ──► SENT ──► RESTING ──► ENDED
                   └──► UNKNOWN ──┘     a query by id settles what is unknown
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import IntEnum

from bot.domain.errors import InvariantError
from bot.domain.market import Market, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.reports import (
    Accepted,
    Canceled,
    CancelReason,
    CancelRefused,
    Lost,
    Rejected,
    RejectionReason,
    VenueReport,
)
from bot.venues.polymarket.outcomes import PostAnswer, Refused, Taken
from bot.venues.polymarket.user_wire import OrderNews, OrderState


class Stage(IntEnum):
    """Where an order is, as far as we know."""

    PREPARED = 0
    SENT = 1
    RESTING = 2
    UNKNOWN = 3
    ENDED = 4


class OwnOrder:
    """One order of ours. `filled` counts fills that did not fail; times are local ns.

    `changed_ns` is when we last learned something of it, `queue_ahead` the size shown at its price
    when it was sent, `None` when no book was there to look at. `was_refused`: it was told
    as refused, and nothing since says otherwise.
    """

    __slots__ = (
        "cancel_asked", "changed_ns", "filled", "is_known_taken", "market", "new",
        "order_id", "queue_ahead", "stage", "was_refused",
    )  # fmt: skip

    def __init__(self, order_id: OrderId, new: NewOrder, market: Market, now_ns: int) -> None:
        """Make an order that has not left yet."""
        self.order_id = order_id
        self.new = new
        self.market = market
        self.stage = Stage.PREPARED
        self.filled = 0
        self.cancel_asked = False
        self.is_known_taken = False
        self.changed_ns = now_ns
        self.queue_ahead: int | None = None
        self.was_refused = False

    @property
    def other(self) -> TokenId:
        """The token of the other outcome."""
        return self.market.other(self.new.token)


class OwnOrders:
    """Our orders by id, upper and lower case alike."""

    def __init__(self) -> None:
        """Know no order yet."""
        self._by_id: dict[str, OwnOrder] = {}

    def __len__(self) -> int:
        """Return how many orders are remembered."""
        return len(self._by_id)

    def prepare(self, order_id: OrderId, new: NewOrder, market: Market, now_ns: int) -> OwnOrder:
        """Remember an order before it leaves. Raises InvariantError for an id that is taken."""
        if order_id.lower() in self._by_id:
            raise InvariantError(f"order {order_id} was prepared twice")
        order = OwnOrder(order_id, new, market, now_ns)
        self._by_id[order_id.lower()] = order
        return order

    def get(self, order_id: str) -> OwnOrder | None:
        """Return the order, or None when it is not ours or long forgotten."""
        return self._by_id.get(order_id.lower())

    def alive(self) -> Iterator[OwnOrder]:
        """Yield the orders that left and may still trade."""
        for order in list(self._by_id.values()):
            if order.stage not in {Stage.PREPARED, Stage.ENDED}:
                yield order

    def forget(self, before_ns: int, keep: Collection[str] = ()) -> None:
        """Drop ended orders of which nothing was heard since; late fills need the others.

        `keep` are ids in lower case of orders that a trade still hangs on.
        """
        old = [
            key
            for key, order in self._by_id.items()
            if order.stage is Stage.ENDED and order.changed_ns < before_ns and key not in keep
        ]
        for key in old:
            del self._by_id[key]

    # what a piece of news is worth ----------------------------------------------------------

    def on_post_answer(self, answer: PostAnswer, now_ns: int) -> list[VenueReport]:
        """Return the reports of the answer to placing an order."""
        order = self._known(answer.order_id)
        if isinstance(answer, Taken):
            return taken(order, now_ns)
        if isinstance(answer, Refused):
            return refused(order, answer.reason, answer.text, now_ns)
        if order.is_known_taken:
            return []  # the user channel said it before the answer was lost
        return lost(order, answer.text, now_ns)

    def on_canceled(self, order_id: OrderId, now_ns: int) -> list[VenueReport]:
        """Return the reports of the exchange taking an order off because we asked."""
        order = self.get(order_id)
        return [] if order is None else ended(order, CancelReason.REQUESTED, now_ns)

    def on_cancel_refused(self, order_id: OrderId, text: str, now_ns: int) -> list[VenueReport]:
        """Return the report of a cancel that did nothing; why it did nothing is asked later."""
        order = self.get(order_id)
        if order is None:
            return []
        order.cancel_asked = False
        order.changed_ns = now_ns
        return [CancelRefused(order.order_id, text)]

    def on_news(
        self, news: OrderNews, now_ns: int, unasked: CancelReason = CancelReason.VENUE
    ) -> list[VenueReport]:
        """Return the reports of how the exchange says an order stands.

        `unasked` is the reason of a cancel that neither we asked for nor the exchange explains.
        """
        order = self.get(news.order_id)
        if order is None:
            return []
        if news.state in {OrderState.CANCELED, OrderState.GONE}:
            asked = CancelReason.REQUESTED if order.cancel_asked else unasked
            return ended(order, news.reason or asked, now_ns)
        return taken(order, now_ns)

    def _known(self, order_id: OrderId) -> OwnOrder:
        order = self.get(order_id)
        if order is None:
            raise InvariantError(f"an answer about order {order_id}, which was never prepared")
        return order


def taken(order: OwnOrder, now_ns: int) -> list[VenueReport]:
    """Return the report that the order rests, the first time and after a doubt."""
    was_told = order.is_known_taken and order.stage is not Stage.UNKNOWN
    order.is_known_taken = True
    order.changed_ns = now_ns
    if order.stage is not Stage.ENDED or (order.was_refused and order.filled < order.new.size):
        order.stage = Stage.RESTING  # even if it was called refused: its end is still to be told
    order.was_refused = False
    return [] if was_told else [Accepted(order.order_id, order.queue_ahead)]


def refused(order: OwnOrder, reason: RejectionReason, text: str, now_ns: int) -> list[VenueReport]:
    """Return the report of a refusal; none when we know already that the order came to rest."""
    if order.is_known_taken or order.stage is Stage.ENDED:
        return []
    order.stage = Stage.ENDED
    order.was_refused = True
    order.changed_ns = now_ns
    return [Rejected(order.order_id, reason, text)]


def lost(order: OwnOrder, text: str, now_ns: int) -> list[VenueReport]:
    """Return the report that nobody knows whether the order rests; none when it has ended."""
    if order.stage in {Stage.ENDED, Stage.UNKNOWN}:
        return []
    order.stage = Stage.UNKNOWN
    order.changed_ns = now_ns
    return [Lost(order.order_id, text)]


def ended(order: OwnOrder, reason: CancelReason, now_ns: int) -> list[VenueReport]:
    """Return the report that the order is off the book; none when it ended before."""
    if order.stage is Stage.ENDED:
        return []
    order.stage = Stage.ENDED
    order.changed_ns = now_ns
    return [Canceled(order.order_id, reason)]
