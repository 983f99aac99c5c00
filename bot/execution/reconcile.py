"""From wanted orders and open orders to the fewest requests that make them equal.

An order that is nearly right stays: its place in the queue is worth more than the last tick. A
replaced order is cancelled first, and what replaces it waits for the proof, so that a side never
carries more orders than it has targets. There is no amend on the exchange (polymarket.md 2.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeAlias

from bot.domain.market import BUY, SELL, Market, Side, TokenId, in_yes_terms
from bot.domain.orders import PENDING_CANCEL, Order, OrderId
from bot.domain.value import Value
from bot.execution.config import ReconcileConfig


class Target(Value, frozen=True):
    """A wanted order: on its own token, with `quote_side` the side it shows in YES terms."""

    token: TokenId
    side: Side
    price: int
    size: int
    quote_side: Side


class OpenOrder(Value, frozen=True):
    """An order that may still trade, as far as reconciling needs it.

    `size` is what may still trade of the `placed_size`; `quote_side` and `quote_price` are its YES
    terms; `since_ns` is when it was accepted, or submitted while that is not known.
    """

    order_id: OrderId
    token: TokenId
    side: Side
    price: int
    size: int
    placed_size: int
    quote_side: Side
    quote_price: int
    since_ns: int
    is_canceling: bool


class CancelCause(StrEnum):
    """What in us asked for a cancel."""

    PULLED = "pulled"
    DANGEROUS = "dangerous"
    REPLACED = "replaced"


class Place(Value, frozen=True):
    """Send this order."""

    target: Target


class Cancel(Value, frozen=True):
    """Take this order off the book."""

    order_id: OrderId
    reason: CancelCause


Action: TypeAlias = Place | Cancel


def open_order(order: Order, market: Market) -> OpenOrder:
    """Return an open order of ours as reconciling sees it."""
    new = order.new
    quote_side, quote_price = in_yes_terms(market.outcome(new.token), new.side, new.price)
    return OpenOrder(
        order_id=order.order_id,
        token=new.token,
        side=new.side,
        price=new.price,
        size=order.open_size,
        placed_size=new.size,
        quote_side=quote_side,
        quote_price=quote_price,
        since_ns=order.submitted_ns if order.accepted_ns is None else order.accepted_ns,
        is_canceling=order.status is PENDING_CANCEL,
    )


def reconcile(
    targets: Sequence[Target],
    open_orders: Sequence[OpenOrder],
    config: ReconcileConfig,
    now_ns: int,
    *,
    tick: int,
    fair_price: float | None,
) -> list[Action]:
    """Return the requests for one market, cancels first, then places, best target first.

    `targets` come best first by side, no two with the same token, side and price. An order that
    would lose against `fair_price` (YES terms) is dangerous and goes at once; with `None` none is.
    Everything open counts, requests under way included.
    """
    kept = _keep(targets, open_orders, config, tick, fair_price)
    if len(kept) == len(targets) == len(open_orders):
        return []
    unserved = [target for i, target in enumerate(targets) if i not in kept]
    serving = {order.order_id for order in kept.values()}
    cancels: list[Cancel] = []
    for order in open_orders:
        if order.order_id in serving or order.is_canceling:
            continue
        cause = _cancel_cause(order, unserved, config, now_ns, fair_price)
        if cause is not None:
            cancels.append(Cancel(order.order_id, cause))
    leaving = {cancel.order_id for cancel in cancels}
    return [*cancels, *_places(targets, unserved, open_orders, leaving, config)]


def _keep(
    targets: Sequence[Target],
    open_orders: Sequence[OpenOrder],
    config: ReconcileConfig,
    tick: int,
    fair_price: float | None,
) -> dict[int, OpenOrder]:
    """Return the order that serves each target, by the target's index; most targets served."""
    kept: dict[int, OpenOrder] = {}
    used: set[OrderId] = set()
    for i, target in enumerate(targets):
        for order in open_orders:
            if (
                order.price == target.price
                and order.token == target.token
                and order.side is target.side
                and not order.is_canceling
                and order.order_id not in used
                and _has_right_size(order, target, config.size_tolerance)
            ):
                kept[i] = order
                used.add(order.order_id)
                break
    if config.hysteresis_ticks and len(kept) < min(len(targets), len(open_orders)):
        _keep_near(targets, open_orders, config, tick, fair_price, kept)
    return kept


