"""The feed clock: its offset follows the fastest message, and no latency is below 0."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.feed_clock import FeedClock
from bot.domain.units import NS_PER_MS, NS_PER_S

TIMES = st.lists(st.tuples(st.integers(0, 500), st.integers(-(10**6), 10**6)), max_size=40)


def test_a_new_clock_knows_no_offset() -> None:
    """Without a message there is nothing to compare."""
    assert FeedClock().offset_ns is None


def test_the_fastest_message_is_the_offset() -> None:
    """A clock that runs behind gives a negative offset; latency is beyond the fastest message."""
    clock = FeedClock()
    steps = ((10, 5), (20, 0), (30, 7))  # (local, slower than the fastest by)
    latencies = [clock.observe(now, now + 1_000 - slow) for now, slow in steps]
    assert ([0, 0, 7], -1_000) == (latencies, clock.offset_ns)


def test_a_window_that_is_over_still_counts_once() -> None:
    """The offset looks back one to two windows, then a drifted clock is followed."""
    clock = FeedClock(window_ns=100)
    steps = ((0, 50), (50, 60), (120, 70), (230, 80), (331, 90))  # (local, local - venue)
    offsets = []
    for local_ns, difference_ns in steps:
        clock.observe(local_ns, local_ns - difference_ns)
        offsets.append(clock.offset_ns)
    assert [50, 50, 50, 70, 80] == offsets


def test_a_long_silence_forgets_both_windows() -> None:
    """After two windows without a message the old offset says nothing."""
    clock = FeedClock(window_ns=100)
    clock.observe(0, 0)
    assert 0 == clock.observe(200, 150)
    assert 50 == clock.offset_ns


@pytest.mark.parametrize("window_ns", [0, -1])
def test_a_window_has_a_length(window_ns: int) -> None:
    """A window of nothing is refused."""
    with pytest.raises(ValueError, match=f"window of {window_ns} ns"):
        FeedClock(window_ns)


@given(TIMES)
def test_latency_is_never_negative(steps: list[tuple[int, int]]) -> None:
    """Whatever the clocks do, each latency is the difference beyond the present offset."""
    clock, local_ns = FeedClock(window_ns=1_000), 0
    for wait_ns, difference_ns in steps:
        local_ns += wait_ns
        latency_ns = clock.observe(local_ns, local_ns - difference_ns)
        offset_ns = clock.offset_ns
        assert offset_ns is not None
        assert 0 <= latency_ns == difference_ns - offset_ns


@given(TIMES)
def test_the_offset_is_a_minimum_over_a_recent_span(steps: list[tuple[int, int]]) -> None:
    """It is at most every difference of the last window, and one of the last three."""
    clock, local_ns, seen = FeedClock(window_ns=1_000), 0, []
    for wait_ns, difference_ns in steps:
        local_ns += wait_ns
        seen.append((local_ns, difference_ns))
        clock.observe(local_ns, local_ns - difference_ns)
        offset_ns = clock.offset_ns
        assert offset_ns is not None
        assert offset_ns <= min(d for ns, d in seen if ns > local_ns - 1_000)
        assert offset_ns in {d for ns, d in seen if ns > local_ns - 3_000}


def test_a_recording_with_a_slow_clock_has_small_latencies(data_dir: Path) -> None:
    """Its local clock is 1.23 s behind; without the offset the messages take milliseconds."""
    clock, latencies = FeedClock(), []
    with gzip.open(data_dir / "landwalker_messi_20260629.ws_raw.jsonl.gz", "rt") as file:
        for line in file:
            frame = json.loads(line)
            messages = frame["data"] if isinstance(frame["data"], list) else [frame["data"]]
            local_ns = round(frame["local_timestamp"] * NS_PER_S)
            times_ns = [int(message["timestamp"]) * NS_PER_MS for message in messages]
            latencies += [clock.observe(local_ns, venue_ns) for venue_ns in times_ns]
    assert clock.offset_ns is not None
    assert -1.26 < clock.offset_ns / NS_PER_S < -1.20
    assert sorted(latencies)[len(latencies) // 2] < 50 * NS_PER_MS
