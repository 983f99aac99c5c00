"""The table of measurements: every event once, no field of two types, no id as a tag."""

from typing import get_args

import msgspec
import pytest

from bot.domain import events
from exporters.points.schema import (
    COMMON_TAGS,
    MEASUREMENT_OF,
    MEASUREMENTS,
    RECORD_ONLY,
    SCALES,
    Field,
    FieldType,
    Measurement,
    _fields,
)

CLOSED_TAGS = {
    "side",
    "state",
    "evidence",
    "rejection_reason",
    "cancel_reason",
    "horizon_s",
    "cause",
    "agreement",
}


def test_every_event_has_one_measurement() -> None:
    """None is lost, none is written twice."""
    kinds = [kind for measurement in MEASUREMENTS.values() for kind in measurement.events]
    assert sorted(get_args(events.Event), key=str) == sorted(kinds, key=str)
    assert set(kinds) == set(MEASUREMENT_OF)


def test_tags_are_closed_sets() -> None:
    """No id and no text is a tag."""
    assert CLOSED_TAGS == {tag for each in MEASUREMENTS.values() for tag in each.tags}


@pytest.mark.parametrize("measurement", MEASUREMENTS.values(), ids=lambda each: each.name)
def test_a_name_is_a_tag_or_a_field(measurement: Measurement) -> None:
    """A name that is both cannot be asked for."""
    assert not set(measurement.all_tags) & {field.name for field in measurement.fields}


def test_every_value_of_every_event_is_a_tag_or_a_field() -> None:
    """Nothing of an event is left out but what its record alone has."""
    for kind, measurement in MEASUREMENT_OF.items():
        fields = {field.name for field in measurement.fields}
        assert not fields & RECORD_ONLY
        known = {*measurement.all_tags, *fields, *RECORD_ONLY}
        assert {field.name for field in msgspec.structs.fields(kind)} <= known


def test_numbers_that_a_float_would_cut_are_text() -> None:
    """Nanoseconds and seeds need more than 53 bits; a flag is no number."""
    runs = {field.name: field for field in MEASUREMENTS["runs"].fields}
    fills = {field.name: field for field in MEASUREMENTS["fills"].fields}
    assert {FieldType.TEXT} == {runs[name].type for name in ("ts_ns", "ts_venue_ns", "seed")}
    assert Field("price", FieldType.NUMBER, 10_000) == fills["price"]
    assert Field("after_cancel", FieldType.BOOLEAN, 1) == fills["after_cancel"]


def test_every_integer_that_is_no_count_has_a_scale() -> None:
    """A new price, size or amount of cash needs its scale."""
    counts = {
        "seq", "ts_ns", "ts_venue_ns", "seed", "decision_id", "level", "horizon_s", "open_orders",
        "gas_used", "measured_until_ns",
        *(field.name for field in msgspec.structs.fields(events.FeedCounted)),
    }  # fmt: skip
    integers = {
        field.name
        for kind in get_args(events.Event)
        for field in msgspec.structs.fields(kind)
        if int in (field.type, *get_args(field.type))
    }
    assert integers - counts <= set(SCALES)


class OtherPrice(events.Record, frozen=True, kw_only=True):
    """An event whose price is a text."""

    price: str


def test_a_field_of_two_types_is_refused() -> None:
    """The store would drop the points of the second type."""
    with pytest.raises(ValueError, match="price"):
        _fields((events.OrderFilled, OtherPrice), COMMON_TAGS)  # type: ignore[arg-type]
