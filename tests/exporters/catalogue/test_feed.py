"""The feed metrics cover every count of the feed."""

from bot.domain.events import FeedCounted, Record
from exporters.catalogue import feed
from exporters.readings.feed import COUNTED, DEFECT_FIELDS


def test_every_count_of_the_feed_is_a_metric() -> None:
    """Each number of `FeedCounted` is read; gaps are counted when they are told of."""
    told_elsewhere = {"gaps", "clock_offset_ms", "latency_ms_p50", "latency_ms_max"}
    own = set(FeedCounted.__struct_fields__) - set(Record.__struct_fields__)
    assert own - told_elsewhere == {*COUNTED, *DEFECT_FIELDS}
    assert feed.DEFECT.values == tuple(DEFECT_FIELDS.values())
