"""The feed's counts, latencies and losses, and the state of every book."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from bot.domain import events
from bot.domain.book import BookState
from bot.domain.units import NS_PER_S, PRICE_SCALE
from exporters.catalogue import feed as metrics
from exporters.families import Families
from exporters.readings.places import Places, slug_of

MS_PER_S = 1_000

COUNTED = {
    "messages": metrics.MESSAGES,
    "level_changes": metrics.LEVEL_CHANGES,
    "prints": metrics.PRINTS,
    "hash_checks": metrics.HASH_CHECKS,
}
"""Counts of a feed report that have a metric of their own."""

DEFECT_FIELDS = {
    "damaged": "damaged",
    "unknown_tokens": "unknown_token",
    "pruned_levels": "pruned_level",
    "touch_mismatches": "touch_mismatch",
    "hash_mismatches": "hash_mismatch",
    "backward_steps": "backward_step",
    "duplicates": "duplicate",
}
"""Counts of a feed report that are kinds of defect. `gaps` are told at once by `FeedLost`."""

Event: TypeAlias = (
    events.FeedCounted | events.FeedLost | events.BookStateChanged | events.TickSizeChanged
)


class FeedReadings:
    """The metrics of the feed and the books."""

    def __init__(self, families: Families, places: Places) -> None:
        """Make every series; every book is invalid, on the grid its market began with."""
        self._places = places
        self._counts = {name: families.counters(metric) for name, metric in COUNTED.items()}
        self._defects = families.counters(metrics.DEFECTS)
        self._losses = families.counters(metrics.LOSSES)
        self._last_report = families.gauges(metrics.LAST_REPORT)
        self._latency_median = families.gauges(metrics.LATENCY_MEDIAN)
        self._latency_max = families.gauges(metrics.LATENCY_MAX)
        self._clock_offset = families.gauges(metrics.CLOCK_OFFSET)
        self._book_state = families.gauges(metrics.BOOK_STATE)
        self._book_since = families.gauges(metrics.BOOK_STATE_SINCE)
        self._tick = families.gauges(metrics.TICK)
        for market in places.markets:
            for token in market.tokens:
                outcome = market.outcome(token)
                self._tick.set(market.slug, outcome, to=market.tick / PRICE_SCALE)
                self._choose(market.slug, outcome, BookState.INVALID)

    def read(self, event: Event) -> None:
        """Take one event. Raises KeyError for a market or token not given at start."""
        match event:
            case events.FeedCounted():
                self._on_report(event)
            case events.FeedLost():
                self._losses.add()
            case events.BookStateChanged():
                slug, outcome = slug_of(event.market), self._places.outcome(event.token)
                self._choose(slug, outcome, event.state)
                self._book_since.set(slug, outcome, to=event.ts_ns / NS_PER_S)
            case events.TickSizeChanged():
                slug, outcome = slug_of(event.market), self._places.outcome(event.token)
                self._tick.set(slug, outcome, to=event.tick / PRICE_SCALE)
            case _:
                assert_never(event)

    def _on_report(self, event: events.FeedCounted) -> None:
        for name, counters in self._counts.items():
            counters.add(amount=getattr(event, name))
        for name, kind in DEFECT_FIELDS.items():
            self._defects.add(kind, amount=getattr(event, name))
        if event.messages:
            self._last_report.set(to=event.ts_ns / NS_PER_S)
        self._latency_median.set(to=_seconds(event.latency_ms_p50))
        self._latency_max.set(to=_seconds(event.latency_ms_max))
        self._clock_offset.set(to=_seconds(event.clock_offset_ms))

    def _choose(self, slug: str, outcome: str, state: BookState) -> None:
        self._book_state.choose(slug, outcome, among=BookState, chosen=state)


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / MS_PER_S
