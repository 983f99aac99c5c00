"""Streams the events of a journal back, skipping what is outside the window without reading it.

Event times never go back within a segment, so its first and last line say what it can hold. An
incomplete last line is a write under way or a crash, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from bot.domain.errors import JournalError
from bot.domain.events import Event
from bot.journal.segment import BLOCK_BYTES, read_header, segments, whole_lines_end


class JournalDamage(msgspec.Struct, frozen=True):
    """A line that is no event, counted from 1."""

    path: Path
    line: int
    reason: str


class JournalPosition(msgspec.Struct, frozen=True, order=True):
    """A place in a journal: everything before byte `offset` of segment `segment` was read."""

    segment: str
    offset: int


class _Timed(msgspec.Struct):
    ts_ns: int


OnDamage = Callable[[JournalDamage], None]

_decode_event = msgspec.json.Decoder(Event).decode
_decode_time = msgspec.json.Decoder(_Timed).decode


def read_journal(
    directory: Path,
    since_ns: int | None = None,
    until_ns: int | None = None,
    on_damage: OnDamage | None = None,
) -> Iterator[Event]:
    """Return the events with `since_ns` <= ts_ns < `until_ns`, oldest first.

    Raises JournalError at once when there is no journal, and while reading when a segment is of
    another version, cannot be read (it may have been removed for its age), or a line is damaged.
    With `on_damage` a damaged line is handed there instead and reading goes on.
    """
    paths = _existing(directory)
    return _read(paths, since_ns, until_ns, on_damage or _refuse)


def last_event_ns(directory: Path) -> int | None:
    """Return the time of the last event that can be read at the end of a segment, or `None`."""
    for path in reversed(segments(directory)):
        try:
            return _span_ns(path)[1]
        except (msgspec.DecodeError, UnicodeError):
            continue  # it has no event yet, or a damaged one
    return None


def read_after(
    directory: Path, position: JournalPosition | None, on_damage: OnDamage | None = None
) -> Iterator[tuple[JournalPosition, Event]]:
    """Return the events after `position` (`None`: all), each with the position behind it.

    For a reader that follows a growing journal: it ends where the writing has got to, and the last
    position continues later. Raises JournalError like `read_journal`.
    """
    paths = _existing(directory)
    if position is not None and directory / position.segment not in paths:
        raise JournalError(f"{directory / position.segment} is gone, and was not read to its end")
    return _follow(paths, position, on_damage or _refuse)


def _existing(directory: Path) -> list[Path]:
    paths = segments(directory)
    if not paths:
        raise JournalError(f"no journal in {directory}: give the directory a bot writes to")
    return paths


def _refuse(damage: JournalDamage) -> None:
    raise JournalError(
        f"{damage.path}:{damage.line}: {damage.reason}; the journal is damaged there"
    )


def _read(
    paths: list[Path], since_ns: int | None, until_ns: int | None, on_damage: OnDamage
) -> Iterator[Event]:
    for path in paths:
        if not _may_hold(path, since_ns, until_ns):
            continue
        for events in _blocks(path, on_damage):
            yield from [
                event
                for event in events
                if (since_ns is None or event.ts_ns >= since_ns)
                and (until_ns is None or event.ts_ns < until_ns)
            ]


def _follow(
    paths: list[Path], position: JournalPosition | None, on_damage: OnDamage
) -> Iterator[tuple[JournalPosition, Event]]:
    for path in paths:
        if position is not None and path.name < position.segment:
            continue
        is_here = position is not None and path.name == position.segment
        offset = position.offset if position is not None and is_here else 0
        for end, event in _events(path, offset, on_damage):
            yield JournalPosition(path.name, end), event


def _blocks(path: Path, on_damage: OnDamage) -> Iterator[list[Event]]:
    # The events of a segment, many decoded by one call; one by one where a line is damaged.
    for start, lines in _lines(path, 0):
        try:
            events = list(map(_decode_event, lines))
        except (msgspec.DecodeError, UnicodeError):
            for _, event in _decoded(path, start, lines, on_damage):
                yield [event]
        else:
            yield events


def _events(path: Path, offset: int, on_damage: OnDamage) -> Iterator[tuple[int, Event]]:
    # Yields (offset after the event, event) from `offset` on, which is the start of a line.
    for start, lines in _lines(path, offset):
        yield from _decoded(path, start, lines, on_damage)


def _lines(path: Path, offset: int) -> Iterator[tuple[int, list[bytes]]]:
    # Yields (where they start, whole lines) from `offset` on, but for the header.
    with _opened(path) as file:
        header = file.readline()
        if not header.endswith(b"\n"):
            return  # not even its first line was written
        read_header(path, header)
        start = max(len(header), offset)
        file.seek(start)
        while lines := file.readlines(BLOCK_BYTES):
            is_torn = not lines[-1].endswith(b"\n")
            yield start, lines[:-1] if is_torn else lines
            if is_torn:
                return
            start += sum(map(len, lines))


def _decoded(
    path: Path, start: int, lines: list[bytes], on_damage: OnDamage
) -> Iterator[tuple[int, Event]]:
    # Yields (offset after the event, event) of lines that begin at `start`.
    end = start
    for line in lines:
        end += len(line)
        try:
            event = _decode_event(line)
        except (msgspec.DecodeError, UnicodeError) as error:
            on_damage(JournalDamage(path, _line_number(path, end), str(error)))
            continue
        yield end, event


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise JournalError(f"cannot read {path}: {error.strerror}; try again") from error


def _line_number(path: Path, end: int) -> int:
    # Of the line that ends at byte `end`. Counted only for the rare damage.
    with path.open("rb") as file:
        return file.read(end).count(b"\n")


def _may_hold(path: Path, since_ns: int | None, until_ns: int | None) -> bool:
    # Damage at the ends means: look inside.
    if since_ns is None and until_ns is None:
        return True
    try:
        first_ns, last_ns = _span_ns(path)
    except (msgspec.DecodeError, UnicodeError):
        return True
    return (since_ns is None or last_ns >= since_ns) and (until_ns is None or first_ns < until_ns)


def _span_ns(path: Path) -> tuple[int, int]:
    with _opened(path) as file:
        end = whole_lines_end(path)
        file.readline()
        first = file.readline()
        file.seek(max(0, end - BLOCK_BYTES))
        last = file.read(end - file.tell()).rstrip(b"\n").rpartition(b"\n")[2]
    return _decode_time(first).ts_ns, _decode_time(last).ts_ns
