"""Appends every event to the journal without ever blocking or failing the engine.

`publish` only encodes into memory. `flush` and `sync` do the writing; the live bot calls `flush`
from a thread every few ms, a replay lets `publish` flush by itself. Durability is group commit:
`flush` calls fsync at most every `fsync_ns` (50 ms by default), so a power cut costs at most that
much, while a killed process loses only what was not flushed. `durable_seq` is the last event that
is on the disk for certain; whoever must not lose an event calls `sync` first. Old segments are
taken away by `flush` too, where a retention was given: one at a time and with no lock held.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from bot.domain.errors import JournalError
from bot.domain.events import SCHEMA_VERSION, Event
from bot.domain.units import NS_PER_MS, NS_PER_S
from bot.journal.retention import Retention, prune
from bot.journal.segment import (
    Header,
    SegmentFile,
    TornTail,
    heal,
    run_start_after,
    segment_path,
    segments,
)

BUFFER_BYTES_MAX = 64 << 20
"""Events waiting in memory, when the disk is full: some 200,000; the newest are dropped then."""
SEGMENT_BYTES = 64 << 20
"""A segment is closed once it is this large."""
FSYNC_NS = 50 * NS_PER_MS
"""The least time between two fsyncs of `flush`."""
PRUNE_NS = 3_600 * NS_PER_S
"""Between two looks at what need not be kept any more."""
LOCK_NAME = "journal.lock"


class _Batch(msgspec.Struct):
    # Encoded events, how many, and the number of the last.
    lines: bytearray = msgspec.field(default_factory=bytearray)
    count: int = 0
    last_seq: int = 0


class Journal:
    """The only writer of a journal directory; an `EventSink`.

    Safe to `publish` in one thread and `flush` in another. `durable_seq` is the last event on the
    disk. `dropped` counts events that are not, or perhaps not, in the journal, `drop_reason` says
    why the last of them; `error` says why the last attempt to write failed, `None` when it did not.
    """

    def __init__(
        self,
        directory: Path,
        run_start_ns: int,
        *,
        flush_bytes: int | None = None,
        fsync_ns: int = FSYNC_NS,
        segment_bytes: int = SEGMENT_BYTES,
        buffer_bytes_max: int = BUFFER_BYTES_MAX,
        retention: Retention | None = None,
        open_segment: Callable[[Path, Header], SegmentFile] = SegmentFile,
    ) -> None:
        """Take the directory, heal what a crash left (`healed`), and begin a segment.

        With `flush_bytes`, `publish` writes by itself once so much is waiting: for replays, which
        may block. Without a `retention` everything is kept. Raises JournalError when the directory
        has a writer or cannot be written.
        """
        self._directory = directory
        self._flush_bytes = flush_bytes
        self._fsync_ns = fsync_ns
        self._segment_bytes = segment_bytes
        self._buffer_bytes_max = buffer_bytes_max
        self._open_segment = open_segment
        self._retention = retention
        self._pruned_ns: int | None = None
        self._encode = msgspec.json.Encoder().encode
        self._waiting = threading.Lock()  # over the batch: held for microseconds
        self._writing = threading.Lock()  # over the file: held for as long as the disk takes
        self._batch = _Batch()
        self._unsynced = 0
        self._written_seq = 0
        self._number = 0
        self._synced_ns: int | None = None
        self._is_closed = False
        self.durable_seq = 0
        self.dropped = 0
        self.drop_reason: str | None = None
        self.error: str | None = None
        with _explained(directory):
            directory.mkdir(parents=True, exist_ok=True)
            self._lock_fd = _lock(directory)
        try:
            with _explained(directory):
                self.healed = _heal(directory)
                self._run_start_ns = run_start_after(segments(directory), run_start_ns)
                self._segment: SegmentFile | None = self._next_segment()
        except JournalError:
            os.close(self._lock_fd)
            raise

    @property
    def is_healthy(self) -> bool:
        """True while every event is in the journal or on its way."""
        return self.error is None and not self.dropped

    def publish(self, event: Event) -> None:
        """Take one event into memory. Never raises; an event without room is dropped."""
        try:
            line = self._encode(event)
        except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as error:
            self._drop(1, f"event {event.seq} cannot be written: {error}")
            return
        with self._waiting:
            batch = self._batch
            if not self._is_closed and len(batch.lines) + len(line) < self._buffer_bytes_max:
                batch.lines += line
                batch.lines += b"\n"
                batch.count += 1
                batch.last_seq = event.seq
                waiting = len(batch.lines)
            else:
                self._drop(1, self.error or "the journal is closed, or nobody flushes it")
                return
        if self._flush_bytes is not None and waiting >= self._flush_bytes:
            with self._writing:
                self._write_batch()

    def flush(self, now_ns: int) -> None:
        """Write what is waiting, and make it durable when the last time is `fsync_ns` ago."""
        with self._writing:
            self._write_batch()
            if self._synced_ns is None or now_ns - self._synced_ns >= self._fsync_ns:
                self._sync_segment()
                self._synced_ns = now_ns
        self._prune(now_ns)  # an order that waits for `sync` does not wait for this

    def sync(self) -> int:
        """Write what is waiting, make it durable now, and return `durable_seq`."""
        with self._writing:
            self._write_batch()
            self._sync_segment()
            return self.durable_seq

    def close(self) -> None:
        """Sync and give the directory back. Raises JournalError when events could not be saved."""
        self.sync()
        with self._writing, self._waiting:
            if self._is_closed:
                return
            self._is_closed = True
            if self._batch.count:
                self._drop(self._batch.count, self.error)
            self._batch = _Batch()
            if self._segment is not None:
                self._leave(self._segment)
            os.close(self._lock_fd)
        if self.dropped:
            raise JournalError(f"{self.dropped} events are not in the journal: {self.drop_reason}")

    def _prune(self, now_ns: int) -> None:
        """Remove one segment that is not needed: the next flush goes on, until none is left."""
        if self._retention is None or self._is_closed:
            return
        if self._pruned_ns is not None and now_ns - self._pruned_ns < PRUNE_NS:
            return
        is_done = True  # what cannot be removed or seen not to be needed waits for an hour, too
        with contextlib.suppress(OSError, ValueError):
            is_done = not prune(self._directory, self._retention, now_ns, count_max=1)
        if is_done:
            self._pruned_ns = now_ns

    # with self._writing held --------------------------------------------------------------------

    def _write_batch(self) -> None:
        with self._waiting:
            batch, self._batch = self._batch, _Batch()
        if not batch.count:
            return
        try:
            segment = self._segment = self._segment or self._next_segment()
            segment.append(bytes(batch.lines))
        except OSError as error:
            self.error = f"cannot write the journal in {self._directory}: {error.strerror}"
            self._put_back(batch)
            return
        self.error = None
        self._unsynced += batch.count
        self._written_seq = batch.last_seq
        if segment.size >= self._segment_bytes and self._sync_segment():
            self._leave(segment)

    def _put_back(self, batch: _Batch) -> None:
        with self._waiting:
            newer = self._batch
            if newer.count:
                batch.lines += newer.lines
                batch.count += newer.count
                batch.last_seq = newer.last_seq
            self._batch = batch

    def _sync_segment(self) -> bool:
        # Returns whether the segment may be trusted on.
        if self._segment is None or not self._unsynced:
            return True
        try:
            self._segment.sync()
            self.durable_seq = self._written_seq
        except OSError as error:
            # The kernel may have thrown the pages away and would call the next fsync a success:
            # count these events as lost, and trust this file no more.
            self._drop(self._unsynced, f"cannot sync {self._segment.path}: {error.strerror}")
            self._leave(self._segment)
            return False
        finally:
            self._unsynced = 0
        return True

    def _next_segment(self) -> SegmentFile:
        header = Header(SCHEMA_VERSION, self._run_start_ns, self._number)
        path = segment_path(self._directory, self._run_start_ns, self._number)
        segment = self._open_segment(path, header)
        self._number += 1
        return segment

    def _leave(self, segment: SegmentFile) -> None:
        self._segment = None
        segment.close()

    def _drop(self, count: int, reason: str | None) -> None:
        self.dropped += count
        self.drop_reason = reason


@contextlib.contextmanager
def _explained(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JournalError(
            f"cannot write a journal in {directory}: {error.strerror}; give a directory of your "
            "own, on a disk with room"
        ) from error


def _heal(directory: Path) -> tuple[TornTail, ...]:
    torn = (heal(path) for path in segments(directory))
    return tuple(tail for tail in torn if tail is not None)


def _lock(directory: Path) -> int:
    # The kernel frees the lock when the process ends, however it ends.
    fd = os.open(directory / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner = os.read(fd, 20).decode(errors="replace")
        os.close(fd)
        raise JournalError(
            f"the journal in {directory} is being written by process {owner}: "
            "stop that bot, or give this one a directory of its own"
        ) from error
    os.ftruncate(fd, 0)
    os.write(fd, str(os.getpid()).encode())
    return fd
