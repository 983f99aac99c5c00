"""Events as points of the time-series store, and back again.

`to_point` and `event_of` are inverse for every event. Readers take the names of measurements, tags
and fields from `MEASUREMENTS`.
"""

from exporters.points.line import to_line
from exporters.points.point import Point, to_point
from exporters.points.row import event_of
from exporters.points.schema import MEASUREMENTS, Field, FieldType, Measurement
from exporters.points.table import TableReader

__all__ = [
    "MEASUREMENTS",
    "Field",
    "FieldType",
    "Measurement",
    "Point",
    "TableReader",
    "event_of",
    "to_line",
    "to_point",
]
