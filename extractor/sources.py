"""Where events come from. The choice of a source is `open_source`, and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

from bot.journal import read_journal

from bot.domain.calibration import Window
from bot.domain.errors import JournalError, SettingsError
from bot.domain.events import Event


class EventSource(Protocol):
    """A store of events that can be read over a window."""

    @property
    def name(self) -> str:
        """What a calibration file says of its source."""
        ...

    def events(self, window: Window) -> Iterator[Event]:
        """Yield the events with since <= ts_ns < until, in the order of each run."""
        ...


class JournalSource:
    """The events of a journal directory."""

    def __init__(self, directory: Path) -> None:
        """Take the directory. Raises JournalError when there is none."""
        if not directory.is_dir():
            raise JournalError(
                f"no journal at {directory}: give the bot's journal directory, --source journal:DIR"
            )
        self._directory = directory

    @property
    def name(self) -> str:
        """`journal:` and the directory."""
        return f"journal:{self._directory}"

    def events(self, window: Window) -> Iterator[Event]:
        """Yield the events of the window. Raises JournalError when the journal cannot be read."""
        return read_journal(self._directory, since_ns=window.since_ns, until_ns=window.until_ns)


def open_source(text: str) -> EventSource:
    """Return the source that `text` names: `journal:DIR`.

    Raises SettingsError for another kind, JournalError when the directory is missing.
    """
    kind, separator, place = text.partition(":")
    if kind == "journal" and separator and place:
        return JournalSource(Path(place))
    raise SettingsError(f"unknown source {text!r}: write --source journal:DIR")


def of_markets(events: Iterator[Event], markets: Collection[str]) -> Iterator[Event]:
    """Yield the events of these markets and those of no market; all when `markets` is empty."""
    if not markets:
        return events
    return (event for event in events if event.market is None or event.market in markets)
