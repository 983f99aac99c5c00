"""The life of an order as a table, and the store of all orders of one bot.

Three rules. Every change of an order's state is in `TRANSITIONS`. What the venue says is never
refused: answers and the user channel race each other, so each of its triggers has an entry in
every state, and only our own request to cancel a closed order is an error. And a fill is always
believed: it may arrive after a cancel, after a rejection that was no rejection, or while we do
not know (nautilus #3797).

    SUBMITTED ──accept──► ACCEPTED ──request cancel──► PENDING_CANCEL ──cancel──► CANCELED
        │ reject              │ fill whole                  │ refuse cancel
        ▼                     ▼                             ▼
    REJECTED               FILLED                        ACCEPTED
        lose (from any open state) ──► UNKNOWN ── a query settles it: accept / cancel / reject
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from enum import StrEnum
from typing import NewType

from bot.domain.errors import InvariantError
from bot.domain.market import Side, TokenId
from bot.domain.units import NS_PER_S
from bot.domain.value import Value

OrderId = NewType("OrderId", str)
"""Known before the order leaves: the EIP-712 hash on the exchange, a counter on paper."""

LATE_NS = 3_600 * NS_PER_S
"""For how long after the end of an order something of it may still come: a fill, most of all."""
ASK_AGAIN_NS = NS_PER_S // 4
"""The wait after a first refused cancel; it doubles with each further one ..."""
ASK_AGAIN_DOUBLINGS_MAX = 5
"""... up to so often, to 8 s. Why a cancel did nothing is found out meanwhile."""


class OrderStatus(StrEnum):
    """Where an order stands."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    PENDING_CANCEL = "pending_cancel"
    UNKNOWN = "unknown"
    FILLED = "filled"
    CANCELED = "canceled"
    REJECTED = "rejected"


class Trigger(StrEnum):
    """What can happen to an order."""

    ACCEPT = "accept"
    REJECT = "reject"
    LOSE = "lose"
    REQUEST_CANCEL = "request_cancel"
    REFUSE_CANCEL = "refuse_cancel"
    CANCEL = "cancel"
    FILL_PART = "fill_part"
    FILL_WHOLE = "fill_whole"


IN_FLIGHT = frozenset({OrderStatus.SUBMITTED, OrderStatus.PENDING_CANCEL})
"""A request of ours is under way."""
OPEN = IN_FLIGHT | {OrderStatus.ACCEPTED, OrderStatus.UNKNOWN}
"""The order may still trade."""
CLOSED = frozenset({OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.REJECTED})
"""No request of ours can change the order any more; a late fill still can."""

SUBMITTED, PENDING_CANCEL = OrderStatus.SUBMITTED, OrderStatus.PENDING_CANCEL
_ACCEPT, _REQUEST_CANCEL = Trigger.ACCEPT, Trigger.REQUEST_CANCEL
_REFUSE_CANCEL = Trigger.REFUSE_CANCEL
"""Members by themselves, for what runs often (market.py says why)."""

