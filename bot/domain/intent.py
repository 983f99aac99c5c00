"""The order that an intent in the journal, or on its way to a twin, was about."""

from __future__ import annotations

from bot.domain.errors import InvariantError
from bot.domain.events import OrderSubmitted
from bot.domain.orders import NewOrder


def new_order_of(event: OrderSubmitted) -> NewOrder:
    """Return the order as it was decided. Raises InvariantError when its event names no token."""
    if event.token is None:
        raise InvariantError(f"order {event.order_id} is for no token")
    return NewOrder(
        decision_id=event.decision_id,
        token=event.token,
        side=event.side,
        price=event.price,
        size=event.size,
        level=event.level,
    )
