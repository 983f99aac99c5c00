"""The journal never fails the engine, loses nothing it acknowledged, and says what it dropped."""

import errno
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from bot.domain.errors import JournalError
from bot.domain.events import Event, QuotingPaused
from bot.journal import Journal, TornTail, read_journal
from bot.journal.segment import Header, SegmentFile, segments

RUN_NS = 1_782_707_601_000_000_000
ROOT = Path(__file__).parents[3]
KILLS = 50


def paused(seq: int, reason: str = "because") -> Event:
    """Any small event."""
    return QuotingPaused(seq=seq, ts_ns=RUN_NS + seq, run_id="r", reason=reason)


def seqs(directory: Path) -> list[int]:
    """Return the numbers of the events on disk, in order."""
    return [event.seq for event in read_journal(directory)]


class BrokenDisk:
    """Opens segments of which every operation fails with ENOSPC or EIO while told so."""

    def __init__(self) -> None:
        self.is_full = False
        self.is_sync_broken = False
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(self, path: Path, header: Header) -> SegmentFile:
        """Open a segment."""
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return BrokenSegment(self, path, header)


class BrokenSegment(SegmentFile):
    """A segment on a broken disk: half of what is appended is written before it fails."""

    def __init__(self, disk: BrokenDisk, path: Path, header: Header) -> None:
        self.disk = disk
        super().__init__(path, header)

    def append(self, lines: bytes) -> None:
        """Write half and fail when full; something may happen meanwhile."""
        self.disk.meanwhile()
        if self.disk.is_full:
            self._is_torn = True
            with self.path.open("ab") as file:
                file.write(lines[: len(lines) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        super().append(lines)

    def sync(self) -> None:
        """Fail when broken."""
        if self.disk.is_sync_broken:
            raise OSError(errno.EIO, "Input/output error")
        super().sync()


def test_what_is_published_is_read_back(tmp_path: Path) -> None:
    """After a flush, in order and equal."""
    journal = Journal(tmp_path, RUN_NS)
    events = [paused(seq) for seq in range(1, 6)]
    for event in events:
        journal.publish(event)
    assert [] == list(read_journal(tmp_path)), "publish does no input or output"
    journal.flush(0)
    assert events == list(read_journal(tmp_path))
    assert journal.is_healthy
    journal.close()
    journal.close()


def test_flush_syncs_at_most_every_so_often(tmp_path: Path) -> None:
    """In between, events are written but not acknowledged; `sync` does not wait."""
    journal = Journal(tmp_path, RUN_NS, fsync_ns=100)
    acknowledged = []
    for seq, now_ns in ((1, 0), (2, 99), (3, 100), (4, 150)):
        journal.publish(paused(seq))
        journal.flush(now_ns)
        acknowledged.append(journal.durable_seq)
    assert [1, 1, 3, 3] == acknowledged
    assert 4 == journal.sync()
    journal.close()


def test_segment_is_left_when_it_is_large(tmp_path: Path) -> None:
    """Names go on, nothing is lost between two of them."""
    journal = Journal(tmp_path, RUN_NS, segment_bytes=500)
    for seq in range(1, 41):
        journal.publish(paused(seq))
        journal.flush(0)
    journal.close()
    names = [path.name for path in segments(tmp_path)]
    assert f"journal-{RUN_NS}-000000.jsonl" == names[0]
    assert f"journal-{RUN_NS}-000001.jsonl" == names[1]
    assert all(path.stat().st_size < 700 for path in segments(tmp_path))
    assert list(range(1, 41)) == seqs(tmp_path)


def test_publish_flushes_by_itself_in_a_replay(tmp_path: Path) -> None:
    """Memory stays small without anybody calling flush."""
    journal = Journal(tmp_path, RUN_NS, flush_bytes=200, buffer_bytes_max=400)
    for seq in range(1, 100):
        journal.publish(paused(seq))
    assert len(seqs(tmp_path)) > 90
    journal.close()
    assert list(range(1, 100)) == seqs(tmp_path)


def test_full_buffer_drops_and_counts(tmp_path: Path) -> None:
    """The oldest are kept: a journal has its beginning."""
    journal = Journal(tmp_path, RUN_NS, buffer_bytes_max=1_000)
    for seq in range(1, 101):
        journal.publish(paused(seq))
    assert journal.dropped > 0
    assert not journal.is_healthy
    with pytest.raises(JournalError, match="events are not in the journal"):
        journal.close()
    assert list(range(1, 101 - journal.dropped)) == seqs(tmp_path)


def test_event_that_cannot_be_written_is_dropped_alone(tmp_path: Path) -> None:
    """It harms no other, and does not raise into the engine."""
    journal = Journal(tmp_path, RUN_NS)
    for event in (paused(1), paused(2, "\ud800"), paused(3)):
        journal.publish(event)
    assert 1 == journal.dropped
    with pytest.raises(JournalError, match=r"1 events are not .*event 2 cannot"):
        journal.close()
    assert [1, 3] == seqs(tmp_path)


def test_full_disk_loses_nothing_while_memory_lasts(tmp_path: Path) -> None:
    """It keeps trying, says so, and goes on as if nothing had been once there is room."""
    disk = BrokenDisk()
    journal = Journal(tmp_path, RUN_NS, open_segment=disk)
    journal.publish(paused(1))
    journal.flush(0)
    disk.is_full = True
    for seq in range(2, 5):
        journal.publish(paused(seq))
        journal.flush(seq)
    assert "No space left on device" in str(journal.error)
    assert [False] == [journal.is_healthy]
    assert 1 == journal.sync()
    disk.is_full = False
    journal.publish(paused(5))
    assert 5 == journal.sync()
    journal.close()
    assert [True] == [journal.is_healthy]
    assert [1, 2, 3, 4, 5] == seqs(tmp_path)


def test_published_while_a_write_fails_keeps_its_place(tmp_path: Path) -> None:
    """Behind the events that could not be written."""
    disk = BrokenDisk()
    journal = Journal(tmp_path, RUN_NS, open_segment=disk)
    disk.is_full = True
    disk.meanwhile = lambda: journal.publish(paused(2))
    journal.publish(paused(1))
    journal.flush(0)
    disk.is_full, disk.meanwhile = False, lambda: None
    assert 2 == journal.sync()
    journal.close()
    assert [1, 2] == seqs(tmp_path)


def test_full_disk_at_rotation_is_tried_again(tmp_path: Path) -> None:
    """A segment that cannot be opened yet keeps its events in memory."""
    disk = BrokenDisk()
    journal = Journal(tmp_path, RUN_NS, segment_bytes=1, open_segment=disk)
    journal.publish(paused(1))
    journal.flush(0)
    disk.is_full = True
    journal.publish(paused(2))
    journal.flush(1)
    disk.is_full = False
    journal.close()
    assert [1, 2] == seqs(tmp_path)


def test_closing_on_a_full_disk_says_what_is_lost(tmp_path: Path) -> None:
    """An error, not silence."""
    disk = BrokenDisk()
    journal = Journal(tmp_path, RUN_NS, open_segment=disk)
    disk.is_full = True
    journal.publish(paused(1))
    with pytest.raises(JournalError, match=r"1 events are not in the journal: .*No space left"):
        journal.close()


def test_failed_sync_is_never_acknowledged(tmp_path: Path) -> None:
    """The kernel may have lost those pages: they count as dropped, and a new segment begins."""
    disk = BrokenDisk()
    journal = Journal(tmp_path, RUN_NS, open_segment=disk)
    journal.publish(paused(1))
    assert 1 == journal.sync()
    disk.is_sync_broken = True
    journal.publish(paused(2))
    assert 1 == journal.sync()
    assert 1 == journal.dropped
    disk.is_sync_broken = False
    journal.publish(paused(3))
    assert 3 == journal.sync()
    assert 2 == len(segments(tmp_path))
    with pytest.raises(JournalError, match=r"1 events.*Input/output error"):
        journal.close()


def test_failed_sync_at_rotation_is_not_acknowledged(tmp_path: Path) -> None:
    """The segment was to be left anyway."""
    disk = BrokenDisk()
    journal = Journal(tmp_path, RUN_NS, segment_bytes=1, open_segment=disk)
    disk.is_sync_broken = True
    journal.publish(paused(1))
    journal.flush(0)
    assert (0, 1) == (journal.durable_seq, journal.dropped)


def test_published_after_closing_is_dropped(tmp_path: Path) -> None:
    """Never an exception."""
    journal = Journal(tmp_path, RUN_NS)
    journal.close()
    journal.publish(paused(1))
    assert 1 == journal.dropped


def test_directory_has_one_writer(tmp_path: Path) -> None:
    """The second one is told who has it; after closing it is free again."""
    first = Journal(tmp_path, RUN_NS)
    with pytest.raises(JournalError, match=r"written by process \d+: stop that bot"):
        Journal(tmp_path, RUN_NS + 1)
    first.close()
    Journal(tmp_path, RUN_NS + 1).close()


def test_directory_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """At the start, with what to do."""
    (tmp_path / "file").touch()
    with pytest.raises(JournalError, match="give a directory of your own"):
        Journal(tmp_path / "file", RUN_NS)


def test_failed_start_gives_the_directory_back(tmp_path: Path) -> None:
    """So that it can be tried again, once there is room."""
    disk = BrokenDisk()
    disk.is_full = True
    with pytest.raises(JournalError, match="No space left on device; give a directory"):
        Journal(tmp_path, RUN_NS, open_segment=disk)
    Journal(tmp_path, RUN_NS).close()


def test_closed_journal_touches_no_file(tmp_path: Path) -> None:
    """Its file numbers may belong to somebody else by now."""
    disk = BrokenDisk()
    journal = Journal(tmp_path, RUN_NS, open_segment=disk)
    disk.is_full = True
    journal.publish(paused(1))
    with pytest.raises(JournalError):
        journal.close()
    disk.is_full = False
    journal.flush(1)
    assert 0 == journal.sync()
    assert [] == seqs(tmp_path)


def test_start_heals_a_torn_tail_and_reports_it(tmp_path: Path) -> None:
    """The whole events before it stay."""
    journal = Journal(tmp_path, RUN_NS)
    journal.publish(paused(1))
    journal.close()
    [path] = segments(tmp_path)
    with path.open("ab") as file:
        file.write(b'{"type":"Quo')
    assert [1] == seqs(tmp_path), "a reader need not wait for the healing"
    journal = Journal(tmp_path, RUN_NS + 1)
    assert (TornTail(path, 12),) == journal.healed
    journal.publish(paused(2))
    journal.close()
    assert [1, 2] == seqs(tmp_path)


CHILD = """
import sys
from collections.abc import Callable
from pathlib import Path
from bot.domain.events import QuotingPaused
from bot.journal import Journal
journal = Journal(Path(sys.argv[1]), int(sys.argv[2]), segment_bytes=20_000, fsync_ns=0)
seq = int(sys.argv[3])
while True:
    for _ in range(7):
        seq += 1
        journal.publish(QuotingPaused(seq=seq, ts_ns=seq, run_id="r", reason="x" * (seq % 90)))
    journal.flush(seq)
    print(journal.durable_seq, flush=True)
"""


@pytest.mark.slow
def test_killed_writer_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """Killed at 50 moments, one run after the other: the journal reads whole, without a hole."""
    rng = random.Random(7)
    acknowledged = 0
    for run in range(KILLS):
        command = [sys.executable, "-c", CHILD, str(tmp_path), str(RUN_NS + run), str(acknowledged)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:
            assert child.stdout is not None
            for _ in range(rng.randint(1, 60)):
                acknowledged = int(child.stdout.readline())
            child.send_signal(signal.SIGKILL)
            rest = child.stdout.read().split(b"\n")[:-1]
        acknowledged = int(rest[-1]) if rest else acknowledged
    on_disk = seqs(tmp_path)
    assert set(range(1, acknowledged + 1)) <= set(on_disk)


def test_publishing_is_fast_enough_for_a_replay(tmp_path: Path) -> None:
    """Far below the time the engine needs for an event; measured some 400,000 a second."""
    journal = Journal(tmp_path, RUN_NS, flush_bytes=1 << 20)
    began_s = process_time()
    for seq in range(20_000):
        journal.publish(paused(seq))
    journal.close()
    assert (process_time() - began_s) / 20_000 < 100e-6
