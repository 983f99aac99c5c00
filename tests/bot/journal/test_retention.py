"""Old segments go, and none that anybody still needs."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from bot.journal import POSITION_NAME, Journal, JournalPosition, Retention, read_journal
from bot.journal.retention import KEEP_S_MIN, prune
from bot.journal.segment import segment_path, segments
from tests.bot.journal.test_writer import RUN_NS, paused

DAY_S = 86_400
PATIENCE_S = 30.0
NS = 1_000_000_000
NOW_NS = RUN_NS + 1_000 * DAY_S * NS
LATER_NS = RUN_NS + 1


def journal(directory: Path, ages_d: Sequence[float], run_ns: int = RUN_NS) -> list[Path]:
    """Make the segments of a run, 100 bytes each, last written so many days ago."""
    paths = [segment_path(directory, run_ns, number) for number in range(len(ages_d))]
    for path, age_d in zip(paths, ages_d, strict=True):
        path.write_bytes(b"x" * 100)
        written_ns = NOW_NS - round(age_d * DAY_S * NS)
        os.utime(path, ns=(written_ns, written_ns))
    return paths


def retention(directory: Path, *, days: int = 90, bytes_max: int = 1 << 40) -> Retention:
    """Limits, with the shipper where it is by default."""
    return Retention(age_s_max=days * DAY_S, bytes_max=bytes_max, shipper=directory / "shipper")


def shipped(directory: Path, segment: str) -> None:
    """Let a shipper be in a segment."""
    (directory / "shipper").mkdir()
    position = msgspec.json.encode(JournalPosition(segment, 7))
    (directory / "shipper" / POSITION_NAME).write_bytes(position)


def test_what_is_too_old_goes(tmp_path: Path) -> None:
    """A whole earlier run, and of the present one all but its first segment."""
    journal(tmp_path, [200, 150])
    kept = journal(tmp_path, [100, 95, 91, 89, 1], LATER_NS)
    assert 4 == prune(tmp_path, retention(tmp_path), NOW_NS)
    assert [kept[0], *kept[3:]] == segments(tmp_path)


def test_what_is_too_much_goes_oldest_first(tmp_path: Path) -> None:
    """Until the rest fits; the first segment of a run that goes on counts as gone but stays."""
    paths = journal(tmp_path, [9, 8, 7, 6, 5])
    prune(tmp_path, retention(tmp_path, bytes_max=300), NOW_NS)
    assert [paths[0], *paths[2:]] == segments(tmp_path)


def test_the_last_days_stay_whatever_they_weigh(tmp_path: Path) -> None:
    """A start recognises by them what an earlier run left."""
    limit_d = KEEP_S_MIN / DAY_S
    paths = journal(tmp_path, [limit_d + 1, limit_d, limit_d - 0.1, 0])
    prune(tmp_path, retention(tmp_path, days=0, bytes_max=1), NOW_NS)
    assert [paths[0], *paths[2:]] == segments(tmp_path)


def test_the_segment_being_written_stays_however_old(tmp_path: Path) -> None:
    """A bot may be silent for long."""
    paths = journal(tmp_path, [500])
    assert 0 == prune(tmp_path, retention(tmp_path), NOW_NS)
    assert paths == segments(tmp_path)


def test_what_is_not_shipped_stays(tmp_path: Path) -> None:
    """The segment the shipper is in, and all behind it, however old."""
    paths = journal(tmp_path, [500, 400, 300, 200, 0])
    shipped(tmp_path, paths[2].name)
    assert 1 == prune(tmp_path, retention(tmp_path), NOW_NS)
    assert [paths[0], *paths[2:]] == segments(tmp_path)


def test_before_a_shipper_has_shipped_anything_all_stays(tmp_path: Path) -> None:
    """It has its directory, and its store does not answer yet."""
    paths = journal(tmp_path, [500, 0])
    (tmp_path / "shipper").mkdir()
    assert 0 == prune(tmp_path, retention(tmp_path), NOW_NS)
    assert paths == segments(tmp_path)


def test_a_position_that_cannot_be_read_keeps_all(tmp_path: Path) -> None:
    """Nobody knows what the shipper needs: the caller is told."""
    paths = journal(tmp_path, [500, 400, 0])
    (tmp_path / "shipper").mkdir()
    (tmp_path / "shipper" / POSITION_NAME).write_text("{")
    with pytest.raises(ValueError, match=r"position\.json"):
        prune(tmp_path, retention(tmp_path), NOW_NS)
    assert paths == segments(tmp_path)


def test_a_journal_looks_once_an_hour_and_reads_on(tmp_path: Path) -> None:
    """With the flush, in its thread; trouble with the position stops no writing."""
    old = journal(tmp_path, [400, 300], RUN_NS - NS)
    limits = retention(tmp_path)
    writer = Journal(tmp_path, RUN_NS, retention=limits)
    writer.publish(paused(1))
    for left in (1, 0, 0):  # one at a time
        writer.flush(NOW_NS)
        assert left == sum(path.exists() for path in old)
    (late,) = journal(tmp_path, [300], RUN_NS - 2 * NS)
    writer.flush(NOW_NS + 3_599 * NS)
    assert late.exists()
    (tmp_path / "shipper").mkdir()
    (tmp_path / "shipper" / POSITION_NAME).write_text("{")
    writer.flush(NOW_NS + 3_600 * NS)
    assert late.exists()
    (tmp_path / "shipper" / POSITION_NAME).unlink()
    (tmp_path / "shipper").rmdir()
    writer.flush(NOW_NS + 7_200 * NS)
    assert not late.exists()
    writer.close()
    writer.flush(NOW_NS + 20_000 * NS)
    assert [1] == [event.seq for event in read_journal(tmp_path)]


def test_an_order_does_not_wait_for_what_is_taken_away(tmp_path: Path) -> None:
    """A disk that takes its time over an old segment holds up no `sync`."""
    limits = retention(tmp_path)
    limits.shipper.mkdir()
    slow = limits.shipper / POSITION_NAME
    os.mkfifo(slow)  # whoever reads it waits until somebody writes
    writer = Journal(tmp_path, RUN_NS, retention=limits)
    threads = ThreadPoolExecutor(2)
    flushing = threads.submit(writer.flush, NOW_NS)
    writer.publish(paused(1))
    try:
        assert 1 == threads.submit(writer.sync).result(PATIENCE_S)
        assert not flushing.done()
    finally:
        slow.write_bytes(b"{")
        threads.shutdown()
    flushing.result()
    writer.close()
