"""A source is named once, and reads the journal of a bot."""

from pathlib import Path

import pytest

from bot.domain.calibration import Window
from bot.domain.errors import JournalError, SettingsError
from extractor.sources import JournalSource, of_markets, open_source
from tests.extractor.conftest import SECOND, START_NS, Scribe, write_journal


def test_journal_source_reads_the_window(tmp_path: Path, scribe: Scribe) -> None:
    """Since is included, until is not."""
    for second in range(4):
        scribe.quote(second * 1_000.0)
    write_journal(tmp_path, scribe.events)
    source = open_source(f"journal:{tmp_path}")
    window = Window(START_NS + SECOND, START_NS + 3 * SECOND)
    assert [2, 3] == [event.seq for event in source.events(window)]
    assert f"journal:{tmp_path}" == source.name


def test_damaged_lines_are_counted_and_skipped(tmp_path: Path, scribe: Scribe) -> None:
    """A line that is no event costs that event only."""
    scribe.quote(0.0)
    scribe.quote(1_000.0)
    path = write_journal(tmp_path, scribe.events)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"{torn\n", *lines[2:]]))
    source = JournalSource(tmp_path)
    events = list(source.events(Window(0, 2**62)))
    assert 2 == len(events)
    assert {"journal_lines": 1} == source.damage


def test_missing_directory_says_what_to_give(tmp_path: Path) -> None:
    """No directory, no empty answer."""
    with pytest.raises(JournalError, match="--source journal:DIR"):
        open_source(f"journal:{tmp_path / 'nowhere'}")


@pytest.mark.parametrize("text", ["influx:", "journal", "journal:", "state/journal"])
def test_unknown_source_is_refused(text: str) -> None:
    """The message shows what was written and what may be."""
    with pytest.raises(SettingsError, match=r"unknown source .* write --source journal:DIR"):
        open_source(text)


def test_markets_are_chosen_by_slug(scribe: Scribe) -> None:
    """Events of no market stay: they speak of the run."""
    scribe.started()
    scribe.quote(1.0)
    scribe.quote(2.0, market="other")
    assert [1, 3] == [event.seq for event in of_markets(iter(scribe.events), ["other"])]
    assert 3 == len(list(of_markets(iter(scribe.events), [])))
