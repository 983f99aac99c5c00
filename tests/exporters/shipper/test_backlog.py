"""The backlog counts the events behind a position."""

from pathlib import Path

from bot.journal import JournalPosition, read_after
from bot.journal.segment import segment_path
from exporters.shipper.backlog import Backlog
from tests.exporters.shipper.world import World
from tests.extractor.conftest import START_NS


def test_backlog_follows_writing_and_shipping(world: World) -> None:
    """Over two segments, while both ends move; a line being written does not count."""
    backlog = Backlog(world.journal)
    assert 0 == backlog.measure(None)
    first = world.write(10)
    assert 10 == backlog.measure(None)
    segment_path(world.journal, START_NS, 1).write_bytes(first.read_bytes() + b'{"half')
    assert 20 == backlog.measure(None)
    places = [place for place, _ in read_after(world.journal, None, lambda damage: None)]
    assert 16 == backlog.measure(places[3])
    assert 5 == backlog.measure(places[14])
    assert 0 == backlog.measure(places[-1])


def test_backlog_counts_afresh_when_a_segment_is_gone(world: World) -> None:
    """What was deleted is no longer behind."""
    backlog = Backlog(world.journal)
    first = world.write(10)
    place = JournalPosition(first.name, first.stat().st_size)
    later: Path = segment_path(world.journal, START_NS, 1)
    later.write_bytes(first.read_bytes())
    assert 10 == backlog.measure(place)
    first.unlink()
    assert 10 == backlog.measure(place)
    assert 0 == backlog.measure(JournalPosition(later.name, later.stat().st_size))
