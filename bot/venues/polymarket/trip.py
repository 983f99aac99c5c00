"""The way of one order from the tick that made it due to the wire, station by station.

All times come from the local monotonic clock, so their differences are what really passed. It
begins where the engine got the message on which the decision fell due (its frame was read from the
socket then), and ends where the last byte of the HTTP request was handed to the socket.
"""

from __future__ import annotations

import msgspec


class Departure(msgspec.Struct, frozen=True):
    """What the way took, in ns: the five stages add up to `total_ns`.

    * `decide_ns`: decoding, waiting for the engine, books, and the decision.
    * `sign_ns`: the EIP-712 hash and the signature.
    * `queue_ns`: writing the intent down, and waiting for the orders of the same decision and for
      the loop.
    * `journal_ns`: until the intent was on the disk.
    * `send_ns`: the exchange's library, the HTTP client and, where none was open, a connection.
    """

    decide_ns: int
    sign_ns: int
    queue_ns: int
    journal_ns: int
    send_ns: int

    @property
    def total_ns(self) -> int:
        """From the tick to the wire."""
        return self.decide_ns + self.sign_ns + self.queue_ns + self.journal_ns + self.send_ns


class Trip:
    """The stations of one order, in local ns; `left_ns` is None until its bytes went out."""

    __slots__ = ("asked_ns", "carried_ns", "left_ns", "signed_ns", "tick_ns", "written_ns")

    def __init__(self) -> None:
        """Be nowhere yet."""
        self.tick_ns = self.asked_ns = self.signed_ns = self.carried_ns = self.written_ns = 0
        self.left_ns: int | None = None

    def departure(self) -> Departure | None:
        """Return what the way took; `None` when the order never left."""
        if self.left_ns is None:
            return None
        return Departure(
            decide_ns=self.asked_ns - self.tick_ns,
            sign_ns=self.signed_ns - self.asked_ns,
            queue_ns=self.carried_ns - self.signed_ns,
            journal_ns=self.written_ns - self.carried_ns,
            send_ns=self.left_ns - self.written_ns,
        )
