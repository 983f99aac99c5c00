"""Each order of a decision on both sides, from the decision until no fill can come any more."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain import events
from bot.domain.agreement import agreement
from bot.domain.orders import CLOSED, Order, OrderId, OrderStatus
from bot.domain.ports import NEVER
from bot.domain.units import NS_PER_S
from bot.engine import Publisher
from bot.twin.real_orders import RealOrder

LATE_NS = 60 * NS_PER_S
"""A fill may be told this long after an order has ended: production compares with the exchange's
lists every 30 s, so what a silent user channel kept is known after two of them."""
FOLLOW_NS = 2 * NS_PER_S
"""After production's order was filled, its twin stays this long for the prints of that trade, which
come some 20 ms after it (feed.md 3)."""


class Pair:
    """One order of production and its twin on paper."""

    __slots__ = ("market", "paper", "real")

    def __init__(self, real: RealOrder, paper: Order, market: str) -> None:
        """Begin with both under way."""
        self.real = real.order
        self.paper = paper
        self.market = market

    @property
    def lapses_ns(self) -> int:
        """When the twin's order is to be taken off because nobody decides about it any more.

        Production cancels an order that rests, never one that is gone: refused, taken off by the
        exchange, or filled. NEVER while production may still decide, or where that is under way.
        """
        closed_ns = self.real.closed_ns
        is_going = self.paper.status is OrderStatus.PENDING_CANCEL
        if closed_ns is None or is_going or not self.paper.is_open:
            return NEVER
        return closed_ns + (FOLLOW_NS if self.real.status is OrderStatus.FILLED else 0)

    @property
    def judged_ns(self) -> int:
        """When no fill can come any more on either side; NEVER while one of both may trade."""
        if not {self.real.status, self.paper.status} <= CLOSED:
            return NEVER
        return max(self.real.closed_ns or 0, self.paper.closed_ns or 0) + LATE_NS


class Comparison:
    """All pairs that are not judged yet. `next_due_ns` is when one has to be looked at."""

    def __init__(self, publisher: Publisher) -> None:
        """Publish judgements to `publisher`."""
        self._out = publisher
        self._pairs: dict[OrderId, Pair] = {}
        self.next_due_ns = NEVER

    def add(self, pair: Pair) -> None:
        """Follow a new pair."""
        self._pairs[pair.real.order_id] = pair

    def get(self, order_id: OrderId) -> Pair | None:
        """Return the pair of an order of production; `None` for one of an earlier run."""
        return self._pairs.get(order_id)

    def refresh(self) -> None:
        """Take that orders changed."""
        due = (min(pair.lapses_ns, pair.judged_ns) for pair in self._pairs.values())
        self.next_due_ns = min(due, default=NEVER)

    def lapsed(self, now_ns: int) -> list[Pair]:
        """Return the pairs whose twin is to be taken off now."""
        return [pair for pair in self._pairs.values() if pair.lapses_ns <= now_ns]

    def judge(self, now_ns: int) -> list[OrderId]:
        """Publish the pairs that are due; return production's ids of them."""
        return self._judge([p for p in self._pairs.values() if p.judged_ns <= now_ns], now_ns)

    def judge_all(self, now_ns: int) -> list[OrderId]:
        """Publish the pairs of which production knows the end: it has ended, and looked for fills.

        Nothing comes on paper any more either. Of the others nobody knows what became of them.
        """
        ended = [pair for pair in self._pairs.values() if pair.real.status in CLOSED]
        return self._judge(ended, now_ns)

    def _judge(self, pairs: Iterable[Pair], now_ns: int) -> list[OrderId]:
        judged = []
        for pair in pairs:
            del self._pairs[pair.real.order_id]
            self._publish(pair, now_ns)
            judged.append(pair.real.order_id)
        return judged

    def _publish(self, pair: Pair, now_ns: int) -> None:
        new = pair.real.new
        self._out.publish(
            events.OrderCompared(
                **self._out.stamp(now_ns, pair.market, new.token),
                decision_id=new.decision_id,
                order_id=pair.real.order_id,
                paper_order_id=pair.paper.order_id,
                side=new.side,
                price=new.price,
                size=new.size,
                level=new.level,
                filled_paper=pair.paper.filled,
                filled_production=pair.real.filled,
                agreement=agreement(pair.paper.filled, pair.real.filled),
            )
        )
