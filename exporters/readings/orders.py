"""Orders and fills: counts, latencies, and the fill ratio's inputs by level.

Most events name an order only by its id, so the side and level of recent orders are remembered.
"""

from __future__ import annotations

from typing import TypeAlias, assert_never

from bot.domain import events
from bot.domain.orders import OrderId
from bot.domain.reports import TradeState
from bot.domain.units import NS_PER_S, PRICE_SCALE, SIZE_SCALE
from exporters.catalogue import orders as metrics
from exporters.families import Families
from exporters.readings.places import Places, slug_of

ORDERS_MAX = 10_000
"""Orders remembered, open or not: hours of trading. The oldest are forgotten first."""

MS_PER_S = 1_000

Event: TypeAlias = (
    events.OrderDenied
    | events.OrderSubmitted
    | events.OrderSent
    | events.OrderAccepted
    | events.OrderRejected
    | events.OrderLost
    | events.CancelRequested
    | events.OrderCanceled
    | events.CancelRefused
    | events.QueueTraced
)


class _Order:
    """What a later event needs of an order; `place` is (market, side, level)."""

    __slots__ = ("has_fill", "is_accepted", "is_open", "left", "place", "resting_since_ns")

    def __init__(self, place: tuple[str, str, str], size: int, now_ns: int) -> None:
        self.place = place
        self.left = size
        self.resting_since_ns = now_ns
        self.is_open = True
        self.is_accepted = False
        self.has_fill = False


class OrderReadings:
    """The metrics of orders and cancels, and of the fills that belong to them."""

    def __init__(self, families: Families, places: Places, *, orders_max: int = ORDERS_MAX) -> None:
        """Make every series; remember `orders_max` orders."""
        self._places = places
        self._orders_max = orders_max
        self._orders: dict[OrderId, _Order] = {}
        self._submitted = families.counters(metrics.SUBMITTED)
        self._accepted = families.counters(metrics.ACCEPTED)
        self._filled = families.counters(metrics.FILLED)
        self._rejected = families.counters(metrics.REJECTED)
        self._lost = families.counters(metrics.LOST)
        self._denied = families.counters(metrics.DENIED)
        self._open = families.gauges(metrics.OPEN)
        self._cancels_requested = families.counters(metrics.CANCELS_REQUESTED)
        self._canceled = families.counters(metrics.CANCELED)
        self._cancels_refused = families.counters(metrics.CANCELS_REFUSED)
        self._resting_seconds = families.counters(metrics.RESTING_SECONDS)
        self._tick_to_order = families.histograms(metrics.TICK_TO_ORDER_SECONDS)
        self._stages = families.histograms(metrics.TICK_TO_ORDER_STAGE_SECONDS)
        self._answer_seconds = families.histograms(metrics.ANSWER_SECONDS)
        self._cancel_seconds = families.histograms(metrics.CANCEL_SECONDS)
        self._queue_ahead = families.histograms(metrics.QUEUE_AHEAD)
        self._queue_traces = families.counters(metrics.QUEUE_TRACES)

    def read(self, event: Event) -> None:
        """Take one event. Raises KeyError for a market or token not given at start."""
        match event:
            case events.OrderSubmitted():
                self._on_submitted(event)
            case events.OrderSent():
                self._on_sent(event)
            case events.OrderAccepted():
                self._on_accepted(event)
            case events.CancelRequested():
                reason = metrics.CANCEL_CAUSE.value(event.reason)
                self._cancels_requested.add(slug_of(event.market), reason)
            case events.OrderCanceled():
                self._on_canceled(event)
            case events.QueueTraced():
                whole = "yes" if event.is_whole else "no"
                self._queue_traces.add(slug_of(event.market), whole)
            case events.OrderRejected() | events.OrderLost() | events.CancelRefused():
                self._on_bad_answer(event)
            case events.OrderDenied():
                control = metrics.CONTROL.value(event.control)
                verdict = "reduced" if event.allowed_size else "stopped"
                self._denied.add(slug_of(event.market), control, verdict)
            case _:
                assert_never(event)

    def on_fill(self, event: events.OrderFilled) -> None:
        """Take what a fill says of its order: that it rested, filled, and maybe ended."""
        order = self._orders.get(event.order_id)
        if order is None:
            return
        self._note_accepted(order, order.resting_since_ns)
        if not order.has_fill:
            order.has_fill = True
            self._filled.add(*order.place)
        order.left -= event.size
        if order.left <= 0:
            self._close(order, event.ts_ns)

    def _on_submitted(self, event: events.OrderSubmitted) -> None:
        place = (
            slug_of(event.market),
            self._places.quote_side(event.token, event.side),
            metrics.level_value(event.level),
        )
        self._submitted.add(*place)
        if len(self._orders) >= self._orders_max:
            oldest = self._orders.pop(next(iter(self._orders)))
            self._end(oldest)
        self._orders[event.order_id] = _Order(place, event.size, event.ts_ns)
        self._open.add(place[0], amount=1)

    def _on_sent(self, event: events.OrderSent) -> None:
        slug = slug_of(event.market)
        self._tick_to_order.observe(slug, value=event.tick_to_order_ms / MS_PER_S)
        stages = (
            event.decide_ms, event.sign_ms, event.queue_ms, event.journal_ms, event.send_ms,
        )  # fmt: skip
        for stage, taken_ms in zip(metrics.TICK_STAGE.values or (), stages, strict=True):
            if taken_ms is not None:
                self._stages.observe(stage, value=taken_ms / MS_PER_S)

    def _on_accepted(self, event: events.OrderAccepted) -> None:
        slug = slug_of(event.market)
        self._answer_seconds.observe("accepted", value=event.latency_ms / MS_PER_S)
        if event.queue_position is not None:
            self._queue_ahead.observe(slug, value=event.queue_position)
        order = self._orders.get(event.order_id)
        if order is not None:
            self._note_accepted(order, event.ts_ns)

    def _on_canceled(self, event: events.OrderCanceled) -> None:
        self._canceled.add(slug_of(event.market), event.cancel_reason)
        if event.latency_ms is not None:
            self._cancel_seconds.observe("canceled", value=event.latency_ms / MS_PER_S)
        order = self._orders.get(event.order_id)
        if order is not None:
            self._close(order, event.ts_ns)

    def _on_bad_answer(
        self, event: events.OrderRejected | events.OrderLost | events.CancelRefused
    ) -> None:
        slug = slug_of(event.market)
        match event:
            case events.OrderRejected():
                self._rejected.add(slug, event.rejection_reason)
                self._answer_seconds.observe("rejected", value=event.latency_ms / MS_PER_S)
                order = self._orders.get(event.order_id)
                if order is not None:
                    self._end(order)
            case events.OrderLost():
                self._lost.add(slug)
                self._answer_seconds.observe("lost", value=event.latency_ms / MS_PER_S)
            case events.CancelRefused():
                self._cancels_refused.add(slug)
                if event.latency_ms is not None:
                    self._cancel_seconds.observe("refused", value=event.latency_ms / MS_PER_S)
            case _:
                assert_never(event)

    def _note_accepted(self, order: _Order, since_ns: int) -> None:
        if not order.is_accepted:
            order.is_accepted = True
            order.resting_since_ns = since_ns
            self._accepted.add(*order.place)

    def _close(self, order: _Order, now_ns: int) -> None:
        if order.is_open and order.is_accepted:
            resting_s = (now_ns - order.resting_since_ns) / NS_PER_S
            self._resting_seconds.add(*order.place, amount=resting_s)
        self._end(order)

    def _end(self, order: _Order) -> None:
        if order.is_open:
            order.is_open = False
            self._open.add(order.place[0], amount=-1)


