"""The one place where events get their sequence number and leave for the sinks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.events import Event
from bot.domain.market import TokenId
from bot.domain.ports import EventSink


class Publisher:
    """Stamps events and hands each, once, to every sink in order."""

    __slots__ = ("_sinks", "run_id", "seq")

    def __init__(self, run_id: str, sinks: Sequence[EventSink]) -> None:
        """Start counting at 1; `run_id` names this run of the program."""
        self.run_id = run_id
        self.seq = 0
        self._sinks = tuple(sinks)

    def stamp(
        self,
        now_ns: int,
        market: str | None = None,
        token: TokenId | None = None,
        ts_venue_ns: int | None = None,
    ) -> dict[str, Any]:
        """Return the fields that every event shares, with the next sequence number."""
        self.seq += 1
        return {
            "seq": self.seq,
            "ts_ns": now_ns,
            "run_id": self.run_id,
            "ts_venue_ns": ts_venue_ns,
            "market": market,
            "token": token,
        }

    def publish(self, event: Event) -> None:
        """Give a stamped event to every sink."""
        for sink in self._sinks:
            sink.publish(event)
