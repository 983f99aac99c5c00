"""InfluxQL made from the table of measurements: a query over what is never written cannot be made.

Fixed-point fields come out divided by their scale: dollars and shares, not their integers.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from exporters.points import MEASUREMENTS, Measurement

ENV = "env"
"""The tag that the shipper adds to every point."""
TIME = "$timeFilter"
MARKETS = '"market" =~ /^$market$/'


class Column(msgspec.Struct, frozen=True):
    """A tag or field to read, and what to call it; `is_complement` reads 1 minus a price."""

    name: str
    label: str
    is_complement: bool = False


def select(
    measurement: str,
    columns: Iterable[Column],
    *,
    rows_max: int | None = None,
    **tags: str,
) -> str:
    """Return a query for rows of a measurement, newest first when `rows_max` limits them.

    Raises ValueError, naming it, for a measurement, column or tag that does not exist.
    """
    table = _measurement(measurement)
    chosen = ", ".join(f'{_value(table, column)} AS "{column.label}"' for column in columns)
    query = f'SELECT {chosen} FROM "{measurement}" WHERE {_where(table, tags)}'  # noqa: S608 - checked
    return query if rows_max is None else f"{query} ORDER BY time DESC LIMIT {rows_max}"


def mid(measurement: str, bid: str, ask: str, label: str, **tags: str) -> str:
    """Return a query for the middle of two prices over time, grouped by the panel's interval."""
    table = _measurement(measurement)
    top = f"(mean({_name(table, bid)}) + mean({_name(table, ask)}))"
    value = f"{top} / {2 * _scale(table, bid)}"
    return _grouped(table, f'{value} AS "{label}"', tags)


def mean(measurement: str, column: Column, **tags: str) -> str:
    """Return a query for a field's mean over time, grouped by the panel's interval."""
    table = _measurement(measurement)
    value = f"mean({_name(table, column.name)}){_divided(table, column.name)}"
    return _grouped(table, f'{value} AS "{column.label}"', tags)


def _grouped(table: Measurement, value: str, tags: dict[str, str]) -> str:
    where = _where(table, tags)
    return (
        f'SELECT {value} FROM "{table.name}" WHERE {where} '  # noqa: S608 - all parts are checked
        f'GROUP BY time($__interval), "market" fill(none)'
    )


def _measurement(name: str) -> Measurement:
    if name not in MEASUREMENTS:
        raise ValueError(f"there is no measurement {name!r}")
    return MEASUREMENTS[name]


def _value(table: Measurement, column: Column) -> str:
    text = f"{_name(table, column.name)}{_divided(table, column.name)}"
    return f"1 - {text}" if column.is_complement else text


def _name(table: Measurement, name: str) -> str:
    if name not in {*table.all_tags, ENV, *(field.name for field in table.fields)}:
        raise ValueError(f"measurement {table.name!r} has no {name!r}")
    return f'"{name}"'


def _scale(table: Measurement, name: str) -> int:
    return next((field.scale for field in table.fields if field.name == name), 1)


def _divided(table: Measurement, name: str) -> str:
    scale = _scale(table, name)
    return f" / {scale}" if scale > 1 else ""


def _where(table: Measurement, tags: dict[str, str]) -> str:
    """Every condition is on a tag; a field in WHERE would be read row by row."""
    unknown = tags.keys() - {*table.all_tags, ENV}
    if unknown:
        raise ValueError(f"measurement {table.name!r} has no tag {sorted(unknown)}")
    equal = (f"\"{name}\" = '{value}'" for name, value in tags.items())
    return " AND ".join([TIME, MARKETS, *equal])
