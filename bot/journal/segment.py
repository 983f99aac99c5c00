"""One file of a journal: its name, its first line, how it is appended to, and how it is healed.

`journal-<run start in ns>-<number>.jsonl`: names sort in the order of writing. The first line says
which version of the events follows; every other line is one event.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot.domain.errors import JournalError
from bot.domain.events import SCHEMA_VERSION

PATTERN = "journal-*-*.jsonl"
BLOCK_BYTES = 1 << 16
"""Read at a time when looking for the end of the last whole line."""


class Header(msgspec.Struct, frozen=True, tag_field="type", tag="JournalHeader"):
    """The first line of a segment."""

    schema_version: int
    run_start_ns: int
    number: int


class TornTail(msgspec.Struct, frozen=True):
    """An incomplete last line that was cut off: a crash while it was written."""

    path: Path
    bytes_cut: int


def segments(directory: Path) -> list[Path]:
    """Return the segments of a journal, oldest first; empty when there is none."""
    return sorted(directory.glob(PATTERN))


def segment_path(directory: Path, run_start_ns: int, number: int) -> Path:
    """Return the name of a segment; numbers count from 0 within a run."""
    return directory / f"journal-{run_start_ns:019d}-{number:06d}.jsonl"


def run_start_after(paths: Sequence[Path], run_start_ns: int) -> int:
    """Return a start that sorts behind the last of `paths`: the true one, unless a clock went back.

    Otherwise a reader that follows would take the new run for one it has read long ago.
    """
    return max([run_start_ns, *(start + 1 for start in run_starts(paths[-1:]))])


def run_starts(paths: Sequence[Path]) -> list[int]:
    """Return when the runs that wrote `paths` started, as the names say; once a segment."""
    starts = [path.name.split("-")[1] for path in paths]
    return [int(start) for start in starts if start.isdecimal()]


def read_header(path: Path, line: bytes) -> Header:
    """Return the header in the first line. Raises JournalError when it is none, or not ours."""
    try:
        header = msgspec.json.decode(line, type=Header)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise JournalError(f"{path}:1: not a journal: {error}") from error
    if header.schema_version != SCHEMA_VERSION:
        raise JournalError(
            f"{path}:1: events of version {header.schema_version}, this program reads "
            f"{SCHEMA_VERSION}: read it with the program that wrote it"
        )
    return header


def heal(path: Path) -> TornTail | None:
    """Cut the incomplete last line off, durably; return what was cut, `None` when it was whole."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        end = whole_lines_end(path)
        if end == size:
            return None
        file.truncate(end)
        os.fsync(file.fileno())
    return TornTail(path, size - end)


def whole_lines_end(path: Path) -> int:
    """Return the offset after the last newline; 0 when there is none."""
    with path.open("rb") as file:
        start = file.seek(0, os.SEEK_END)
        while start > 0:
            length = min(BLOCK_BYTES, start)
            start -= length
            file.seek(start)
            newline = file.read(length).rfind(b"\n")
            if newline >= 0:
                return start + newline + 1
    return 0


class SegmentFile:
    """A segment being written. Methods raise OSError; what was half written is cut off again."""

    def __init__(self, path: Path, header: Header) -> None:
        """Create the file with its header, which must not exist, and make its name durable."""
        self.path = path
        self.size = 0
        self._is_torn = False
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        try:
            self.append(msgspec.json.encode(header) + b"\n")
            self.sync()
            _sync_directory(path.parent)
        except OSError:
            os.close(self._fd)
            path.unlink(missing_ok=True)
            raise

    def append(self, lines: bytes) -> None:
        """Write whole lines at the end.

        After an OSError part of them may stand there: append the same lines again.
        """
        if self._is_torn:
            os.ftruncate(self._fd, self.size)
        self._is_torn = True
        rest = memoryview(lines)
        while rest:
            rest = rest[os.write(self._fd, rest) :]
        self._is_torn = False
        self.size += len(lines)

    def sync(self) -> None:
        """Return when everything appended is on the disk."""
        os.fsync(self._fd)

    def close(self) -> None:
        """Give the file back; nothing more can be appended."""
        os.close(self._fd)


def _sync_directory(directory: Path) -> None:
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
