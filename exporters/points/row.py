"""A row that was read from the store, as the event it was."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

import msgspec

from bot.domain.errors import InputError
from bot.domain.events import Event
from exporters.points.schema import JSON_FIELDS, MEASUREMENT_OF

_EVENTS = {kind.__name__: kind for kind in MEASUREMENT_OF}
_COLUMNS = {
    kind: [
        (field.name, field.required, field.name in measurement.all_tags)
        for field in msgspec.structs.fields(kind)
    ]
    for kind, measurement in MEASUREMENT_OF.items()
}
"""Of each event: column, whether it must have a value or a None, whether it is a tag."""


def event_of(row: Mapping[str, object]) -> Event:
    """Return the event of a row: its columns by name, tags and fields alike, `None` for no value.

    Columns that the event does not have are ignored. Raises InputError, naming the column, for a
    row that is no event of ours.
    """
    kind = _EVENTS.get(str(row.get("event")))
    if kind is None:
        raise InputError(f"row at {row.get('time')}: {row.get('event')!r} is no event")
    values = {}
    for name, is_required, is_tag in _COLUMNS[kind]:
        value = _text(row, name) if name in JSON_FIELDS else row.get(name)
        if is_tag and value == "":
            value = None  # how a store shows a tag that a point of the same query does not have
        if value is not None or is_required:
            values[name] = value
    try:
        for name in JSON_FIELDS & values.keys():
            values[name] = msgspec.json.decode(str(values[name]))
        return msgspec.convert(values, kind, strict=False)
    except msgspec.MsgspecError as error:
        raise InputError(f"row at {row.get('time')} is no {kind.__name__}: {error}") from error


def _text(row: Mapping[str, object], name: str) -> str:
    """Return a long text, put together from its pieces."""
    pieces = [row.get(name)]
    for number in count(2):
        piece = row.get(f"{name}_{number}")
        if piece is None:
            break
        pieces.append(piece)
    return "".join(str(piece) for piece in pieces if piece is not None)
