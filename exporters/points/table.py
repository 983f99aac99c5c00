"""Many rows of one kind of event at once: what `event_of` does, some four times as fast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_type_hints

import msgspec

from bot.domain.errors import InputError
from bot.domain.events import Event
from exporters.points.row import event_of
from exporters.points.schema import JSON_FIELDS, MEASUREMENT_OF

TIME = "time"


class TableReader:
    """Reads tables of one kind of event from JSON.

    `kind` is the event, `measurement` where it is found, `columns` what to ask for besides the
    time. `damaged` counts rows that were no event.
    """

    def __init__(self, kind: type[Event]) -> None:
        """Prepare the decoder of the kind."""
        fields = msgspec.structs.fields(kind)
        hints = get_type_hints(kind)
        measurement = MEASUREMENT_OF[kind]
        self.kind = kind
        self.measurement = measurement.name
        self.columns = tuple(field.name for field in fields)
        self.damaged = 0
        # Texts in pieces and defaults other than None are left to `event_of`.
        is_plain = not JSON_FIELDS & {*self.columns} and all(
            field.required or field.default is None for field in fields
        )
        row = msgspec.defstruct(
            "Row", [(TIME, int), *((name, hints[name]) for name in self.columns)], array_like=True
        )
        rows: Any = list[row]  # type: ignore[valid-type]
        self._kinds: Any = list[kind]  # type: ignore[valid-type]
        self._decode = msgspec.json.Decoder(rows, strict=False).decode if is_plain else None
        self._decode_any = msgspec.json.Decoder(list[list[Any]]).decode

    def events(self, columns: Sequence[str], values: bytes | msgspec.Raw) -> list[Event]:
        """Return the events of the rows in `values`, a JSON list of lists ordered as `columns`.

        Rows that are no event are counted and left out. Raises InputError when `values` is no list
        of rows at all.
        """
        if self._decode is not None and tuple(columns) == (TIME, *self.columns):
            try:
                # An empty text may stand for a tag that a point does not have: `event_of` knows.
                if b'""' not in bytes(values):
                    rows = self._decode(values)
                    found: list[Event] = msgspec.convert(rows, self._kinds, from_attributes=True)
                    return found
            except msgspec.MsgspecError:
                pass  # some row is damaged: find which, below
        return self._one_by_one(columns, values)

    def _one_by_one(self, columns: Sequence[str], values: bytes | msgspec.Raw) -> list[Event]:
        try:
            rows = self._decode_any(values)
        except msgspec.MsgspecError as error:
            raise InputError(f"no rows of {self.measurement}: {error}") from error
        events = []
        for row in rows:
            try:
                named = dict(zip(columns, row, strict=True))
                events.append(event_of({**named, "event": self.kind.__name__}))
            except (InputError, ValueError):
                self.damaged += 1
        return events
