"""Lines on stderr, written by a thread of their own: who tells never waits for who reads.

A pipe that nobody reads is full after 64 KB, and the next write to it waits for ever. Here it is a
thread that waits; what does not fit into its queue is dropped and counted, and told when there is
room again. At the end of the process what is still in the queue gets a moment to leave.
"""

from __future__ import annotations

import atexit
import sys
from functools import cache
from queue import Full, Queue
from threading import Lock, Thread
from typing import Protocol

LINES_MAX = 10_000
"""Lines waiting for a reader; a verbose bot writes some hundred a second."""
CLOSE_S = 2.0
"""Longest wait at the end for lines that have not left."""


class RawStream(Protocol):
    """A stream without a buffer: what is in one when a process ends would have to wait too."""

    def write(self, data: bytes, /) -> int | None:
        """Write some of it, and return how much. Raises OSError."""
        ...


class LineWriter:
    """Writes lines to a stream in order. `dropped` counts those that found no room.

    Lines that the stream refuses are lost without a word: there is no other place to say so.
    """

    def __init__(self, stream: RawStream, *, lines_max: int = LINES_MAX) -> None:
        """Start no thread yet."""
        self._stream = stream
        self._queue: Queue[bytes | None] = Queue(lines_max)
        self._thread: Thread | None = None
        self._starting = Lock()
        self._told = 0
        self.dropped = 0

    def write(self, line: str) -> None:
        """Take one line, without its end. Never waits and never raises."""
        if self._thread is None:
            self._start()
        try:
            self._queue.put_nowait(line.encode(errors="replace") + b"\n")
        except Full:
            self.dropped += 1

    def close(self, wait_s: float = CLOSE_S) -> None:
        """Wait a moment for what was written to leave; what has not by then is lost."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is None:
            return
        try:
            self._queue.put(None, timeout=wait_s)
        except Full:
            return  # nobody reads
        thread.join(wait_s)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="stderr", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while (line := self._queue.get()) is not None:
            if self._told != self.dropped:
                missing, self._told = self.dropped - self._told, self.dropped
                self._put(b"%d lines were dropped here: nobody read them\n" % missing)
            self._put(line)

    def _put(self, data: bytes) -> None:
        try:
            while data:
                data = data[self._stream.write(data) or len(data) :]
        except (OSError, ValueError):
            return  # a full disk, or a reader that left


@cache
def stderr() -> LineWriter:
    """Return the writer of this process's stderr; it is closed when the process ends."""
    stream = open(2, "wb", buffering=0, closefd=False)  # noqa: SIM115 - as long as the process
    writer = LineWriter(stream)
    atexit.register(writer.close)
    return writer


def is_terminal() -> bool:
    """Return whether a person looks at stderr."""
    return sys.stderr.isatty()
