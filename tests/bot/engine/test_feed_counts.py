"""Feed counts: plain sums, and latencies with the clocks' offset taken off."""

from bot.domain.events import FEED_COUNTS, FeedCounted
from bot.domain.feed_clock import FeedClock
from bot.engine.feed_counts import FeedCounts

MS = 1_000_000
NOW_NS = 1_800_000_000_000_000_000


def test_an_empty_span_has_zeros_and_no_latency() -> None:
    """No message, no latency: 0 ms would be a measurement."""
    fields = FeedCounts().as_fields(FeedClock(), NOW_NS)
    assert [0] * len(FEED_COUNTS) == [fields[name] for name in FEED_COUNTS]
    assert [None] * 3 == [
        fields[name] for name in ("clock_offset_ms", "latency_ms_p50", "latency_ms_max")
    ]


def test_the_fields_are_those_of_the_event() -> None:
    """Every count has its field in the event, and the event has no other."""
    fields = FeedCounts().as_fields(FeedClock(), NOW_NS)
    shared = {"seq", "ts_ns", "run_id", "ts_venue_ns", "market", "token"}
    assert set(FeedCounted.__struct_fields__) - shared == set(fields)


def test_one_damaged_time_is_no_offset_and_no_latency() -> None:
    """A digit too many, or 1970: the message counts, its time does not."""
    counts = FeedCounts()
    counts.lags_ns.extend((50 * MS, 80 * MS, -8 * NOW_NS, NOW_NS))
    fields = counts.as_fields(FeedClock(), NOW_NS)
    assert (50.0, 15.0, 30.0) == (
        fields["clock_offset_ms"], fields["latency_ms_p50"], fields["latency_ms_max"],
    )  # fmt: skip
    assert 4 == fields["messages"]


def test_latencies_are_what_a_message_took_longer_than_the_fastest() -> None:
    """With a local clock 1.23 s behind, raw differences are negative and latencies are not."""
    counts = FeedCounts()
    counts.lags_ns.extend((-1_230 * MS, -1_200 * MS, -1_130 * MS))
    fields = counts.as_fields(FeedClock(), NOW_NS)
    assert -1_230.0 == fields["clock_offset_ms"]
    assert (30.0, 100.0) == (fields["latency_ms_p50"], fields["latency_ms_max"])
    assert 3 == fields["messages"]
