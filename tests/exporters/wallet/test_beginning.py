"""Of a long journal only its end is read, and the start of the run that is under way there."""

from pathlib import Path

import pytest

from bot.domain.events import Event, QuotingPaused, RunStarted
from bot.domain.units import NS_PER_S
from bot.journal import Journal, JournalPosition
from bot.journal.segment import segment_path, segments
from exporters.wallet.beginning import beginning
from exporters.wallet.ledger import JournalLedger
from tests.exporters.wallet.story import START_S, USD, Story

HOUR_S = 3_600


def paused(seq: int, hour: float) -> Event:
    """Any event at an hour."""
    ts_ns = int((START_S + hour * HOUR_S) * NS_PER_S)
    return QuotingPaused(seq=seq, ts_ns=ts_ns, run_id="r", reason="because")


def run(directory: Path, start_ns: int, *events: Event) -> None:
    """A run with an event a segment."""
    journal = Journal(directory, start_ns, segment_bytes=1)
    for event in events:
        journal.publish(event)
        journal.flush(0)
    journal.close()


def test_two_hours_before_the_newest_segment(tmp_path: Path) -> None:
    """And what is younger, over runs; the run at the place began with no start of its own."""
    run(tmp_path, 1, *(paused(n, n) for n in range(5)))
    run(tmp_path, 2, paused(9, 5.5))
    place, started = beginning(tmp_path)
    assert (JournalPosition("journal-0000000000000000001-000003.jsonl", 0), None) == (
        place,
        started,
    )


def test_a_short_journal_is_read_from_its_first_segment(tmp_path: Path) -> None:
    """There is nothing to leave out; an empty one has no place at all."""
    assert (None, None) == beginning(tmp_path)
    run(tmp_path, 1, paused(1, 0.0), paused(2, 0.1))
    assert (JournalPosition(segments(tmp_path)[0].name, 0), None) == beginning(tmp_path)


def test_an_empty_segment_says_nothing(tmp_path: Path) -> None:
    """A run that died before its first event is not what one counts back from."""
    run(tmp_path, 1, *(paused(n, n) for n in range(5)))
    run(tmp_path, 2)
    place, _ = beginning(tmp_path)
    assert JournalPosition("journal-0000000000000000001-000002.jsonl", 0) == place


def test_what_another_version_wrote_is_not_gone_behind(tmp_path: Path) -> None:
    """The older program's accounts are none of ours."""
    header = '{"type":"JournalHeader","schema_version":0,"run_start_ns":1,"number":0}\n'
    segment_path(tmp_path, 1, 0).write_text(header)
    run(tmp_path, 2, paused(1, 0.0))
    place, _ = beginning(tmp_path)
    assert place is not None
    assert place.segment.startswith("journal-0000000000000000002-")


@pytest.mark.parametrize("is_followed", [False, True])
def test_a_long_run_has_the_account_it_began_with(tmp_path: Path, *, is_followed: bool) -> None:
    """Its start is days before what is read, and one segment of it is gone."""
    story = Story(tmp_path)
    started = story.started
    assert isinstance(started, RunStarted)
    directory = tmp_path / "long"
    events = [started, *(paused(n, n) for n in range(1, 9))]
    run(directory, 1, *events)
    segments(directory)[3].unlink()
    ledger = JournalLedger(directory)
    ledger.follow()
    if is_followed:
        ledger.follow()
    assert started.outcomes.keys() == set(ledger.tokens)
    assert 25 * USD == started.cash
