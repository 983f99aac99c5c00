"""The next events of a journal, as lines ready to be written."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

import msgspec

from bot.domain.errors import JournalError
from bot.domain.events import RunStarted
from bot.domain.market import Outcome, TokenId
from bot.journal import JournalDamage, JournalPosition, read_after
from bot.journal.segment import segments
from exporters.points import to_line, to_point

LINES_MAX = 5_000
"""In one request: what the store's makers advise."""
BYTES_MAX = 4 << 20
"""In one request, before compression: a queue trace alone can have 100 KB."""
FIRST_OF_RUN = "-000000.jsonl"
"""How the name of a run's first segment ends; its first event says which token is which."""


class Entry(msgspec.Struct, frozen=True):
    """One event as a line, with the place of the journal behind it."""

    position: JournalPosition
    line: str
    ts_ns: int


class JournalFollower:
    """Reads a journal batch by batch. `damaged` and `lost_segments` count what it passed over."""

    def __init__(
        self,
        directory: Path,
        tags: Mapping[str, str],
        *,
        lines_max: int = LINES_MAX,
        bytes_max: int = BYTES_MAX,
    ) -> None:
        """Take the journal, which need not exist yet, and the tags that every line gets."""
        self._directory = directory
        self._tags = tags
        self._lines_max = lines_max
        self._bytes_max = bytes_max
        self._last_damage = ("", 0)
        self._last_lost = ""
        self._outcomes: dict[TokenId, Outcome] | None = None
        self.damaged = 0
        self.lost_segments = 0

    def batch(self, position: JournalPosition | None) -> list[Entry]:
        """Return the next events after `position`; empty when there are none yet.

        A deleted segment is passed over once there is a later one. Raises JournalError while there
        is no journal or one of another version.
        """
        entries: list[Entry] = []
        size = 0
        if self._outcomes is None:
            self._outcomes = outcomes_of(self._directory)
        for end, event in read_after(self._directory, self._reachable(position), self._on_damage):
            if isinstance(event, RunStarted):
                self._outcomes.update(event.outcomes)
            line = to_line(to_point(event, self._outcomes), self._tags)
            entries.append(Entry(end, line, event.ts_ns))
            size += len(line)
            if len(entries) >= self._lines_max or size >= self._bytes_max:
                break
        return entries

    def _reachable(self, position: JournalPosition | None) -> JournalPosition | None:
        if position is None or (self._directory / position.segment).exists():
            return position
        later = [path for path in segments(self._directory) if path.name > position.segment]
        if not later:
            return position  # the disk is not mounted, or the bot not started: wait
        if position.segment > self._last_lost:  # not again when the same batch is tried again
            self._last_lost = position.segment
            self.lost_segments += 1
        return JournalPosition(later[0].name, 0)

    def _on_damage(self, damage: JournalDamage) -> None:
        # A damaged last line is met again at every look: the position is not behind it yet.
        place = (damage.path.name, damage.line)
        if place > self._last_damage:
            self._last_damage = place
            self.damaged += 1


def outcomes_of(directory: Path) -> dict[TokenId, Outcome]:
    """Return which outcome each token of each run in the journal is.

    Read from the beginnings of runs, so that a shipper which goes on in the middle of one writes
    the same points as one that was there from the start. A run that cannot be read adds nothing.
    """
    outcomes: dict[TokenId, Outcome] = {}
    for path in segments(directory):
        if path.name.endswith(FIRST_OF_RUN):
            with suppress(JournalError):  # of another version: the shipper has passed it
                start = read_after(directory, JournalPosition(path.name, 0), lambda _: None)
                for _, event in islice(start, 1):
                    if isinstance(event, RunStarted):
                        outcomes.update(event.outcomes)
    return outcomes