_S, _T = OrderStatus, Trigger
TRANSITIONS: dict[tuple[OrderStatus, Trigger], OrderStatus] = {
    (_S.SUBMITTED, _T.ACCEPT): _S.ACCEPTED,
    (_S.SUBMITTED, _T.REJECT): _S.REJECTED,
    (_S.SUBMITTED, _T.LOSE): _S.UNKNOWN,
    (_S.SUBMITTED, _T.REQUEST_CANCEL): _S.PENDING_CANCEL,
    (_S.SUBMITTED, _T.REFUSE_CANCEL): _S.SUBMITTED,
    (_S.SUBMITTED, _T.CANCEL): _S.CANCELED,
    (_S.ACCEPTED, _T.ACCEPT): _S.ACCEPTED,  # a fill or a refused cancel was faster
    (_S.ACCEPTED, _T.REJECT): _S.REJECTED,  # the cancel was refused before the order came
    (_S.ACCEPTED, _T.LOSE): _S.UNKNOWN,
    (_S.ACCEPTED, _T.REQUEST_CANCEL): _S.PENDING_CANCEL,
    (_S.ACCEPTED, _T.REFUSE_CANCEL): _S.ACCEPTED,  # the second of two requests
    (_S.ACCEPTED, _T.CANCEL): _S.CANCELED,
    (_S.PENDING_CANCEL, _T.ACCEPT): _S.PENDING_CANCEL,
    (_S.PENDING_CANCEL, _T.REJECT): _S.REJECTED,
    (_S.PENDING_CANCEL, _T.REQUEST_CANCEL): _S.PENDING_CANCEL,
    (_S.PENDING_CANCEL, _T.REFUSE_CANCEL): _S.ACCEPTED,
    (_S.PENDING_CANCEL, _T.CANCEL): _S.CANCELED,
    (_S.PENDING_CANCEL, _T.LOSE): _S.UNKNOWN,
    (_S.UNKNOWN, _T.ACCEPT): _S.ACCEPTED,
    (_S.UNKNOWN, _T.REJECT): _S.REJECTED,
    (_S.UNKNOWN, _T.LOSE): _S.UNKNOWN,
    (_S.UNKNOWN, _T.REQUEST_CANCEL): _S.PENDING_CANCEL,
    (_S.UNKNOWN, _T.REFUSE_CANCEL): _S.UNKNOWN,
    (_S.UNKNOWN, _T.CANCEL): _S.CANCELED,
    # Answers that come late change no end, except that a rejected order rests after all.
    (_S.FILLED, _T.ACCEPT): _S.FILLED,
    (_S.FILLED, _T.REJECT): _S.FILLED,
    (_S.FILLED, _T.LOSE): _S.FILLED,
    (_S.FILLED, _T.REFUSE_CANCEL): _S.FILLED,
    (_S.FILLED, _T.CANCEL): _S.FILLED,
    (_S.CANCELED, _T.ACCEPT): _S.CANCELED,
    (_S.CANCELED, _T.REJECT): _S.CANCELED,
    (_S.CANCELED, _T.LOSE): _S.CANCELED,
    (_S.CANCELED, _T.REFUSE_CANCEL): _S.CANCELED,
    (_S.CANCELED, _T.CANCEL): _S.CANCELED,
    (_S.REJECTED, _T.ACCEPT): _S.ACCEPTED,
    (_S.REJECTED, _T.REJECT): _S.REJECTED,
    (_S.REJECTED, _T.LOSE): _S.REJECTED,
    (_S.REJECTED, _T.REFUSE_CANCEL): _S.REJECTED,
    (_S.REJECTED, _T.CANCEL): _S.REJECTED,
    **{(status, _T.FILL_WHOLE): _S.FILLED for status in _S},
    (_S.SUBMITTED, _T.FILL_PART): _S.ACCEPTED,
    (_S.ACCEPTED, _T.FILL_PART): _S.ACCEPTED,
    (_S.PENDING_CANCEL, _T.FILL_PART): _S.PENDING_CANCEL,
    (_S.UNKNOWN, _T.FILL_PART): _S.ACCEPTED,
    (_S.FILLED, _T.FILL_PART): _S.FILLED,
    (_S.CANCELED, _T.FILL_PART): _S.CANCELED,
    (_S.REJECTED, _T.FILL_PART): _S.ACCEPTED,
}


class NewOrder(Value, frozen=True):
    """A post-only order that the engine wants: `price` and `size` in fixed-point units.

    `decision_id` counts the engine's decisions. `level` is the number of strictly better price
    levels of other participants when it was decided; -1 is inside the spread.
    """

    decision_id: int
    token: TokenId
    side: Side
    price: int
    size: int
    level: int


