"""The order log: a stream of events folded into one record per order, in one pass.

Memory is bounded by orders and samples of the window, not by events. A journal may begin in the
middle of an order, repeat itself, or miss events of a crashed run: such events are counted in
`damage` and skipped, never guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, TypeAlias

from bot.domain import events as ev
from bot.domain.agreement import Agreement
from bot.domain.reports import TradeState
from bot.domain.units import PRICE_SCALE
from extractor.records import (
    EquityPoint,
    FillRecord,
    OrderRecord,
    QuotePoint,
    is_number,
)

MINUTE_NS = 60 * 1_000_000_000
SETTLED = frozenset({TradeState.CONFIRMED, TradeState.FAILED})

# The events that speak of one order; what to do with each is in `_ORDER_STEPS`.
OrderEvent: TypeAlias = (
    ev.OrderAccepted
    | ev.OrderRejected
    | ev.OrderLost
    | ev.CancelRequested
    | ev.OrderCanceled
    | ev.CancelRefused
    | ev.OrderFilled
    | ev.TradeStateChanged
    | ev.QueueTraced
    | ev.MarkoutMeasured
)


class OrderLog:
    """Everything the estimators need of a window. `add` folds in one event.

    `ends_ns` is when each run was last heard of: what it had resting then is not known to rest on.
    `gas_usd` is what each transaction outside of orders cost, where the price of gas was known.
    """

    def __init__(self) -> None:
        """Make an empty log."""
        self.orders: dict[tuple[str, str], OrderRecord] = {}
        self.quotes: dict[str, list[QuotePoint]] = {}
        self.equity: dict[tuple[str, str], list[EquityPoint]] = {}
        self.events = 0
        self.damage: Counter[str] = Counter()
        self.venues: set[str] = set()
        self.agreed: Counter[Agreement] = Counter()
        self.ends_ns: dict[str, int] = {}
        self.gas_usd: list[float] = []
        self._last_seq: dict[str, int] = {}
        self._minutes: set[int] = set()
        self._leaning: dict[str, float] = {}

    # reading -------------------------------------------------------------------------------

    @property
    def hours(self) -> float:
        """Hours in which the bot was alive, that is minutes with an event: gaps do not count."""
        return len(self._minutes) / 60

    @property
    def markets(self) -> tuple[str, ...]:
        """The markets seen, sorted."""
        seen = {order.market for order in self.orders.values()} | self.quotes.keys()
        return tuple(sorted(market for market in seen if market is not None))

    def rested(self) -> list[OrderRecord]:
        """Return the orders the venue took, in order of submission."""
        return [order for order in self.orders.values() if order.rested]

    def fills(self) -> list[tuple[OrderRecord, FillRecord]]:
        """Return every fill with its order."""
        return [(order, fill) for order in self.orders.values() for fill in order.fills]

    def distance_cents(self, order: OrderRecord) -> float | None:
        """Return how far behind the mid the order was placed, `None` without a mid.

        Positive is on our own side of the mid. Which outcome a token is shows in its prices: the
        sum of all its orders lies near the mid for YES and near 1 - mid for NO.
        """
        if order.mid is None or not is_number(order.mid):
            return None
        is_no = self._leaning.get(order.token or "", 0.0) > 0
        mid = PRICE_SCALE - order.mid if is_no else order.mid
        return order.side.sign * (mid - order.price) / 100

    # folding -------------------------------------------------------------------------------

    def add(self, event: ev.Event) -> None:
        """Fold in one event; an event that cannot belong is counted in `damage`."""
        self.events += 1
        run_id, ts_ns = event.run_id, event.ts_ns
        if event.seq <= self._last_seq.get(run_id, -1):
            self.damage["repeated"] += 1
            return
        self._last_seq[run_id] = event.seq
        self._minutes.add(ts_ns // MINUTE_NS)
        if ts_ns > self.ends_ns.get(run_id, 0):
            self.ends_ns[run_id] = ts_ns
        kind = type(event)
        step = _ORDER_STEPS.get(kind)
        if step is not None:
            order = self.orders.get((run_id, event.order_id))  # type: ignore[union-attr]
            fault = f"{kind.__name__}_without_submit" if order is None else step(order, event)
            if fault is not None:
                self.damage[fault] += 1
        elif kind in self._STEPS:
            self._STEPS[kind](self, event)

    def _submit(self, event: ev.OrderSubmitted) -> None:
        key = (event.run_id, event.order_id)
        if key in self.orders:
            self.damage["submitted_twice"] += 1
            return
        self.orders[key] = OrderRecord(
            run_id=event.run_id,
            market=event.market,
            token=event.token,
            side=event.side,
            price=event.price,
            size=event.size,
            level=event.level,
            mid=event.mid,
            submitted_ns=event.ts_ns,
        )
        if event.mid is not None and is_number(event.mid):
            as_yes = abs(event.mid - event.price)
            as_no = abs(PRICE_SCALE - event.mid - event.price)
            token = event.token or ""
            self._leaning[token] = self._leaning.get(token, 0.0) + as_yes - as_no

    def _sample(self, event: ev.QuoteSampled) -> None:
        point = QuotePoint(
            event.ts_ns, event.best_bid, event.best_ask, event.our_bid, event.our_ask
        )
        self.quotes.setdefault(event.market or "", []).append(point)

    def _mark_equity(self, event: ev.EquityMarked) -> None:
        mark = EquityPoint(event.ts_ns, event.equity, event.fees)
        self.equity.setdefault((event.run_id, event.market or ""), []).append(mark)

    def _start(self, event: ev.RunStarted) -> None:
        self.venues.add(event.venue)

    def _compare(self, event: ev.OrderCompared) -> None:
        self.agreed[event.agreement] += 1

    def _pay_gas(self, event: ev.TransactionMined) -> None:
        if event.gas_cost_usd is not None:
            self.gas_usd.append(event.gas_cost_usd)

    # What is in neither table only shows that the bot was alive.
    _STEPS: ClassVar[Mapping[type, Callable[..., None]]] = {
        ev.OrderSubmitted: _submit,
        ev.QuoteSampled: _sample,
        ev.EquityMarked: _mark_equity,
        ev.RunStarted: _start,
        ev.OrderCompared: _compare,
        ev.TransactionMined: _pay_gas,
    }


def fold(events: Iterable[ev.Event]) -> OrderLog:
    """Return the order log of a stream of events."""
    log = OrderLog()
    for event in events:
        log.add(event)
    return log


# One step per kind of event: changes the record, or returns the name of the damage it found.


def _accept(order: OrderRecord, event: ev.OrderAccepted) -> str | None:
    if order.accepted_ns is not None:
        return "accepted_twice"
    order.accepted_ns = event.ts_ns
    # An acceptance learned by a later query is no answer time: the order was lost before.
    order.ack_ms = event.latency_ms if order.lost_ms is None else None
    return None


def _reject(order: OrderRecord, event: ev.OrderRejected) -> None:
    order.rejection_reason = event.rejection_reason
    order.rejection_gas_usd = event.gas_cost_usd


def _lose(order: OrderRecord, event: ev.OrderLost) -> None:
    if order.lost_ms is None:
        order.lost_ms = event.latency_ms


def _request_cancel(order: OrderRecord, event: ev.CancelRequested) -> None:
    if order.cancel_requested_ns is None:
        order.cancel_requested_ns = event.ts_ns


def _cancel(order: OrderRecord, event: ev.OrderCanceled) -> str | None:
    if order.canceled_ns is not None:
        return "canceled_twice"
    order.canceled_ns = event.ts_ns
    order.cancel_ms = event.latency_ms
    order.cancel_reason = event.cancel_reason
    return None


def _refuse_cancel(_order: OrderRecord, _event: ev.CancelRefused) -> None:
    """Change nothing: what became of the order is told by another event."""


def _fill(order: OrderRecord, event: ev.OrderFilled) -> str | None:
    if _find_fill(order, event.trade_id) is not None:
        return "filled_twice"
    order.fills.append(
        FillRecord(
            ts_ns=event.ts_ns,
            trade_id=event.trade_id,
            price=event.price,
            size=event.size,
            after_cancel=event.after_cancel,
            fee=event.fee,
            gas_usd=event.gas_cost_usd,
            evidence=event.evidence,
            state=event.state,
        )
    )
    return None


def _find_fill(order: OrderRecord, trade_id: str) -> FillRecord | None:
    for fill in order.fills:
        if fill.trade_id == trade_id:
            return fill
    return None


def _settle(order: OrderRecord, event: ev.TradeStateChanged) -> str | None:
    fill = _find_fill(order, event.trade_id)
    if fill is None:
        return "settled_without_fill"
    fill.state = event.state
    if event.state in SETTLED:
        fill.settled_ms = event.pending_ms
    return None


def _mark(order: OrderRecord, event: ev.MarkoutMeasured) -> str | None:
    fill = _find_fill(order, event.trade_id)
    if fill is None:
        return "markout_without_fill"
    if not (is_number(event.cost_cents) and is_number(event.cost_bps)):
        return "markout_not_a_number"
    fill.markouts[event.horizon_s] = (event.cost_cents, event.cost_bps)
    return None


def _trace(order: OrderRecord, event: ev.QueueTraced) -> None:
    order.trace = event


_ORDER_STEPS: dict[type, Callable[..., str | None]] = {
    ev.OrderAccepted: _accept,
    ev.OrderRejected: _reject,
    ev.OrderLost: _lose,
    ev.CancelRequested: _request_cancel,
    ev.OrderCanceled: _cancel,
    ev.CancelRefused: _refuse_cancel,
    ev.OrderFilled: _fill,
    ev.TradeStateChanged: _settle,
    ev.MarkoutMeasured: _mark,
    ev.QueueTraced: _trace,
}
