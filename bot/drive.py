"""One way to drive an engine, on tape time or on real time: whatever is due first goes first."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.messages import MarketMessage
from bot.domain.ports import Venue
from bot.engine import Engine


def drive(engine: Engine, venue: Venue, stream: Iterable[tuple[int, MarketMessage]]) -> int:
    """Feed a stream of (local ns, message) to the engine and return the last time in it.

    Times must not go back. Returns 0 for an empty stream.
    """
    now_ns = 0
    on_message = engine.on_message
    for now_ns, message in stream:
        if now_ns >= engine.next_due_ns or now_ns >= venue.next_due_ns:
            catch_up(engine, venue, now_ns)
        on_message(message, now_ns)
    return now_ns


def catch_up(engine: Engine, venue: Venue, now_ns: int) -> None:
    """Let the engine do everything due up to `now_ns`, each thing at its own time."""
    while True:
        due_ns, venue_ns = engine.next_due_ns, venue.next_due_ns
        if venue_ns < due_ns:
            due_ns = venue_ns
        if due_ns > now_ns:
            return
        engine.on_time(due_ns)
