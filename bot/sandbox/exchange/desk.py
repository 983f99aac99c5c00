"""Orders in and out: what the exchange checks, holds and says when one comes or goes."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.market import Side
from bot.domain.orders import NewOrder, OrderId
from bot.domain.reports import RejectionReason
from bot.domain.units import NS_PER_MS, NS_PER_S, format_price, format_size
from bot.sandbox.exchange.books import PublicBooks
from bot.sandbox.exchange.hall import Hall
from bot.sandbox.exchange.keys import ApiKey
from bot.sandbox.exchange.orders import PostedOrder, RestingOrder, SignedOrder, new_order
from bot.sandbox.exchange.refusals import Reason, Refused, refusal
from bot.sandbox.exchange.signing import (
    EOA,
    EXCHANGE,
    NEG_RISK_EXCHANGE,
    order_hash,
    verify_order,
)

GONE = "already canceled or matched"
"""What a cancel says of an order that is not there any more (feed.md, real answers)."""
EXPIRES_EARLY_NS = 60 * NS_PER_S
"""A GTD order is withdrawn this long before its stated end (polymarket.md 2.3)."""
_FOK_TEXT = "order couldn't be fully filled. FOK orders are fully filled or killed."
_FAK_TEXT = (
    "no orders found to match with FAK order. "
    "FAK orders are partially filled or killed if no match is found."
)


class Desk:
    """Takes and withdraws orders. Nobody trades here: an order rests or is refused."""

    def __init__(self, hall: Hall) -> None:
        """Work in a hall."""
        self._hall = hall

    def place(self, key: ApiKey, posted: PostedOrder, now_ns: int) -> RestingOrder:
        """Check an order and put it on the book. Raises Refused with the exchange's own text."""
        hall = self._hall
        books = hall.need_books(posted.signed.token)
        order_id = OrderId(order_hash(posted.signed, neg_risk=books.market.neg_risk))
        self._check_draw(posted, order_id)
        self._check_owner(key, posted, books)
        if order_id in hall.orders:
            raise refusal(Reason.DUPLICATED, order_id=order_id)
        expires_ns = _expires_ns(posted, now_ns)
        order = self._check_terms(posted, order_id, books)
        spender = NEG_RISK_EXCHANGE if books.market.neg_risk else EXCHANGE
        hall.account(posted.signed.maker).reserve(order_id, order, spender)
        resting = RestingOrder(
            order_id, order, posted, books.market.outcome(order.token), books.market.condition_id
        )
        resting.created_ns, resting.expires_ns = now_ns, expires_ns
        hall.remember(resting)
        hall.matching.watch(order)
        hall.matching.rest(order_id, order, hall.flow_ns(now_ns))
        hall.tell(resting, "PLACEMENT", now_ns)
        hall.show(books, books.add(order, order.size, now_ns // NS_PER_MS), now_ns)
        if expires_ns is not None:
            due_ns = max(now_ns, expires_ns - EXPIRES_EARLY_NS)
            hall.agenda.at(due_ns, lambda at_ns: self._expire(resting, at_ns))
        return resting

    def cancel(self, key: str, ids: Iterable[str], now_ns: int) -> tuple[list[str], dict[str, str]]:
        """Withdraw orders of a key; return (cancelled ids, what was wrong with the others)."""
        done, failed = [], {}
        for order_id in dict.fromkeys(ids):
            order = self._hall.orders.get(OrderId(order_id))
            if order is None or order.key != key:
                failed[order_id] = "order not found"
            elif not order.open_size:
                failed[order_id] = GONE
            else:
                self.withdraw(order, "CANCELED", now_ns)
                done.append(order_id)
        return done, failed

    def open_orders(
        self, key: str | None = None, market: str | None = None, token: str | None = None
    ) -> list[RestingOrder]:
        """Return open orders, oldest first, of a key, market and token where given."""
        return [
            order
            for order in self._hall.open.values()
            if key in (None, order.key)
            and market in (None, order.market)
            and token in (None, order.new.token)
        ]

    def withdraw(self, order: RestingOrder, status: str, now_ns: int) -> None:
        """Take an open order off the book; `status` says why, in the exchange's words."""
        hall = self._hall
        left = order.open_size
        order.status = status
        del hall.open[order.order_id]
        hall.matching.remove(order.order_id)
        hall.account(order.maker).release(order.order_id)
        hall.tell(order, "CANCELLATION", now_ns)
        books = hall.need_books(order.new.token)
        hall.show(books, books.add(order.new, -left, now_ns // NS_PER_MS), now_ns)

    def _expire(self, order: RestingOrder, now_ns: int) -> None:
        if order.open_size:
            self.withdraw(order, "CANCELED_EXPIRED_ORDER", now_ns)

    def _check_draw(self, posted: PostedOrder, order_id: OrderId) -> None:
        reason = self._hall.dice.reason(self._hall.faults.reject)
        if reason is not None:
            raise refusal(reason, order_id=order_id, maker=posted.signed.maker)

    def _check_owner(self, key: ApiKey, posted: PostedOrder, books: PublicBooks) -> None:
        signed, faults = posted.signed, self._hall.faults
        if posted.owner != key.key:
            raise refusal(Reason.OWNER)
        if signed.signature_type == EOA and not self._hall.config.allow_eoa:
            raise refusal(Reason.MAKER_NOT_ALLOWED)
        verify_order(signed, key.address, neg_risk=books.market.neg_risk)
        if faults.is_geoblocked:
            raise refusal(Reason.GEOBLOCK)
        if faults.is_closed_only and signed.side is Side.BUY:
            raise refusal(Reason.CLOSED_ONLY, maker=signed.maker)

    def _check_terms(self, posted: PostedOrder, order_id: OrderId, books: PublicBooks) -> NewOrder:
        """Return the order as it may rest now. Raises Refused."""
        hall, signed = self._hall, posted.signed
        if books.market.condition_id in hall.closed or not books.is_ready:
            raise refusal(Reason.NOT_READY)
        tick_error = refusal(
            Reason.TICK_SIZE,
            order_id=order_id,
            price=signed.price_text,
            tick=format_price(books.tick),
        )
        if signed.price is None:
            raise tick_error
        order = new_order(posted, signed.price)
        reason = hall.matching.refusal(order)
        if reason is RejectionReason.TICK_SIZE:
            raise tick_error
        if reason is RejectionReason.MIN_SIZE:
            raise _too_small(order_id, signed, books)
        is_crossing = reason is RejectionReason.POST_ONLY_CROSS
        if is_crossing and posted.is_post_only:
            raise refusal(Reason.POST_ONLY_CROSS)
        if posted.order_type in ("FOK", "FAK"):
            # Takers are not served: see docs/sandbox.md.
            raise Refused(400, _FOK_TEXT if posted.order_type == "FOK" else _FAK_TEXT)
        if is_crossing:
            raise refusal(Reason.CROSSES, order_id=order_id)
        return order


def _too_small(order_id: OrderId, signed: SignedOrder, books: PublicBooks) -> Refused:
    return refusal(
        Reason.MIN_SIZE,
        order_id=order_id,
        size=format_size(signed.size),
        size_min=format_size(books.market.size_min),
    )


def _expires_ns(posted: PostedOrder, now_ns: int) -> int | None:
    """Return when a GTD order ends, `None` for others. Raises Refused: invalid expiration."""
    expires_ns = posted.signed.expiration_s * NS_PER_S
    if posted.order_type != "GTD":
        if expires_ns:
            raise refusal(Reason.EXPIRATION)
        return None
    if expires_ns <= now_ns + EXPIRES_EARLY_NS:
        raise refusal(Reason.EXPIRATION)
    return expires_ns