def _keep_near(
    targets: Sequence[Target],
    open_orders: Sequence[OpenOrder],
    config: ReconcileConfig,
    tick: int,
    fair_price: float | None,
    kept: dict[int, OpenOrder],
) -> None:
    """Add to `kept` orders near targets that have none, as many as possible (Kuhn's matching).

    An order exactly at the price of some target serves that one or none: otherwise two orders could
    end at one price. At most a handful of orders are in play.
    """
    exact = {(target.token, target.side, target.price) for target in targets}
    used = {order.order_id for order in kept.values()}
    near: dict[int, list[OpenOrder]] = {
        i: [
            order
            for order in open_orders
            if order.order_id not in used
            and (order.token, order.side) == (target.token, target.side)
            and (order.token, order.side, order.price) not in exact
            and abs(order.price - target.price) <= config.hysteresis_ticks * tick
            and _has_right_size(order, target, config.size_tolerance)
            and not order.is_canceling
            and not _is_dangerous(order, fair_price)
        ]
        for i, target in enumerate(targets)
        if i not in kept
    }
    serves: dict[OrderId, int] = {}

    def find(i: int, seen: set[OrderId]) -> bool:
        for order in near[i]:
            if order.order_id not in seen:
                seen.add(order.order_id)
                if order.order_id not in serves or find(serves[order.order_id], seen):
                    serves[order.order_id] = i
                    kept[i] = order
                    return True
        return False

    for i in near:
        find(i, set())


def _has_right_size(order: OpenOrder, target: Target, tolerance: float) -> bool:
    """Return True unless too much is open, or too little of what was placed.

    An order that the limits cut when it was placed is not replaced for being small: it would be
    cut again.
    """
    wanted = min(target.size, order.placed_size)
    return (1.0 - tolerance) * wanted <= order.size <= (1.0 + tolerance) * target.size


def _is_dangerous(order: OpenOrder, fair_price: float | None) -> bool:
    """Return True when a fill at this price would lose against the fair price."""
    if fair_price is None:
        return False
    if order.quote_side is BUY:
        return order.quote_price > fair_price
    return order.quote_price < fair_price


def _cancel_cause(
    order: OpenOrder,
    unserved: Sequence[Target],
    config: ReconcileConfig,
    now_ns: int,
    fair_price: float | None,
) -> CancelCause | None:
    """Return why an order that serves no target goes now; `None` while it has to rest."""
    if _is_dangerous(order, fair_price):
        return CancelCause.DANGEROUS
    if not any(target.quote_side is order.quote_side for target in unserved):
        return CancelCause.PULLED
    if now_ns - order.since_ns < config.min_rest_ns:
        return None
    return CancelCause.REPLACED


def _places(
    targets: Sequence[Target],
    unserved: Sequence[Target],
    open_orders: Sequence[OpenOrder],
    leaving: set[OrderId],
    config: ReconcileConfig,
) -> list[Place]:
    """Return what may be placed now: no more orders on a side than it has targets."""
    counted = [
        order
        for order in open_orders
        if not (config.place_beside_cancel and (order.is_canceling or order.order_id in leaving))
    ]
    taken = {(order.token, order.side, order.price) for order in open_orders}
    places: list[Place] = []
    for side in (BUY, SELL):
        slots = sum(target.quote_side is side for target in targets)
        slots -= sum(order.quote_side is side for order in counted)
        for target in unserved:
            key = (target.token, target.side, target.price)
            if slots > 0 and target.quote_side is side and key not in taken:
                taken.add(key)
                slots -= 1
                places.append(Place(target))
    return places
