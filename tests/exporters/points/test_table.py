"""A table of rows is read as its rows are."""

from typing import Any

import msgspec
import pytest

from bot.domain.errors import InputError
from bot.domain.events import Event
from exporters.points import TableReader, event_of, to_point
from tests.exporters.samples import SAMPLES


def cells(event: Event) -> dict[str, Any]:
    """The columns of an event's point, in the types that a store gives back."""
    point = to_point(event, {})
    whole = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in point.fields.items()
    }
    return {"time": point.time_ns, **point.tags, **whole}


def table(reader: TableReader, *rows: dict[str, Any]) -> tuple[list[str], bytes]:
    """Columns and JSON as the reader asks for them."""
    columns = ["time", *reader.columns]
    return columns, msgspec.json.encode([[row.get(name) for name in columns] for row in rows])


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_table_gives_what_its_rows_give(event: Event) -> None:
    """Every type of event, in the fast way and in the other."""
    reader = TableReader(type(event))
    row = cells(event)
    columns, values = table(reader, row, row)
    assert [event, event] == reader.events(columns, values)
    backwards = msgspec.json.encode([[row.get(name) for name in reversed(columns)]])
    assert [event_of(row)] == reader.events(columns[::-1], backwards)
    assert 0 == reader.damaged


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_empty_tag_is_no_value(event: Event) -> None:
    """A store may show the absent market of an event as an empty text."""
    homeless = msgspec.structs.replace(event, market=None)
    reader = TableReader(type(event))
    columns, values = table(reader, {**cells(homeless), "market": ""})
    assert [homeless] == reader.events(columns, values)


def test_row_that_is_no_event_costs_itself_only() -> None:
    """It is counted."""
    event = SAMPLES[0]
    reader = TableReader(type(event))
    columns, values = table(reader, {**cells(event), "seq": "no number"}, cells(event))
    assert [event] == reader.events(columns, values)
    assert 1 == reader.damaged


def test_what_is_no_table_is_an_error() -> None:
    """No rows are not an empty table."""
    with pytest.raises(InputError, match="no rows of runs"):
        TableReader(type(SAMPLES[0])).events(["time"], b"{}")
