"""What a shipper tells of itself. One thread writes it, others read it."""

from __future__ import annotations

import msgspec

from exporters.shipper.answer import Outcome


class Progress(msgspec.Struct):
    """Counts since the start, and how things stand.

    `oldest_ns` is the time of the oldest event that is not confirmed, `None` when there is none.
    `trouble` says in one line what is in the way, `None` when nothing is. `turned_ns` is when the
    loop last came round, and `written_ns` when the store last confirmed.
    """

    requests: dict[Outcome, int] = msgspec.field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    written: int = 0
    parked: int = 0
    damaged: int = 0
    lost_segments: int = 0
    state_failures: int = 0
    lag_events: int = 0
    oldest_ns: int | None = None
    is_misconfigured: bool = False
    trouble: str | None = None
    turned_ns: int = 0
    written_ns: int | None = None

    @property
    def failed_writes(self) -> int:
        """Requests that will be made again."""
        final = {Outcome.WRITTEN, Outcome.REFUSED}
        return sum(count for outcome, count in self.requests.items() if outcome not in final)
