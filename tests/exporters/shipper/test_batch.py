"""Batches are bounded, and what cannot be read is counted once."""

from bot.domain.events import RunStarted
from bot.journal import JournalPosition
from bot.journal.segment import segment_path, segments
from exporters.points import to_line, to_point
from exporters.shipper.batch import JournalFollower
from tests.exporters.samples import SAMPLES, YES
from tests.exporters.shipper.world import World, events
from tests.extractor.conftest import write_journal


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


def test_points_say_which_outcome_their_token_is(world: World) -> None:
    """The start of the run tells; a follower that goes on in the middle writes the same."""
    whole = [events(len(SAMPLES))[-1], *events(len(SAMPLES))]
    assert isinstance(whole[0], RunStarted)
    write_journal(world.journal, whole)
    fresh = JournalFollower(world.journal, {}).batch(None)
    tagged = [entry.line for entry in fresh if ",outcome=YES" in entry.line]
    assert [f"seq={event.seq}.0" for event in whole if event.token == YES] == [
        f"seq={line.split(' seq=')[1].split(',')[0]}" for line in tagged
    ]
    later = JournalFollower(world.journal, {}).batch(fresh[2].position)
    assert [entry.line for entry in fresh[3:]] == [entry.line for entry in later]


def test_a_run_of_another_version_stops_nobody_behind_it(world: World) -> None:
    """What an older program wrote may still lie there, shipped long ago."""
    old = segment_path(world.journal, 1, 0)
    old.write_text('{"type":"JournalHeader","schema_version":0,"run_start_ns":1,"number":0}\n')
    world.write(3)
    newer = segments(world.journal)[-1]
    follower = JournalFollower(world.journal, {})
    assert 3 == len(follower.batch(JournalPosition(newer.name, 0)))
