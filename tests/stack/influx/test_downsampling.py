"""The task that keeps one row a minute speaks of fields that exist."""

import re
from pathlib import Path

from exporters.points import MEASUREMENTS, FieldType

TASK = (Path(__file__).parents[3] / "docker" / "influxdb" / "ticks_1m.flux").read_text()
# One stream: what it filters and how it aggregates.
STREAMS = re.findall(r"^events\(\)\n((?:    \|>.*\n)+)", TASK, flags=re.MULTILINE)


def names(kind: str, stream: str) -> list[str]:
    """The measurements or the fields that a stream chooses."""
    return re.findall(rf'r\.{kind} == "([a-z0-9_]+)"', stream)


def test_every_field_is_one_that_is_written() -> None:
    """In every measurement that the stream reads, and a number."""
    assert 8 == len(STREAMS)
    for stream in STREAMS:
        measurements = names("_measurement", stream) or list(MEASUREMENTS)
        for measurement in measurements:
            fields = {field.name: field.type for field in MEASUREMENTS[measurement].fields}
            assert all(fields[name] is FieldType.NUMBER for name in names("_field", stream))


def test_no_stream_writes_half_a_minute() -> None:
    """Both ends of the range are whole minutes, and every stream ends in the other bucket."""
    assert "start = date.truncate(t: -6h, unit: 1m)" in TASK
    assert "stop = date.truncate(t: now(), unit: 1m)" in TASK
    assert all("|> to(bucket: toBucket)" in stream for stream in STREAMS)
    assert 8 == len(set(re.findall(r'yield\(name: "([a-z_]+)"\)', TASK)))
    assert all("createEmpty: false" in stream for stream in STREAMS)
