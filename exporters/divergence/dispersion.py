"""How much noisier than independent events a stream is: fills come in clusters."""

from __future__ import annotations

import math

import msgspec

BLOCK_NS = 15 * 60 * 10**9
"""Longer than a cluster of fills, so that blocks are independent of each other."""
BLOCK_EVENTS_MIN = 10
"""A block goes on until it has so many events: fewer say nothing about noise."""
MEMORY_BLOCKS = 96.0
"""About a day of blocks; older ones fade."""
PRIOR_BLOCKS = 4.0
"""How many blocks of noise 1 the start counts for."""


class Dispersion(msgspec.Struct):
    """The dispersion of how events split between the sides, 1 or more.

    Successive blocks are compared with each other, not with a long mean: a lasting change of the
    split, which is what we look for, then counts as noise only once.
    """

    demo: float = 0.0
    prod: float = 0.0
    share_before: float | None = None
    events_before: float = 0.0
    block_start_ns: int = 0
    weight: float = PRIOR_BLOCKS
    total: float = PRIOR_BLOCKS

    @property
    def value(self) -> float:
        """The estimate, never below 1: two bots on one tape can be quieter, which is no proof."""
        return max(1.0, self.total / self.weight)

    def add(self, demo: float, prod: float, now_ns: int) -> None:
        """Take the events of an interval that ended now."""
        self.demo += demo
        self.prod += prod
        events = self.demo + self.prod
        if events >= BLOCK_EVENTS_MIN and now_ns - self.block_start_ns >= BLOCK_NS:
            self._close(events, now_ns)

    def _close(self, events: float, now_ns: int) -> None:
        share = self.prod / events
        if self.share_before is not None:
            self._learn(share, events, self.share_before, self.events_before)
        self.share_before, self.events_before = share, events
        self.demo = self.prod = 0.0
        self.block_start_ns = now_ns

    def _learn(self, share: float, events: float, before: float, events_before: float) -> None:
        pooled = (share * events + before * events_before + 0.5) / (events + events_before + 1.0)
        variance = pooled * (1.0 - pooled) * (1.0 / events + 1.0 / events_before)
        fade = math.exp(-1.0 / MEMORY_BLOCKS)
        self.total = self.total * fade + (share - before) ** 2 / variance
        self.weight = self.weight * fade + 1.0
