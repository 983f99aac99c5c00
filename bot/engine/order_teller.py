"""What became of orders and fills, as events: the words for what the accounts have learned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from bot.domain import events, reports
from bot.domain.exposure import StaleSpan
from bot.domain.market import TokenId
from bot.domain.markout import Markout
from bot.domain.orders import Order
from bot.domain.units import NS_PER_MS, SIZE_SCALE, cash_paid, dollars
from bot.engine.flaws import Flaw
from bot.engine.publisher import Publisher
from bot.engine.tokens import TokenState


class OrderTeller:
    """Publishes one event a call; decides nothing and changes nothing."""

    __slots__ = ("_out", "_tokens")

    def __init__(self, tokens: Mapping[TokenId, TokenState], publisher: Publisher) -> None:
        """Tell of orders on `tokens`."""
        self._tokens = tokens
        self._out = publisher

    def sent(self, order: Order, report: reports.Sent, now_ns: int) -> None:
        """Tell that an order left, and what its way from the tick took."""
        later = (report.sign_ns, report.queue_ns, report.journal_ns, report.send_ns)
        sign_ms, queue_ms, journal_ms, send_ms = (
            None if taken_ns is None else taken_ns / NS_PER_MS for taken_ns in later
        )
        self._out.publish(
            events.OrderSent(
                **self._stamp(order.new.token, now_ns),
                order_id=order.order_id,
                tick_to_order_ms=(report.decide_ns + sum(ns or 0 for ns in later)) / NS_PER_MS,
                decide_ms=report.decide_ns / NS_PER_MS,
                sign_ms=sign_ms,
                queue_ms=queue_ms,
                journal_ms=journal_ms,
                send_ms=send_ms,
            )
        )

    def accepted(self, order: Order, queue_ahead: int | None, now_ns: int) -> None:
        """Tell that an order rests, behind so much."""
        self._out.publish(
            events.OrderAccepted(
                **self._stamp(order.new.token, now_ns),
                order_id=order.order_id,
                latency_ms=(now_ns - order.submitted_ns) / NS_PER_MS,
                queue_position=_shares(queue_ahead),
            )
        )

    def rejected(self, order: Order, reason: reports.RejectionReason, now_ns: int) -> None:
        """Tell that an order was refused."""
        self._out.publish(
            events.OrderRejected(
                **self._stamp(order.new.token, now_ns),
                order_id=order.order_id,
                rejection_reason=reason,
                latency_ms=(now_ns - order.submitted_ns) / NS_PER_MS,
            )
        )

    def lost(self, order: Order, now_ns: int) -> None:
        """Tell that nobody knows whether an order rests."""
        self._out.publish(
            events.OrderLost(
                **self._stamp(order.new.token, now_ns),
                order_id=order.order_id,
                latency_ms=(now_ns - order.submitted_ns) / NS_PER_MS,
            )
        )

    def canceled(self, order: Order, reason: reports.CancelReason, now_ns: int) -> None:
        """Tell that an order is off the book."""
        self._out.publish(
            events.OrderCanceled(
                **self._stamp(order.new.token, now_ns),
                order_id=order.order_id,
                cancel_reason=reason,
                latency_ms=_ms_since(order.cancel_requested_ns, now_ns),
                resting_ms=_ms_since(order.accepted_ns, now_ns),
                size=order.new.size,
                filled=order.filled,
            )
        )

    def cancel_refused(self, order: Order, now_ns: int) -> None:
        """Tell that a cancel did nothing."""
        self._out.publish(
            events.CancelRefused(
                **self._stamp(order.new.token, now_ns),
                order_id=order.order_id,
                latency_ms=_ms_since(order.cancel_requested_ns, now_ns),
            )
        )

    def filled(
        self, order: Order, report: reports.Filled, mid_before: float | None, now_ns: int
    ) -> None:
        """Tell of a fill, with the mid on our token just before it."""
        notional = cash_paid(report.price, report.size)
        self._out.publish(
            events.OrderFilled(
                **self._stamp(order.new.token, now_ns, report.ts_venue_ns),
                order_id=order.order_id,
                trade_id=report.trade_id,
                decision_id=order.new.decision_id,
                side=order.new.side,
                price=report.price,
                size=report.size,
                level=order.new.level,
                evidence=report.evidence,
                state=report.state,
                mid_before=mid_before,
                after_cancel=order.cancel_requested_ns is not None,
                latency_ms=(now_ns - order.submitted_ns) / NS_PER_MS,
                queue_position=_shares(report.queue_ahead),
                fee=report.fee,
                real_fee_bps=10_000 * report.fee / notional if notional else 0.0,
                gas_cost_usd=dollars(report.gas_cost),
            )
        )

    def stage(
        self,
        order: Order,
        trade_id: str,
        state: reports.TradeState,
        pending_ms: float,
        now_ns: int,
    ) -> None:
        """Tell that the settlement of a leg moved on."""
        self._out.publish(
            events.TradeStateChanged(
                **self._stamp(order.new.token, now_ns),
                order_id=order.order_id,
                trade_id=trade_id,
                state=state,
                pending_ms=pending_ms,
            )
        )

    def ignored(
        self,
        report: reports.VenueReport,
        reason: Literal["foreign"] | Flaw,
        token: TokenId | None,
        now_ns: int,
    ) -> None:
        """Tell that a report was not booked; `token` is that of our order, if it is ours."""
        stamp = self._out.stamp(now_ns) if token is None else self._stamp(token, now_ns)
        self._out.publish(
            events.ReportIgnored(
                **stamp, order_id=report.order_id, report=type(report).__name__, reason=reason
            )
        )

    def queue_traced(self, token: TokenId, fields: Mapping[str, Any], now_ns: int) -> None:
        """Tell what was seen at the price of an order; `fields` are those of the event."""
        self._out.publish(events.QueueTraced(**self._stamp(token, now_ns), **fields))

    def stale(self, span: StaleSpan, token: TokenId, now_ns: int) -> None:
        """Tell of a span in which an order rested at a price that the value had left."""
        self._out.publish(
            events.StaleQuoteMeasured(
                **self._stamp(token, now_ns),
                order_id=span.order_id,
                side=span.side,
                size=span.size,
                duration_ms=span.duration_ns / NS_PER_MS,
                exposure_share_s=span.exposure_share_s,
            )
        )

    def markout(self, markout: Markout, now_ns: int) -> None:
        """Tell what the mid did after a fill."""
        fill = markout.fill
        self._out.publish(
            events.MarkoutMeasured(
                **self._stamp(fill.token, now_ns),
                order_id=fill.order_id,
                trade_id=fill.trade_id,
                side=fill.side,
                size=fill.size,
                horizon_s=markout.horizon_s,
                mid_before=fill.mid_before,
                mid_after=markout.mid_after,
                cost_cents=markout.cost_cents,
                cost_bps=markout.cost_bps,
            )
        )

    def _stamp(self, token: TokenId, now_ns: int, ts_venue_ns: int | None = None) -> dict[str, Any]:
        return self._out.stamp(now_ns, self._tokens[token].market.slug, token, ts_venue_ns)


def _shares(size: int | None) -> float | None:
    return None if size is None else size / SIZE_SCALE


def _ms_since(start_ns: int | None, now_ns: int) -> float | None:
    return None if start_ns is None else (now_ns - start_ns) / NS_PER_MS
