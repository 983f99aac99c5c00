"""The publisher: one number an event, every sink once, in order."""

from bot.domain.events import QuotingPaused
from bot.engine import Publisher
from tests.bot.engine.world import Sink


def test_stamps_count_from_one_and_carry_the_run() -> None:
    """Numbers are unique and increasing within a run."""
    publisher = Publisher("run", ())
    first, second = publisher.stamp(5), publisher.stamp(6, "rain", None, 4)
    assert (1, 2) == (first["seq"], second["seq"])
    assert ("run", 6, "rain", 4) == (
        second["run_id"],
        second["ts_ns"],
        second["market"],
        second["ts_venue_ns"],
    )


def test_every_sink_gets_every_event_once() -> None:
    """All sinks see the same sequence."""
    sinks = (Sink(), Sink())
    publisher = Publisher("run", sinks)
    published = [QuotingPaused(**publisher.stamp(i), reason="why") for i in range(3)]
    for event in published:
        publisher.publish(event)
    assert [published, published] == [sink.events for sink in sinks]
