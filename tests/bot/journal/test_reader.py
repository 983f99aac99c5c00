"""Reading a journal back: the window, damage that is not passed over, and following its growth."""

from pathlib import Path

import pytest

from bot.domain.errors import JournalError
from bot.domain.events import Event, QuotingPaused
from bot.journal import (
    Journal,
    JournalDamage,
    JournalPosition,
    last_event_ns,
    read_after,
    read_journal,
)
from bot.journal.segment import BLOCK_BYTES, Header, segment_path, segments


def paused(seq: int) -> Event:
    """Any small event; event `seq` happened at `seq` ns."""
    return QuotingPaused(seq=seq, ts_ns=seq, run_id="r", reason="because")


def write(directory: Path, *numbers: int, run_start_ns: int = 0) -> list[Path]:
    """Write these events, three to a segment; return the segments."""
    journal = Journal(directory, run_start_ns, segment_bytes=400)
    for seq in numbers:
        journal.publish(paused(seq))
        journal.flush(0)
    journal.close()
    return segments(directory)


def seqs(directory: Path, since_ns: int | None = None, until_ns: int | None = None) -> list[int]:
    """Return the numbers of the events in the window."""
    return [event.seq for event in read_journal(directory, since_ns, until_ns)]


@pytest.mark.parametrize("since_ns", [None, 0, 1, 6, 12, 20, 99])
@pytest.mark.parametrize("until_ns", [None, 0, 1, 6, 13, 20, 21])
def test_window_has_its_beginning_and_not_its_end(
    tmp_path: Path, since_ns: int | None, until_ns: int | None
) -> None:
    """Over several segments and runs, whatever is skipped on the way."""
    write(tmp_path, *range(1, 13))
    write(tmp_path, *range(13, 21), run_start_ns=13)
    low, high = since_ns or 0, 99 if until_ns is None else until_ns
    assert [seq for seq in range(1, 21) if low <= seq < high] == seqs(tmp_path, since_ns, until_ns)


def test_segment_outside_the_window_is_not_read(tmp_path: Path) -> None:
    """Damage in the middle of it is never met."""
    first, *_ = write(tmp_path, *range(1, 13))
    spoil(first, b'"seq":2', b'"seq":x')
    assert [9, 10, 11, 12] == seqs(tmp_path, since_ns=9)
    with pytest.raises(JournalError):
        seqs(tmp_path)


def test_a_segment_that_is_gone_is_named(tmp_path: Path) -> None:
    """It may be removed for its age while somebody reads: that is no empty answer."""
    first, *_ = write(tmp_path, *range(1, 13))
    events = read_journal(tmp_path)
    first.unlink()
    with pytest.raises(JournalError, match=rf"cannot read {first}.*try again"):
        next(events)


def test_a_run_after_the_clock_went_back_is_read_last(tmp_path: Path) -> None:
    """Who follows is not told twice, and misses nothing: names sort in the order of writing."""
    write(tmp_path, *range(1, 5), run_start_ns=1_000)
    *_, (position, _) = read_after(tmp_path, None)
    write(tmp_path, 5, 6, run_start_ns=500)
    assert [5, 6] == [event.seq for _, event in read_after(tmp_path, position)]
    assert list(range(1, 7)) == seqs(tmp_path)


def test_the_end_of_a_journal_is_its_last_event(tmp_path: Path) -> None:
    """Whatever is torn, damaged or empty behind it; without any event there is none."""
    assert last_event_ns(tmp_path) is None
    *_, last = write(tmp_path, *range(1, 6))
    assert 5 == last_event_ns(tmp_path)
    Journal(tmp_path, 99).close()
    assert 5 == last_event_ns(tmp_path)
    with last.open("ab") as file:
        file.write(b'{"ts_ns": 9')
    assert 5 == last_event_ns(tmp_path)


def spoil(path: Path, old: bytes, new: bytes) -> None:
    """Put `new` in the place of `old`."""
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


@pytest.mark.parametrize("new", [b'"seq":x', b'"seq":"', b'"nnn":2', b"\xff", b"\x00\x00"])
def test_damage_in_the_middle_names_its_line(tmp_path: Path, new: bytes) -> None:
    """The header is line 1."""
    path, *_ = write(tmp_path, *range(1, 6))
    spoil(path, b'"seq":2', new)
    with pytest.raises(JournalError, match=r"journal-.*jsonl:3: .*damaged there"):
        seqs(tmp_path)


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_lenient_reader_hands_damage_over_and_goes_on(tmp_path: Path, seq: int) -> None:
    """Also at the ends of a segment, where the window looks."""
    path, *_ = write(tmp_path, *range(1, 6))
    spoil(path, b'"seq":%d' % seq, b'"seq":x')
    damage: list[JournalDamage] = []
    events = read_journal(tmp_path, since_ns=0, on_damage=damage.append)
    assert [n for n in range(1, 6) if n != seq] == [event.seq for event in events]
    assert [(path, seq + 1)] == [(item.path, item.line) for item in damage]


