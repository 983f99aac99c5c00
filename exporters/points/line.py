"""Points as line protocol, escaped so that a text comes back as it went in."""

from __future__ import annotations

from collections.abc import Mapping

from exporters.points.point import Point, Value

_IN_TAG = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ ", **dict.fromkeys("\n\r\t\\", "_")})
NOTHING: Mapping[str, str] = {}


def to_line(point: Point, more_tags: Mapping[str, str] = NOTHING) -> str:
    """Return the point in one line, its tags sorted, its time in ns.

    `more_tags` are added, such as `env`. A tag cannot hold a line break, and a backslash in one is
    ambiguous: these become `_`. An empty tag is left out. Text in fields is kept exactly.
    """
    tags = {**point.tags, **more_tags}
    head = "".join(f",{_tag(key)}={_tag(tags[key])}" for key in sorted(tags) if tags[key])
    fields = ",".join(f"{_tag(key)}={_field(value)}" for key, value in point.fields.items())
    return f"{point.measurement}{head} {fields} {point.time_ns}"


def _tag(text: str) -> str:
    return text.translate(_IN_TAG)


def _field(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    return '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"'
