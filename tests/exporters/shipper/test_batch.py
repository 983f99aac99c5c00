"""Batches are bounded, and what cannot be read is counted once."""

from exporters.points import to_line, to_point
from exporters.shipper.batch import JournalFollower
from tests.exporters.shipper.world import World, events


def test_batches_have_a_limit_in_lines_and_in_bytes(world: World) -> None:
    """The next batch goes on behind the last."""
    world.write(10)
    by_lines = JournalFollower(world.journal, {}, lines_max=4)
    batch = by_lines.batch(None)
    assert [to_line(to_point(event, {})) for event in events(4)] == [e.line for e in batch]
    assert 4 == len(by_lines.batch(batch[-1].position))
    by_bytes = JournalFollower(world.journal, {}, bytes_max=1)
    assert 1 == len(by_bytes.batch(None))


def test_damaged_last_line_is_counted_once(world: World) -> None:
    """However often it is met before the journal goes on."""
    path = world.write(2)
    path.write_bytes(path.read_bytes() + b"{damaged}\n")
    follower = JournalFollower(world.journal, {})
    place = follower.batch(None)[-1].position
    assert [] == follower.batch(place)
    assert [] == follower.batch(place)
    assert 1 == follower.damaged
