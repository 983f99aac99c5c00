"""How many events of a journal are still to be shipped, without decoding them."""

from __future__ import annotations

from pathlib import Path

from bot.journal import JournalPosition
from bot.journal.segment import segments

BLOCK_BYTES = 1 << 20
NOWHERE = JournalPosition("", 0)
"""Before every segment."""


class Backlog:
    """Counts the lines after a position, looking at each byte when it comes and when it goes."""

    def __init__(self, directory: Path) -> None:
        """Take the directory of the journal, which need not exist yet."""
        self._directory = directory
        self._start = self._end = NOWHERE
        self._behind = 0

    def measure(self, position: JournalPosition | None) -> int:
        """Return how many whole lines stand behind `position`, headers left out."""
        start = position or NOWHERE
        paths = segments(self._directory)
        end = JournalPosition(paths[-1].name, paths[-1].stat().st_size) if paths else NOWHERE
        names = {NOWHERE.segment, *(path.name for path in paths)}
        if self._start.segment in names and self._start <= start and self._end <= end:
            self._behind += _lines(paths, self._end, end) - _lines(paths, self._start, start)
        else:  # a segment was deleted: count afresh
            self._behind = _lines(paths, start, end)
        self._start, self._end = start, end
        return self._behind


def _lines(paths: list[Path], start: JournalPosition, end: JournalPosition) -> int:
    # Lines in [start, end); the first line of a segment is its header.
    total = 0
    for path in paths:
        if start.segment <= path.name <= end.segment:
            first = start.offset if path.name == start.segment else 0
            last = end.offset if path.name == end.segment else None
            count = _newlines(path, first, last)
            total += count - 1 if first == 0 and count else count
    return total


def _newlines(path: Path, first: int, last: int | None) -> int:
    total = 0
    with path.open("rb") as file:
        file.seek(first)
        rest = (last if last is not None else path.stat().st_size) - first
        while rest > 0 and (block := file.read(min(BLOCK_BYTES, rest))):
            total += block.count(b"\n")
            rest -= len(block)
    return total
