"""Counts of what the feed brought since they were last read."""

from __future__ import annotations

from typing import Any

from bot.domain.events import FEED_COUNTS
from bot.domain.feed_clock import FeedClock
from bot.domain.units import NS_PER_MS, NS_PER_S

LAG_NS_MAX = 86_400 * NS_PER_S
"""A message a day off is a damaged number: believed, it would be the clocks' offset for 20 min."""


class FeedCounts:
    """Plain counters of one span, and what the local clock said beyond the exchange's.

    `lags_ns` holds local minus exchange time of every message with a time; its length is bounded
    by the span, which is one report interval.
    """

    __slots__ = ("lags_ns", *FEED_COUNTS)

    def __init__(self) -> None:
        """Start at zero."""
        self.lags_ns: list[int] = []
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

    def as_fields(self, clock: FeedClock, now_ns: int) -> dict[str, Any]:
        """Return the fields of events.FeedCounted; latencies are `None` without messages.

        `clock` learns the smallest lag of the span first, so that no latency is negative.
        """
        self.messages = len(self.lags_ns)
        lags = sorted(self.lags_ns)
        if lags and not -LAG_NS_MAX <= lags[0] <= lags[-1] <= LAG_NS_MAX:
            lags = [lag_ns for lag_ns in lags if abs(lag_ns) <= LAG_NS_MAX]
        if lags:
            clock.observe(now_ns, now_ns - lags[0])
        offset_ns = clock.offset_ns or 0
        return {
            **{name: getattr(self, name) for name in FEED_COUNTS},
            "clock_offset_ms": None if clock.offset_ns is None else offset_ns / NS_PER_MS,
            "latency_ms_p50": (_median(lags) - offset_ns) / NS_PER_MS if lags else None,
            "latency_ms_max": (lags[-1] - offset_ns) / NS_PER_MS if lags else None,
        }


def _median(lags: list[int]) -> float:
    # Of a list in order that is not empty.
    middle = len(lags) // 2
    return lags[middle] if len(lags) % 2 else (lags[middle - 1] + lags[middle]) / 2
