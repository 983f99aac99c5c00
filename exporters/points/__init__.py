"""Events as points of the time-series store, and back again.

Every point has the event itself as the text `record`, which `events_of` reads back. Readers of
single values take the names of measurements, tags and fields from `MEASUREMENTS`.
"""

from exporters.points.line import to_line
from exporters.points.point import Point, to_point
from exporters.points.record import RECORD, events_of
from exporters.points.schema import MEASUREMENTS, Field, FieldType, Measurement

__all__ = [
    "MEASUREMENTS",
    "RECORD",
    "Field",
    "FieldType",
    "Measurement",
    "Point",
    "events_of",
    "to_line",
    "to_point",
]
