"""Points: an identity of their own, numbers as floats, ids as fields."""

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import events
from bot.domain.market import Outcome
from exporters.points import MEASUREMENTS, RECORD, FieldType, to_point
from exporters.points.point import identity_ns
from tests.exporters.samples import NO, SAMPLES, SLUG, T0, YES, sample

OUTCOMES = {YES: Outcome.YES, NO: Outcome.NO}
TYPES = {FieldType.NUMBER: float, FieldType.TEXT: str, FieldType.BOOLEAN: bool}


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_a_point_is_what_the_table_says(event: events.Event) -> None:
    """Its tags and fields are in the table, with the types of the table."""
    point = to_point(event, OUTCOMES)
    measurement = MEASUREMENTS[point.measurement]
    types = {field.name: TYPES[field.type] for field in measurement.fields}
    assert type(event) in measurement.events
    assert set(point.tags) <= set(measurement.all_tags)
    assert {name: types[name] for name in point.fields if name != RECORD} == {
        name: type(value) for name, value in point.fields.items() if name != RECORD
    }


def test_a_fill_as_a_point() -> None:
    """Values are those of the event; ids are fields."""
    point = to_point(sample(events.OrderFilled, seq=1, ts_ns=T0, token=NO), OUTCOMES)
    assert {
        "event": "OrderFilled",
        "market": SLUG,
        "outcome": "NO",
        "side": "BUY",
        "evidence": "queue",
        "state": "matched",
    } == point.tags
    assert ("o1", "t1", 4_900.0, 4_000_000.0, str(T0)) == tuple(
        point.fields[name] for name in ("order_id", "trade_id", "price", "size", "ts_ns")
    )


def test_none_and_nan_are_left_out() -> None:
    """The store has neither."""
    point = to_point(sample(events.OrderFilled, mid_before=None, latency_ms=math.nan), {})
    assert not {"mid_before", "latency_ms"} & set(point.fields)
    assert "outcome" not in point.tags


@pytest.mark.parametrize(
    ("event", "cause", "text"),
    [
        (sample(events.QuotingPaused, reason="jump"), "jump", "jump"),
        (sample(events.QuotingPaused, reason="strange"), "other", "strange"),
        (sample(events.CancelRequested, reason="stop"), "stop", "stop"),
        (sample(events.OrderDenied, control="strange"), "other", "strange"),
    ],
)
def test_free_text_is_a_field_and_its_closed_set_a_tag(
    event: events.Event, cause: str, text: str
) -> None:
    """So series stay few and nothing is lost."""
    point = to_point(event, OUTCOMES)
    assert cause == point.tags["cause"]
    assert text in {point.fields.get("reason"), point.fields.get("control")}


@given(
    run_id=st.text(),
    seqs=st.sets(st.integers(1, 10**9), min_size=2, max_size=2).filter(
        lambda pair: (max(pair) - min(pair)) % 1_000_000 != 0
    ),
    offsets=st.tuples(st.integers(0, 999_999), st.integers(0, 999_999)),
)
def test_no_two_events_of_one_millisecond_share_an_identity(
    run_id: str, seqs: set[int], offsets: tuple[int, int]
) -> None:
    """Whatever their true times within it: a million events would have to come in between."""
    millisecond = T0 - T0 % 1_000_000
    times = {
        identity_ns(
            sample(events.QuotingResumed, run_id=run_id, seq=seq, ts_ns=millisecond + offset)
        )
        for seq, offset in zip(seqs, offsets, strict=True)
    }
    assert 2 == len(times)
    assert {millisecond} == {ns - ns % 1_000_000 for ns in times}


def test_an_identity_is_the_same_in_every_process() -> None:
    """A fixed number: no hash that is salted at start."""
    assert 1_795_000_000_123_974_344 == identity_ns(sample(events.QuotingResumed, seq=1, ts_ns=T0))


def test_samples_cover_every_event() -> None:
    """The tests above have seen every type."""
    assert [type(event) for event in SAMPLES] == list(get_args(events.Event))
