"""Where events come from. The choice of a source is `open_source`, and nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

from bot.domain.calibration import Window
from bot.domain.errors import JournalError, SettingsError
from bot.domain.events import Event
from bot.journal import JournalDamage, read_journal
from extractor.influx_source import influx_source


class EventSource(Protocol):
    """A store of events that can be read over a window."""

    @property
    def name(self) -> str:
        """What a calibration file says of its source."""
        ...

    @property
    def damage(self) -> Counter[str]:
        """How many records could not be read so far, by kind."""
        ...

    @property
    def damaged_first(self) -> str | None:
        """Where the first of them is, `None` without any or where records have no place."""
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
        self._damage: Counter[str] = Counter()
        self._damaged_first: str | None = None

    @property
    def name(self) -> str:
        """`journal:` and the directory."""
        return f"journal:{self._directory}"

    @property
    def damage(self) -> Counter[str]:
        """Lines that were no event, counted under `journal_lines`."""
        return self._damage

    @property
    def damaged_first(self) -> str | None:
        """File and line, and what is wrong with it."""
        return self._damaged_first

    def events(self, window: Window) -> Iterator[Event]:
        """Yield the events of the window; a damaged line is counted and skipped.

        Raises JournalError when there is no journal or it is of another version.
        """
        return read_journal(
            self._directory,
            since_ns=window.since_ns,
            until_ns=window.until_ns,
            on_damage=self._count,
        )

    def _count(self, damage: JournalDamage) -> None:
        self._damage["journal_lines"] += 1
        if self._damaged_first is None:
            self._damaged_first = f"{damage.path}, line {damage.line}: {damage.reason}"


def open_source(text: str) -> EventSource:
    """Return the source that `text` names: `journal:DIR` or `influx:URL/BUCKET`.

    Raises SettingsError for another kind, JournalError when the directory is missing.
    """
    kind, separator, place = text.partition(":")
    if kind == "journal" and separator and place:
        return JournalSource(Path(place))
    if kind == "influx" and separator and place:
        return influx_source(place)
    raise SettingsError(f"unknown source {text!r}: write --source journal:DIR or influx:URL/BUCKET")


def of_markets(events: Iterator[Event], markets: Collection[str]) -> Iterator[Event]:
    """Yield the events of these markets and those of no market; all when `markets` is empty."""
    if not markets:
        return events
    return (event for event in events if event.market is None or event.market in markets)
