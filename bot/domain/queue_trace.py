"""What was seen at the price of one order while it rested: the data the queue model is fitted on.

Every message at the price passes through here, so an observation is one tuple of integers; they
become shares and milliseconds only when the order closes.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict

from bot.domain.market import Side
from bot.domain.orders import Order, OrderId
from bot.domain.own_shown import OwnShown
from bot.domain.units import NS_PER_MS, SIZE_SCALE

OBSERVATIONS_MAX = 5_000
"""Length limit of one trace; a longer one is not whole and trains nothing."""

Kind: TypeAlias = Literal["a", "d", "p", "t"]


class QueueTraceFields(TypedDict):
    """The fields of events.QueueTraced, which explains them, without those shared by all events."""

    order_id: OrderId
    side: Side
    price: int
    size: int
    filled: int
    queue_position: float
    resting_ms: float
    is_whole: bool
    observations: tuple[tuple[float, Kind, float, float], ...]


class QueueTrace:
    """The trace of one resting order, from its acceptance until it closes.

    `queue_ahead` is the size others show at its price when it was accepted, `accepted_ns` local
    time. After a gap or at the length limit nothing more is noted. `own` takes the order out of the
    sizes where the feed shows it; `None` where it does not.
    """

    __slots__ = (
        "_accepted_ns", "_is_whole", "_observations", "_order", "_own", "_queue_ahead", "_shown",
    )  # fmt: skip

    def __init__(
        self, order: Order, queue_ahead: int, accepted_ns: int, *, own: OwnShown | None = None
    ) -> None:
        """Begin the trace of an order that was just accepted."""
        self._own = own
        self._order = order
        self._queue_ahead = queue_ahead
        self._accepted_ns = accepted_ns
        self._shown = queue_ahead
        self._is_whole = True
        self._observations: list[tuple[int, Kind, int, int]] = []

    def on_level(self, before: int, after: int, now_ns: int) -> None:
        """Take the change of the size shown at the order's price, on its side of its token."""
        if self._own is not None:
            before, after = self._own.others(before, after, now_ns)
        self._shown = after
        if after > before:
            self._note("a", after - before, before, now_ns)
        elif after < before:
            self._note("d", before - after, before, now_ns)

    def on_print(self, price: int, size: int, now_ns: int) -> None:
        """Take a trade whose taker stood against the order; `price` is on the order's token.

        A price that did not reach the order is no observation.
        """
        beyond = (self._order.new.price - price) * self._order.new.side.sign
        if beyond == 0:
            self._note("p", size, self._shown, now_ns)
        elif beyond > 0:
            self._note("t", size, self._shown, now_ns)

    def on_gap(self) -> None:
        """Take that the feed was lost: something at the price may have gone unseen."""
        self._is_whole = False

    def finish(self, now_ns: int) -> QueueTraceFields:
        """Return the trace for its event; the order has its final state."""
        order = self._order
        return {
            "order_id": order.order_id,
            "side": order.new.side,
            "price": order.new.price,
            "size": order.new.size,
            "filled": order.filled,
            "queue_position": self._queue_ahead / SIZE_SCALE,
            "resting_ms": (now_ns - self._accepted_ns) / NS_PER_MS,
            "is_whole": self._is_whole,
            "observations": tuple(
                (ns / NS_PER_MS, kind, size / SIZE_SCALE, shown / SIZE_SCALE)
                for ns, kind, size, shown in self._observations
            ),
        }

    def _note(self, kind: Kind, size: int, shown: int, now_ns: int) -> None:
        if not self._is_whole:
            return
        if len(self._observations) == OBSERVATIONS_MAX:
            self._is_whole = False
            return
        self._observations.append((now_ns - self._accepted_ns, kind, size, shown))
