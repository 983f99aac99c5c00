"""The way of one order from the tick that made it due to the wire, station by station.

All times come from the local monotonic clock, so their differences are what really passed. It
begins where the engine got the message on which the decision fell due (its frame was read from the
socket then), and ends where the last byte of the HTTP request was handed to the socket.
"""

from __future__ import annotations

from bot.domain.orders import OrderId
from bot.domain.reports import Sent


class Trip:
    """The stations of one order, in local ns; `left_ns` is None until its bytes went out."""

    __slots__ = ("asked_ns", "carried_ns", "left_ns", "signed_ns", "tick_ns", "written_ns")

    def __init__(self) -> None:
        """Be nowhere yet."""
        self.tick_ns = self.asked_ns = self.signed_ns = self.carried_ns = self.written_ns = 0
        self.left_ns: int | None = None

    def report(self, order_id: OrderId) -> Sent | None:
        """Return what the way of this order took; `None` when it never left."""
        if self.left_ns is None:
            return None
        return Sent(
            order_id,
            decide_ns=self.asked_ns - self.tick_ns,
            sign_ns=self.signed_ns - self.asked_ns,
            queue_ns=self.carried_ns - self.signed_ns,
            journal_ns=self.written_ns - self.carried_ns,
            send_ns=self.left_ns - self.written_ns,
        )
