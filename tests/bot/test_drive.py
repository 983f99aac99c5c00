"""Driving: what is due first goes first, at its own time."""

from bot.domain import events
from bot.domain.messages import DamagedFrame
from bot.drive import catch_up, drive
from bot.engine import EngineConfig
from tests.bot.engine.world import START_NS, World

S = 1_000_000_000


def test_what_is_due_before_a_message_happens_before_it() -> None:
    """Samples between two messages carry their own times, not that of the message."""
    world = World(EngineConfig(sample_interval_ms=1_000))
    stream = [(START_NS + at * S, DamagedFrame("json", "")) for at in (0, 3)]
    assert START_NS + 3 * S == drive(world.engine, world.venue, stream)
    times = [event.ts_ns for event in world.sink.of(events.QuoteSampled)]
    assert [START_NS + S, START_NS + 2 * S, START_NS + 3 * S] == times


def test_an_empty_stream_drives_nothing() -> None:
    """The last time of nothing is 0."""
    world = World()
    assert 0 == drive(world.engine, world.venue, [])


def test_catching_up_stops_at_now() -> None:
    """What is due later stays due."""
    world = World()
    catch_up(world.engine, world.venue, START_NS + S)
    assert min(world.engine.next_due_ns, world.venue.next_due_ns) > START_NS + S