class FillReadings:
    """The metrics of fills and their settlement, which need no memory of the order."""

    def __init__(self, families: Families, places: Places) -> None:
        """Make every series."""
        self._places = places
        self._fills = families.counters(metrics.FILLS)
        self._shares = families.counters(metrics.FILLED_SHARES)
        self._usd = families.counters(metrics.FILLED_USD)
        self._after_cancel = families.counters(metrics.FILLS_AFTER_CANCEL)
        self._time_to_fill = families.histograms(metrics.TIME_TO_FILL)
        self._trades = families.counters(metrics.TRADES)
        self._settlement_seconds = families.histograms(metrics.SETTLEMENT_SECONDS)

    def on_fill(self, event: events.OrderFilled) -> None:
        """Take one fill. Raises KeyError for a market or token not given at start."""
        slug = slug_of(event.market)
        side = self._places.quote_side(event.token, event.side)
        self._fills.add(slug, side, metrics.level_value(event.level), event.evidence)
        shares = event.size / SIZE_SCALE
        self._shares.add(slug, side, amount=shares)
        self._usd.add(slug, side, amount=shares * event.price / PRICE_SCALE)
        if event.after_cancel:
            self._after_cancel.add(slug)
        self._time_to_fill.observe(slug, value=event.latency_ms / MS_PER_S)
        self._trades.add(slug, event.state)

    def on_trade_state(self, event: events.TradeStateChanged) -> None:
        """Take one step of settlement. Raises KeyError for a market not given at start."""
        self._trades.add(slug_of(event.market), event.state)
        if event.state in {TradeState.CONFIRMED, TradeState.FAILED}:
            self._settlement_seconds.observe(event.state, value=event.pending_ms / MS_PER_S)
