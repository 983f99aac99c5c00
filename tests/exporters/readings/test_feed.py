"""The feed and the books as metrics."""

import math

from prometheus_client import CollectorRegistry

from bot.domain import events
from bot.domain.book import BookState
from exporters.families import Families
from exporters.readings.feed import Event, FeedReadings
from exporters.readings.places import Places
from tests.exporters.samples import MARKET, NO, SLUG, T0, sample

YES_BOOK = {"market": SLUG, "outcome": "YES"}
NO_BOOK = {"market": SLUG, "outcome": "NO"}


def registry_after(*stream: Event) -> CollectorRegistry:
    """The registry after some events."""
    registry = CollectorRegistry()
    readings = FeedReadings(Families(registry, [SLUG]), Places([MARKET]))
    for event in stream:
        readings.read(event)
    return registry


def test_reports_add_up() -> None:
    """Counts since the last report are added; defects by their kind."""
    registry = registry_after(*[sample(events.FeedCounted)] * 2)
    counts = ("messages", "level_changes", "prints", "hash_checks")
    assert [200, 500, 6, 14] == [
        registry.get_sample_value(f"pmm_feed_{name}_total") for name in counts
    ]
    kinds = (
        "damaged",
        "unknown_token",
        "pruned_level",
        "touch_mismatch",
        "hash_mismatch",
        "backward_step",
        "duplicate",
    )
    assert [2, 4, 8, 10, 12, 16, 18] == [
        registry.get_sample_value("pmm_feed_defects_total", {"kind": kind}) for kind in kinds
    ]


def test_latency_and_offset_are_seconds() -> None:
    """The offset may be negative."""
    registry = registry_after(sample(events.FeedCounted))
    assert 0.0125 == registry.get_sample_value("pmm_feed_latency_median_seconds")
    assert 0.08 == registry.get_sample_value("pmm_feed_latency_max_seconds")
    assert -1.23 == registry.get_sample_value("pmm_clock_offset_seconds")


def test_a_silent_report_says_nothing_of_latency_and_leaves_its_time() -> None:
    """The last report with messages is what tells a silent feed."""
    silent = sample(
        events.FeedCounted,
        ts_ns=T0 + 30_000_000_000,
        messages=0,
        latency_ms_p50=None,
        latency_ms_max=None,
    )
    registry = registry_after(sample(events.FeedCounted, ts_ns=T0), silent)
    assert T0 / 1e9 == registry.get_sample_value("pmm_feed_last_report_timestamp_seconds")
    assert math.isnan(registry.get_sample_value("pmm_feed_latency_median_seconds") or 0.0)


def test_a_loss_is_counted_at_once() -> None:
    """Whatever its reason says."""
    assert 1 == registry_after(sample(events.FeedLost)).get_sample_value("pmm_feed_losses_total")


def test_a_book_is_in_one_state_since_a_time() -> None:
    """Invalid until it is told otherwise, each outcome by itself."""
    registry = registry_after(sample(events.BookStateChanged, state=BookState.STALE, ts_ns=T0))

    def states(book: dict[str, str]) -> list[str]:
        return [
            state
            for state in BookState
            if registry.get_sample_value("pmm_book_state", {**book, "state": state})
        ]

    since = "pmm_book_state_since_timestamp_seconds"
    assert (["stale"], ["invalid"]) == (states(YES_BOOK), states(NO_BOOK))
    assert T0 / 1e9 == registry.get_sample_value(since, YES_BOOK)
    assert 0 == registry.get_sample_value(since, NO_BOOK)


def test_the_grid_is_the_markets_until_it_changes() -> None:
    """In dollars."""
    registry = registry_after(sample(events.TickSizeChanged, token=NO, tick=10))
    assert 0.01 == registry.get_sample_value("pmm_tick_size_usd", YES_BOOK)
    assert 0.001 == registry.get_sample_value("pmm_tick_size_usd", NO_BOOK)
