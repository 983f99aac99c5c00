"""Counts of what the feed brought since they were last read."""

from __future__ import annotations

from statistics import median
from typing import Any

from bot.domain.units import NS_PER_MS

LATENCIES_MAX = 1_000
"""Latencies kept between two readings; beyond it every message still counts for the maximum."""

COUNTS = (
    "messages",
    "level_changes",
    "prints",
    "damaged",
    "unknown_tokens",
    "pruned_levels",
    "touch_mismatches",
    "hash_checks",
    "hash_mismatches",
    "backward_steps",
    "duplicates",
    "gaps",
)
"""The counters, by the names they have in events.FeedCounted."""


class FeedCounts:
    """Plain counters of one span, and its feed latencies."""

    __slots__ = ("_latencies_ns", "_latency_ns_max", *COUNTS)

    def __init__(self) -> None:
        """Start at zero."""
        self.messages = 0
        self.level_changes = 0
        self.prints = 0
        self.damaged = 0
        self.unknown_tokens = 0
        self.pruned_levels = 0
        self.touch_mismatches = 0
        self.hash_mismatches = 0
        self.hash_checks = 0
        self.backward_steps = 0
        self.duplicates = 0
        self.gaps = 0
        self._latencies_ns: list[int] = []
        self._latency_ns_max = -1

    def note_latency(self, latency_ns: int) -> None:
        """Take the feed latency of one message."""
        self._latency_ns_max = max(self._latency_ns_max, latency_ns)
        if len(self._latencies_ns) < LATENCIES_MAX:
            self._latencies_ns.append(latency_ns)

    def as_fields(self) -> dict[str, Any]:
        """Return the fields of events.FeedCounted; latencies are `None` without messages."""
        latencies = self._latencies_ns
        return {
            **{name: getattr(self, name) for name in COUNTS},
            "latency_ms_p50": median(latencies) / NS_PER_MS if latencies else None,
            "latency_ms_max": self._latency_ns_max / NS_PER_MS if latencies else None,
        }
