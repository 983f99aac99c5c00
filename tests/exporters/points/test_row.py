"""Rows of the store as events: what was written comes back, damage is named."""

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import events
from bot.domain.errors import InputError
from bot.domain.market import Outcome
from exporters.points import event_of, to_point
from tests.exporters.samples import NO, SAMPLES, YES, sample

OUTCOMES = {YES: Outcome.YES, NO: Outcome.NO}
INTS = st.integers(-(2**53), 2**53)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
OBSERVATION = st.tuples(FLOATS, st.sampled_from("adpt"), FLOATS, FLOATS)


def row_of(event: events.Event) -> dict[str, object]:
    """The row a store gives back: columns of other points are there too, without a value."""
    point = to_point(event, OUTCOMES)
    return {
        "env": "prod", "cancel_reason": "", "other": None, "time": point.time_ns,
        **point.tags, **point.fields,
    }  # fmt: skip


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_every_event_comes_back(event: events.Event) -> None:
    """Each type, field by field, with its types."""
    back = event_of(row_of(event))
    assert event == back
    assert msgspec.json.encode(event) == msgspec.json.encode(back)


def test_whole_numbers_may_come_without_their_point() -> None:
    """A store writes 5.0 as 5."""
    event = sample(events.OrderFilled)
    row = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in row_of(event).items()
    }
    assert event == event_of(row)


def test_an_absent_tag_may_come_as_an_empty_text() -> None:
    """A market that was none is none again."""
    event = sample(events.KillSwitchTripped)
    assert event == event_of({**row_of(event), "market": ""})


def changed(kind: type[events.Event]) -> st.SearchStrategy[events.Event]:
    """Events of a type with any numbers it can hold exactly."""
    texts = {"seed", "ts_ns", "ts_venue_ns"}
    values: dict[str, st.SearchStrategy[Any]] = {}
    for field in msgspec.structs.fields(kind):
        if field.type is int:
            values[field.name] = st.integers(0, 2**63 - 1) if field.name in texts else INTS
        elif field.type is float:
            values[field.name] = FLOATS
        elif field.type == float | None:
            values[field.name] = FLOATS | st.none()
        elif field.name == "observations":
            values[field.name] = st.lists(OBSERVATION).map(tuple)
    sampled = next(event for event in SAMPLES if isinstance(event, kind))
    return st.builds(msgspec.structs.replace, st.just(sampled), **values)


@given(st.one_of([changed(type(event)) for event in SAMPLES]))
def test_no_digit_is_lost(event: events.Event) -> None:
    """Every finite float and every integer of 53 bits; nanoseconds and seeds with all 63."""
    assert event == event_of(row_of(event))


def test_a_long_trace_comes_back_whole() -> None:
    """Its pieces are put together again."""
    observations = tuple((n / 7, "d", n / 3, 1.0) for n in range(5_000))
    event = sample(events.QueueTraced, observations=observations)
    assert event == event_of(row_of(event))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"event": "Nonsense"}, "Nonsense"),
        ({"event": None}, "None"),
        ({"price": None}, "price"),
        ({"price": 4_900.5}, "price"),
        ({"evidence": "hope"}, "evidence"),
        ({"ts_ns": "soon"}, "ts_ns"),
    ],
)
def test_a_damaged_row_is_named(changes: dict[str, object], named: str) -> None:
    """The error says which row and which column."""
    row = {**row_of(sample(events.OrderFilled)), **changes}
    with pytest.raises(InputError, match=f"row at {row['time']}.*{named}"):
        event_of(row)


@pytest.mark.parametrize("text", [None, "", "[[1,", "[[1,2]]"])
def test_a_cut_trace_is_refused(text: str | None) -> None:
    """An empty trace would look like a quiet one."""
    row = {**row_of(sample(events.QueueTraced)), "observations": text}
    with pytest.raises(InputError, match="QueueTraced"):
        event_of(row)


def test_a_number_that_was_none_is_refused_where_it_is_needed() -> None:
    """NaN is never written, so it cannot come back as a value."""
    with pytest.raises(InputError, match="latency_ms"):
        event_of(row_of(sample(events.OrderLost, latency_ms=math.nan)))
