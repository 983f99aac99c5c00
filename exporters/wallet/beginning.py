"""Where to begin with a journal that may hold months: what the ledger of now needs, and no more."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from bot.domain.errors import JournalError
from bot.domain.events import Event, RunStarted
from bot.domain.units import NS_PER_S
from bot.journal import JournalPosition, read_after
from bot.journal.segment import segments

BACK_NS = 2 * 3_600 * NS_PER_S
"""From so long before the newest segment on: no match of before can still be on its way."""
FIRST_OF_RUN = "-000000.jsonl"
"""How the name of a run's first segment ends."""


def beginning(directory: Path) -> tuple[JournalPosition | None, RunStarted | None]:
    """Return the place to read from, and the start of the run that was under way there.

    `None` for the place is the very beginning, for the start that the run begins there or later.
    Segments of another version are not gone behind.
    """
    paths = segments(directory)
    newest_ns: int | None = None
    place = None
    for path in reversed(paths):
        try:
            event = _first(directory, path)
        except JournalError:
            break
        place = path
        if event is None:
            continue
        newest_ns = event.ts_ns if newest_ns is None else newest_ns
        if event.ts_ns <= newest_ns - BACK_NS:
            break
    if place is None:
        return None, None
    return JournalPosition(place.name, 0), _start_of(directory, place)


def _start_of(directory: Path, place: Path) -> RunStarted | None:
    first = place.with_name(place.name.rpartition("-")[0] + FIRST_OF_RUN)
    if first == place or not first.exists():
        return None
    event = _first(directory, first)
    return event if isinstance(event, RunStarted) else None


def _first(directory: Path, path: Path) -> Event | None:
    # A segment without any event is passed over: the first one behind it counts.
    found = islice(read_after(directory, JournalPosition(path.name, 0), lambda _: None), 1)
    return next((event for _, event in found), None)
