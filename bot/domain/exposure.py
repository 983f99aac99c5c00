"""Stale-quote exposure: how long orders rest at prices that the fair value has already left."""

from __future__ import annotations

from bot.domain.market import BUY, Side
from bot.domain.orders import OrderId
from bot.domain.units import NS_PER_S, SIZE_SCALE
from bot.domain.value import Value


class StaleSpan(Value, frozen=True):
    """One stretch of time in which an order stood on the wrong side of the fair value.

    `size` is the open size when it began. `exposure_share_s` is size times time in shares x
    seconds; it follows the open size, so partial fills lower it.
    """

    order_id: OrderId
    side: Side
    size: int
    duration_ns: int
    exposure_share_s: float


class _Stale:
    """An order that is stale now."""

    __slots__ = ("exposure", "open_size", "seen_ns", "side", "since_ns", "size")

    def __init__(self, side: Side, size: int, now_ns: int) -> None:
        self.side = side
        self.size = size
        self.open_size = size
        self.since_ns = now_ns
        self.seen_ns = now_ns
        self.exposure = 0  # size units x ns

    def advance(self, now_ns: int) -> None:
        self.exposure += self.open_size * (now_ns - self.seen_ns)
        self.seen_ns = now_ns


class StaleQuoteTracker:
    """The open stale spans, by order. An order must be closed when it leaves the book."""

    __slots__ = ("_stale",)

    def __init__(self) -> None:
        """Make a tracker that knows no stale order."""
        self._stale: dict[OrderId, _Stale] = {}

    def observe(
        self,
        order_id: OrderId,
        side: Side,
        price: int,
        size: int,
        fair_price: float,
        now_ns: int,
    ) -> StaleSpan | None:
        """Look at a resting order again; return the span that ends because the value came back.

        `fair_price` is on the order's own token, in price units, like `price`. An order is stale
        when it pays more, or asks less, than that. `size` is what is still open.
        """
        is_stale = fair_price < price if side is BUY else fair_price > price
        if not is_stale:
            return self.close(order_id, now_ns)
        known = self._stale.get(order_id)
        if known is None:
            self._stale[order_id] = _Stale(side, size, now_ns)
        elif size != known.open_size:
            known.advance(now_ns)
            known.open_size = size
        return None

    def close(self, order_id: OrderId, now_ns: int) -> StaleSpan | None:
        """End the span of an order that left the book; `None` when it was not stale."""
        stale = self._stale.pop(order_id, None)
        if stale is None:
            return None
        stale.advance(now_ns)
        return StaleSpan(
            order_id=order_id,
            side=stale.side,
            size=stale.size,
            duration_ns=now_ns - stale.since_ns,
            exposure_share_s=stale.exposure / (SIZE_SCALE * NS_PER_S),
        )
