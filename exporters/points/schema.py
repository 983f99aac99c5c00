"""Which measurement an event goes to, with which tags and fields.

A field has the name and the unit it has in the event, so journal and store say the same: prices in
1/10,000 dollar, sizes in 1/1,000,000 share, cash in 1/1,000,000 dollar. `Field.scale` says what to
divide by to read it. Every number is written as a float, because a store that saw one integer
refuses floats for ever; nanoseconds and seeds, which a float would cut, are text.

Tags are closed sets, so that series stay few. Besides those of the table every point has `event`
(the record's name), and where known `market`, `outcome` and `cause`; the shipper adds `env`. Ids
are fields, never tags.
"""

from __future__ import annotations

from enum import StrEnum
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

import msgspec

from bot.domain import events
from bot.domain.units import CASH_SCALE, PRICE_SCALE, SIZE_SCALE

COMMON_TAGS = ("event", "market", "outcome")
ENV_TAG = "env"
CAUSE = "cause"
"""The tag for a `reason` or `control` that is free text in the event: its closed set, or `other`;
the text itself is a field."""

TEXT_NUMBERS = frozenset({"ts_ns", "ts_venue_ns", "measured_until_ns", "seed"})
"""Integers that need more than the 53 bits of a float."""
RECORD_ONLY = frozenset({"observations", "markets", "outcomes"})
"""Sequences and mappings: no fields of their own, but in the text of the whole event."""

SCALES = {
    **dict.fromkeys(
        (
            "price", "mid", "fair_price", "mid_before", "mid_after", "tick",
            "best_bid", "best_ask", "our_bid", "our_ask", "volatility",
        ),
        PRICE_SCALE,
    ),
    **dict.fromkeys(
        (
            "size", "filled", "filled_paper", "filled_production", "allowed_size", "net_size",
            "yes_settled", "yes_pending", "no_settled", "no_pending",
        ),
        SIZE_SCALE,
    ),
    **dict.fromkeys(
        ("fee", "fees", "cash", "realised", "unrealised", "equity", "drawdown", "loss"),
        CASH_SCALE,
    ),
}  # fmt: skip
"""What to divide a fixed-point field by, to read dollars or shares."""


class FieldType(StrEnum):
    """How a field is written."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"


class Field(msgspec.Struct, frozen=True):
    """A field of a measurement: divide by `scale` to read dollars, shares, or its own unit."""

    name: str
    type: FieldType
    scale: int


class Measurement(msgspec.Struct, frozen=True):
    """A measurement: the events in it, its tags besides the common ones, and all its fields.

    `all_tags` is every tag a point of it may have, but for the one the shipper adds.
    """

    name: str
    events: tuple[type[events.Event], ...]
    tags: tuple[str, ...]
    all_tags: tuple[str, ...]
    fields: tuple[Field, ...]


def _fields(kinds: tuple[type[events.Event], ...], tags: tuple[str, ...]) -> tuple[Field, ...]:
    found: dict[str, Field] = {}
    for kind in kinds:
        hints = get_type_hints(kind)
        for name in msgspec.structs.fields(kind):
            if name.name in {*tags, *COMMON_TAGS, *RECORD_ONLY}:
                continue
            field = Field(name.name, _type(name.name, hints[name.name]), SCALES.get(name.name, 1))
            if found.setdefault(field.name, field) != field:
                raise ValueError(f"field {field.name!r} has two types in one measurement")
    return tuple(found.values())


def _type(name: str, hint: object) -> FieldType:
    if name in TEXT_NUMBERS:
        return FieldType.TEXT
    options = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    if bool in options:
        return FieldType.BOOLEAN
    return FieldType.NUMBER if int in options or float in options else FieldType.TEXT


def _measurement(
    name: str, kinds: tuple[type[events.Event], ...], tags: tuple[str, ...] = ()
) -> Measurement:
    return Measurement(name, kinds, tags, (*COMMON_TAGS, *tags), _fields(kinds, tags))


_TABLE = (
    _measurement("runs", (events.RunStarted, events.RunStopped, events.CalibrationLoaded)),
    _measurement("feed", (events.FeedCounted, events.FeedLost)),
    _measurement("books", (events.BookStateChanged, events.TickSizeChanged), ("state",)),
    _measurement("jumps", (events.PriceJumped,)),
    _measurement("quotes", (events.QuoteSampled,)),
    _measurement("pauses", (events.QuotingPaused, events.QuotingResumed), (CAUSE,)),
    _measurement("denials", (events.OrderDenied,), ("side", CAUSE)),
    _measurement(
        "orders",
        (
            events.OrderSubmitted,
            events.OrderSent,
            events.OrderAccepted,
            events.OrderLost,
            events.CancelRequested,
            events.OrderCanceled,
            events.CancelRefused,
        ),
        ("side", "cancel_reason", CAUSE),
    ),
    _measurement("rejections", (events.OrderRejected,), ("rejection_reason",)),
    _measurement("ignored_reports", (events.ReportIgnored,), (CAUSE,)),
    _measurement("fills", (events.OrderFilled,), ("side", "evidence", "state")),
    _measurement("settlements", (events.TradeStateChanged,), ("state",)),
    _measurement("queue_traces", (events.QueueTraced,), ("side",)),
    _measurement("markouts", (events.MarkoutMeasured,), ("side", "horizon_s")),
    _measurement("stale_quotes", (events.StaleQuoteMeasured,), ("side",)),
    _measurement("equity", (events.EquityMarked,)),
    _measurement("kill_switch", (events.KillSwitchTripped,)),
    _measurement("income", (events.IncomeReported,)),
    _measurement("transactions", (events.TransactionMined,)),
    _measurement("compared_orders", (events.OrderCompared,), ("side", "agreement")),
)

MEASUREMENTS = {measurement.name: measurement for measurement in _TABLE}
"""Every measurement by name."""

MEASUREMENT_OF: dict[type[events.Event], Measurement] = {
    kind: measurement for measurement in _TABLE for kind in measurement.events
}
"""The measurement of each event."""
