"""Which fills cannot be, whatever a venue says: booking one would corrupt the ledger."""

from __future__ import annotations

from typing import Literal, TypeAlias

from bot.domain.orders import NewOrder
from bot.domain.reports import Filled
from bot.domain.units import PRICE_SCALE

Flaw: TypeAlias = Literal["token", "side", "size", "price"]
"""What of a fill cannot be so."""


def flaw_of(fill: Filled, order: NewOrder) -> Flaw | None:
    """Return what of a fill of `order` cannot be so; `None` when it can.

    A fill is of the order's own token and side, of a part of it or all, and never at a worse price:
    we signed no other. Several fills that add up to more than the order are
    believed: one of them may have failed and been made good.
    """
    if fill.token != order.token:
        return "token"
    if fill.side is not order.side:
        return "side"
    if not 0 < fill.size <= order.size:
        return "size"
    is_worse = (fill.price - order.price) * order.side.sign > 0
    return "price" if is_worse or not 0 <= fill.price <= PRICE_SCALE else None
