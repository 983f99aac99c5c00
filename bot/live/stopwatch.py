"""Times how long each paper order takes from its tick until it leaves the engine.

On paper nothing is signed or sent, so that is where the way ends, and where production's first
stage ends too. The paper venue has no clock, so somebody stands before it who has. A replay has no
stopwatch: its time stands still while it decides.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.orders import NewOrder, OrderId
from bot.domain.ports import Clock, Venue
from bot.domain.reports import Sent, VenueReport


class Stopwatch:
    """The venue it stands before, which also reports when orders left."""

    def __init__(self, venue: Venue, clock: Clock) -> None:
        """Stand before `venue`."""
        self._venue = venue
        self._clock = clock
        self._sent: list[Sent] = []
        self._sent_ns = 0
        self.shows_own_orders = venue.shows_own_orders

    @property
    def next_due_ns(self) -> int:
        """When there is something to tell."""
        return self._sent_ns if self._sent else self._venue.next_due_ns

    @next_due_ns.setter
    def next_due_ns(self, ns: int) -> None:
        self._venue.next_due_ns = ns

    @property
    def when_sooner(self) -> Callable[[], None]:
        """Whom the venue wakes."""
        return self._venue.when_sooner

    @when_sooner.setter
    def when_sooner(self, wake: Callable[[], None]) -> None:
        self._venue.when_sooner = wake

    def advance(self, now_ns: int) -> list[VenueReport]:
        """Return what left and what the venue reports."""
        sent, self._sent = self._sent, []
        return [*sent, *self._venue.advance(now_ns)]

    def prepare(self, order: NewOrder) -> OrderId:
        """Return the id that the venue gives."""
        return self._venue.prepare(order)

    def submit(self, order_id: OrderId, now_ns: int) -> None:
        """Let an order leave, and note how long ago its tick was."""
        self._sent.append(Sent(order_id, decide_ns=self._clock.now_ns() - now_ns))
        self._sent_ns = now_ns
        self._venue.submit(order_id, now_ns)

    def cancel(self, order_id: OrderId, now_ns: int) -> None:
        """Pass a cancel on."""
        self._venue.cancel(order_id, now_ns)

    def cancel_all(self, now_ns: int) -> None:
        """Pass it on."""
        self._venue.cancel_all(now_ns)
