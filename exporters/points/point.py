"""One event as one point."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

import msgspec

from bot.domain import events
from bot.domain.market import Outcome, TokenId
from bot.domain.units import NS_PER_MS
from exporters.catalogue.health import IGNORED
from exporters.catalogue.orders import CANCEL_CAUSE, CONTROL
from exporters.catalogue.quoting import REASON
from exporters.points.record import fields_of
from exporters.points.schema import (
    CAUSE,
    MEASUREMENT_OF,
    RECORD_ONLY,
    TEXT_NUMBERS,
)

Value: TypeAlias = float | str | bool


class Point(msgspec.Struct, frozen=True):
    """What is written. Measurement, tags and `time_ns` together are its identity.

    Tags with no value are left out. A point delivered twice overwrites itself.
    """

    measurement: str
    tags: dict[str, str]
    fields: dict[str, Value]
    time_ns: int


def to_point(event: events.Event, outcomes: Mapping[TokenId, Outcome]) -> Point:
    """Return the point of an event.

    `outcomes` says which outcome a token is; an unknown token has no such tag. The same event needs
    the same `outcomes` to be the same point again.
    """
    measurement = MEASUREMENT_OF[type(event)]
    tags = {"event": type(event).__name__}
    fields: dict[str, Value] = {}
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if value is None or name in RECORD_ONLY:
            continue
        if name in measurement.all_tags:
            tags[name] = str(value)
        elif name in TEXT_NUMBERS:
            fields[name] = str(value)
        elif isinstance(value, (bool, str)):
            fields[name] = value if isinstance(value, bool) else str(value)
        elif math.isfinite(value):
            fields[name] = float(value)
    if event.token is not None and event.token in outcomes:
        tags["outcome"] = str(outcomes[event.token])
    cause = _cause(event)
    if cause is not None:
        tags[CAUSE] = cause
    return Point(measurement.name, tags, {**fields, **fields_of(event)}, identity_ns(event))


def identity_ns(event: events.Event) -> int:
    """Return the time of an event's point: its millisecond, and below it what makes it unique.

    Two points of one time and tag set would overwrite each other without a word. So the digits
    below the millisecond are the event's number in its run, counted from a hash of the run: a run
    would need a million events in one millisecond to repeat one. The true time is a field.
    """
    within = (_offset(event.run_id) + event.seq) % NS_PER_MS
    return event.ts_ns - event.ts_ns % NS_PER_MS + within


@lru_cache(maxsize=64)
def _offset(run_id: str) -> int:
    digest = hashlib.blake2b(run_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % NS_PER_MS


def _cause(event: events.Event) -> str | None:
    match event:
        case events.QuotingPaused():
            return REASON.value(event.reason)
        case events.CancelRequested():
            return CANCEL_CAUSE.value(event.reason)
        case events.OrderDenied():
            return CONTROL.value(event.control)
        case events.ReportIgnored():
            return IGNORED.value(event.reason)
        case _:
            return None