class Order:
    """One order of ours: what was asked, where it stands, and when each step happened.

    Times are local and in ns, `None` until the step happened. `filled` never exceeds `size`.
    `ask_again_ns`: after refused cancels no other is worth asking for before this.
    """

    __slots__ = (
        "_refused_cancels", "accepted_ns", "ask_again_ns", "cancel_requested_ns", "closed_ns",
        "filled", "new", "order_id", "status", "submitted_ns",
    )  # fmt: skip

    def __init__(self, order_id: OrderId, new: NewOrder, submitted_ns: int) -> None:
        """Make an order in state SUBMITTED."""
        self.order_id = order_id
        self.new = new
        self.status = SUBMITTED
        self.filled = 0
        self.submitted_ns = submitted_ns
        self.accepted_ns: int | None = None
        self.cancel_requested_ns: int | None = None
        self.closed_ns: int | None = None
        self.ask_again_ns = 0
        self._refused_cancels = 0

    @property
    def is_open(self) -> bool:
        """True while the order may still trade."""
        return self.status in OPEN

    @property
    def open_size(self) -> int:
        """Size that may still trade; 0 once closed."""
        return self.new.size - self.filled if self.is_open else 0

    def apply(self, trigger: Trigger, now_ns: int) -> None:
        """Take one step of the table and note its time.

        Raises InvariantError when there is none: a cancel was requested of a closed order.
        """
        status = TRANSITIONS.get((self.status, trigger))
        if status is None:
            raise InvariantError(f"order {self.order_id}: {trigger} in state {self.status}")
        self.status = status
        if trigger is _ACCEPT and self.accepted_ns is None:
            self.accepted_ns = now_ns
        if trigger is _REQUEST_CANCEL and self.cancel_requested_ns is None:
            self.cancel_requested_ns = now_ns
        if trigger is _REFUSE_CANCEL:
            doublings = min(self._refused_cancels, ASK_AGAIN_DOUBLINGS_MAX)
            self.ask_again_ns = now_ns + (ASK_AGAIN_NS << doublings)
            self._refused_cancels += 1
        if status not in CLOSED:
            self.closed_ns = None  # it may have been closed by mistake
        elif self.closed_ns is None:
            self.closed_ns = now_ns

    def fill(self, size: int, now_ns: int) -> int:
        """Add a fill and return the part beyond the order's size: 0 unless the venue errs."""
        room = self.new.size - self.filled
        taken = min(size, room)
        self.filled += taken
        self.apply(
            Trigger.FILL_WHOLE if self.filled == self.new.size else Trigger.FILL_PART, now_ns
        )
        return size - taken


class OrderStore:
    """All orders by id; the open ones also by token. Closed ones are kept until `forget`."""

    __slots__ = ("_by_id", "_open")

    def __init__(self) -> None:
        """Make an empty store."""
        self._by_id: dict[OrderId, Order] = {}
        self._open: dict[TokenId, dict[OrderId, Order]] = {}

    def __len__(self) -> int:
        """Return how many orders are remembered, open or closed."""
        return len(self._by_id)

    def add(self, order: Order) -> None:
        """Remember a new order. Raises InvariantError when its id is taken."""
        if order.order_id in self._by_id:
            raise InvariantError(f"order id {order.order_id} is used twice")
        self._by_id[order.order_id] = order
        self._open.setdefault(order.new.token, {})[order.order_id] = order

    def get(self, order_id: OrderId) -> Order | None:
        """Return the order, or None when it is not ours or long forgotten."""
        return self._by_id.get(order_id)

    def settle(self, order: Order) -> None:
        """File the order under open or closed after a change of its state."""
        siblings = self._open.setdefault(order.new.token, {})
        if order.is_open:
            siblings[order.order_id] = order
        else:
            siblings.pop(order.order_id, None)

    def open_of(self, token: TokenId) -> list[Order]:
        """Return the open orders of a token in the order they became open."""
        return list(self._open.get(token, {}).values())

    def open_orders(self) -> Iterator[Order]:
        """Yield every open order."""
        for orders in self._open.values():
            yield from list(orders.values())

    def forget(self, closed_before_ns: int, keep: Container[OrderId] = ()) -> int:
        """Drop orders closed before a time, but those in `keep`, and return how many.

        Late fills need the others.
        """
        old = [
            order_id
            for order_id, order in self._by_id.items()
            if order.closed_ns is not None
            and order.closed_ns < closed_before_ns
            and not order.is_open
            and order_id not in keep
        ]
        for order_id in old:
            del self._by_id[order_id]
        return len(old)

    def check(self) -> None:
        """Raise InvariantError unless the open index is exact and no order is overfilled."""
        indexed = {order_id for orders in self._open.values() for order_id in orders}
        actual = {order_id for order_id, order in self._by_id.items() if order.is_open}
        if indexed != actual:
            raise InvariantError(f"open index is off by {len(indexed ^ actual)} orders")
        for order in self._by_id.values():
            if not 0 <= order.filled <= order.new.size:
                raise InvariantError(f"order {order.order_id} filled {order.filled}")
