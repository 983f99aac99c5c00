"""An order-by-order book: first in, first out at every price.

Prices are *levels*: level k costs k ticks, so levels run from 1 to `level_count` - 1. All orders
are kept on the YES token; an order on NO at q is its mirror image at 1 - q.
"""

from __future__ import annotations

from typing import Protocol

from bot.domain.errors import InvariantError


class Owner(Protocol):
    """Whoever must hear of what happens to his resting orders."""

    def filled(self, order: RestingOrder, size: int) -> None:
        """Learn that `size` of `order` traded; `order.size` is what is left."""

    def churned(self, order: RestingOrder, now_ns: int) -> None:
        """Learn that `order` was cancelled by the churn of the queue."""


class RestingOrder:
    """One resting order: `size` is what is left, in size units; 0 once it has left the book."""

    __slots__ = ("is_bid", "level", "on_no", "owner", "size")

    def __init__(
        self,
        *,
        is_bid: bool,
        level: int,
        size: int,
        owner: Owner | None = None,
        on_no: bool = False,
    ) -> None:
        """Keep the order: `is_bid` and `level` in YES terms, `on_no` for one that named NO."""
        self.is_bid = is_bid
        self.level = level
        self.size = size
        self.owner = owner
        self.on_no = on_no


class Queue:
    """The orders of one level in time order, and their total size."""

    __slots__ = ("orders", "total")

    def __init__(self) -> None:
        """Start empty."""
        self.orders: list[RestingOrder] = []
        self.total = 0


class FifoBook:
    """Both sides of one market, one queue a level.

    `best_bid` is 0 and `best_ask` is `level_count` when that side is empty.
    """

    def __init__(self, level_count: int) -> None:
        """Start empty on a grid of `level_count` ticks to the dollar."""
        self.level_count = level_count
        self.bids = [Queue() for _ in range(level_count + 1)]
        self.asks = [Queue() for _ in range(level_count + 1)]
        self.best_bid = 0
        self.best_ask = level_count

    def side(self, *, is_bid: bool) -> list[Queue]:
        """Return the queues of one side by level."""
        return self.bids if is_bid else self.asks

    def add(self, order: RestingOrder) -> int:
        """Put the order last at its level and return the level's new total.

        Raises InvariantError when it would cross or lies off the grid: traders here are post-only.
        """
        level = order.level
        if not 0 < level < self.level_count:
            raise InvariantError(f"order at level {level} is off the grid of {self.level_count}")
        if order.is_bid:
            if level >= self.best_ask:
                raise InvariantError(f"bid at level {level} crosses the ask at {self.best_ask}")
            queue = self.bids[level]
            self.best_bid = max(self.best_bid, level)
        else:
            if level <= self.best_bid:
                raise InvariantError(f"ask at level {level} crosses the bid at {self.best_bid}")
            queue = self.asks[level]
            self.best_ask = min(self.best_ask, level)
        queue.orders.append(order)
        queue.total += order.size
        return queue.total

    def cancel(self, order: RestingOrder) -> int:
        """Take the order out of its queue and return the level's new total.

        Raises ValueError when the order does not rest here.
        """
        queue = (self.bids if order.is_bid else self.asks)[order.level]
        queue.orders.remove(order)
        queue.total -= order.size
        order.size = 0
        if not queue.orders:
            self._lower_touch(order.is_bid)
        return queue.total

    def take(self, *, is_bid: bool, size: int) -> list[tuple[RestingOrder, int]]:
        """Fill `size` against the best level of one side, oldest order first.

        Returns (order, size filled) in time order; less than `size` when the level holds less, and
        nothing when the side is empty. Only one level: the caller sweeps.
        """
        queue = self.bids[self.best_bid] if is_bid else self.asks[self.best_ask]
        fills = []
        while size > 0 and queue.orders:
            order = queue.orders[0]
            filled = min(size, order.size)
            order.size -= filled
            queue.total -= filled
            size -= filled
            fills.append((order, filled))
            if not order.size:
                del queue.orders[0]
        if not queue.orders:
            self._lower_touch(is_bid)
        return fills

    def order_at(self, *, is_bid: bool, level: int, place: float) -> RestingOrder | None:
        """Return the order that holds the point `place` (0 front, 1 back) of the level's size.

        `None` when the level is empty.
        """
        queue = (self.bids if is_bid else self.asks)[level]
        point = place * queue.total
        for order in queue.orders:
            point -= order.size
            if point < 0:
                return order
        return queue.orders[-1] if queue.orders else None

    def check(self) -> None:
        """Raise InvariantError unless totals, touch and order sizes agree with the queues."""
        for queues in (self.bids, self.asks):
            for level, queue in enumerate(queues):
                if queue.total != sum(order.size for order in queue.orders):
                    raise InvariantError(f"level {level}: total differs from its orders")
                if any(order.size <= 0 for order in queue.orders):
                    raise InvariantError(f"level {level}: an empty order rests")
        bids = [level for level, queue in enumerate(self.bids) if queue.orders]
        asks = [level for level, queue in enumerate(self.asks) if queue.orders]
        if self.best_bid != max(bids, default=0):
            raise InvariantError(f"best bid {self.best_bid} is not the highest bid")
        if self.best_ask != min(asks, default=self.level_count):
            raise InvariantError(f"best ask {self.best_ask} is not the lowest ask")
        if self.best_bid >= self.best_ask:
            raise InvariantError(f"crossed: bid {self.best_bid}, ask {self.best_ask}")

    def _lower_touch(self, is_bid: bool) -> None:  # noqa: FBT001  (private, two callers)
        """Move the touch away from levels that have just emptied."""
        if is_bid:
            while self.best_bid and not self.bids[self.best_bid].orders:
                self.best_bid -= 1
        else:
            while self.best_ask < self.level_count and not self.asks[self.best_ask].orders:
                self.best_ask += 1