@pytest.mark.parametrize("spoiled", [(), (2,), (1_500,), (700, 701, 2_000)])
def test_many_lines_are_read_as_one_by_one(tmp_path: Path, spoiled: tuple[int, ...]) -> None:
    """A segment of many blocks, wherever in them a line is damaged and the last one is torn."""
    journal = Journal(tmp_path, 0)
    for seq in range(1, 2_001):
        journal.publish(paused(seq))
    journal.close()
    [path] = segments(tmp_path)
    for seq in spoiled:
        spoil(path, b'"seq":%d,' % seq, b'"seq":x,')
    assert 2 * BLOCK_BYTES < path.stat().st_size
    path.write_bytes(path.read_bytes()[:-1])
    damage: list[JournalDamage] = []
    events = read_journal(tmp_path, None, None, damage.append)
    assert [n for n in range(1, 2_000) if n not in spoiled] == [event.seq for event in events]
    assert [n + 1 for n in spoiled if n < 2_000] == [item.line for item in damage]
    followed = read_after(tmp_path, None, lambda _: None)
    assert list(read_journal(tmp_path, None, None, lambda _: None)) == [e for _, e in followed]


def test_damaged_end_of_a_segment_is_looked_into(tmp_path: Path) -> None:
    """The window cannot trust a line it cannot read."""
    path, *_ = write(tmp_path, 1, 2, 3)
    spoil(path, b'"ts_ns":3', b'"ts_ns":x')
    damage: list[JournalDamage] = []
    assert [2] == [e.seq for e in read_journal(tmp_path, 2, None, damage.append)]
    assert 1 == len(damage)


def test_unfinished_line_is_left_for_later(tmp_path: Path) -> None:
    """A writer may be at it right now."""
    path, *_ = write(tmp_path, 1, 2)
    content = path.read_bytes()
    path.write_bytes(content[:-5])
    assert [1] == seqs(tmp_path)
    path.write_bytes(content)
    assert [1, 2] == seqs(tmp_path)


def test_segment_without_a_whole_header_is_empty(tmp_path: Path) -> None:
    """A crash at its very beginning."""
    write(tmp_path, 1)
    segment_path(tmp_path, 0, 7).write_bytes(b'{"type":"Jour')
    segment_path(tmp_path, 0, 8).touch()
    assert [1] == seqs(tmp_path)
    assert [1] == seqs(tmp_path, since_ns=0)


def test_directory_without_a_journal_is_an_error(tmp_path: Path) -> None:
    """Before the first event is asked for: nothing there is no empty journal."""
    for reader in (read_journal, lambda path: read_after(path, None)):
        with pytest.raises(JournalError, match="give the directory a bot writes to"):
            reader(tmp_path)


def test_other_version_is_refused_even_when_lenient(tmp_path: Path) -> None:
    """It would be read wrongly."""
    path, *_ = write(tmp_path, 1)
    spoil(path, b'"schema_version":1', b'"schema_version":99')
    with pytest.raises(JournalError, match="events of version 99"):
        list(read_journal(tmp_path, on_damage=lambda _: None))


def test_following_continues_where_it_stopped(tmp_path: Path) -> None:
    """From any position, over segments, as the journal grows."""
    journal = Journal(tmp_path, 0, segment_bytes=400)
    position: JournalPosition | None = None
    seen: list[int] = []
    for seq in range(1, 21):
        journal.publish(paused(seq))
        if seq % 3 == 0:
            journal.flush(0)
            news = list(read_after(tmp_path, position))
            position = news[-1][0]
            seen += [event.seq for _, event in news]
    journal.close()
    assert list(range(1, 19)) == seen
    everything = list(read_after(tmp_path, None))
    for index, (place, _) in enumerate(everything):
        assert everything[index + 1 :] == list(read_after(tmp_path, place))
    places = [place for place, _ in everything]
    assert sorted(places) == places


def test_following_names_the_line_of_damage(tmp_path: Path) -> None:
    """Counted from the beginning of the file, wherever the reading began."""
    path, *_ = write(tmp_path, 1, 2, 3)
    (first, _), *_ = read_after(tmp_path, None)
    spoil(path, b'"seq":3', b'"seq":x')
    with pytest.raises(JournalError, match=r"jsonl:4: "):
        list(read_after(tmp_path, first))


def test_following_says_when_its_segment_is_gone(tmp_path: Path) -> None:
    """Events may have been missed: that is no end of file."""
    write(tmp_path, 1)
    with pytest.raises(JournalError, match="is gone"):
        read_after(tmp_path, JournalPosition("journal-0-9.jsonl", 0))


def test_header_is_what_the_segment_says(tmp_path: Path) -> None:
    """Run and number are in the name and in the file."""
    path, *_ = write(tmp_path, 1, run_start_ns=5)
    assert segment_path(tmp_path, 5, 0) == path
    assert b'{"type":"JournalHeader","schema_version":1' in path.read_bytes()
    assert 5 == Header(1, 5, 0).run_start_ns
