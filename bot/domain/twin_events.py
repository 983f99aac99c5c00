"""The event that sets paper beside production: one order on both sides."""

from __future__ import annotations

from bot.domain.agreement import Agreement
from bot.domain.market import Side
from bot.domain.orders import OrderId
from bot.domain.record import Record


class OrderCompared(Record, frozen=True, kw_only=True):
    """One order of one decision on paper and in production, when no fill can come any more.

    `order_id` is production's, `paper_order_id` that of the paper venue beside it. Sizes are what
    was matched, whatever became of the settlement.
    """

    decision_id: int
    order_id: OrderId
    paper_order_id: OrderId
    side: Side
    price: int
    size: int
    level: int
    filled_paper: int
    filled_production: int
    agreement: Agreement
