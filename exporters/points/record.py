"""The event itself in its point: the JSON of a line of the journal, in pieces that a store keeps.

The fields of a point are for people and panels; this one is for whoever reads events back. One
column costs a store a third of what a dozen cost, and what was written is what comes back.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bot.domain.events import Event

RECORD = "record"
"""The field. What is longer than a piece goes on in `record_02`, `record_03` ...: a store gives
fields in the order of their names."""
PIECE_LENGTH = 60_000
"""Longest text in one field: the store promises 64 KB."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Event).decode


def fields_of(event: Event) -> dict[str, str]:
    """Return the event as the fields `record`, `record_02` ..., as many as it needs."""
    text = _encode(event).decode()
    starts = range(0, len(text), PIECE_LENGTH)
    names = (RECORD, *(f"{RECORD}_{number:02}" for number in range(2, len(starts) + 1)))
    return {
        name: text[start : start + PIECE_LENGTH] for name, start in zip(names, starts, strict=True)
    }


def events_of(records: Sequence[str]) -> list[Event]:
    """Return the events of records, their pieces put together, without those that are none."""
    try:
        return list(map(_decode, records))
    except msgspec.MsgspecError:
        return [event for event in map(_event, records) if event is not None]


def _event(record: str) -> Event | None:
    try:
        event: Event = _decode(record)
    except msgspec.MsgspecError:
        return None
    return event
