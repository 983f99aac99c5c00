"""Which bucket, which bot, which slices. Against a real engine: tests/stack/influx."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calibration import Window
from bot.domain.errors import SettingsError
from bot.domain.units import NS_PER_MS
from extractor.influx_source import HOUR_NS, ROWS_WANTED, influx_source, slices
from extractor.sources import open_source

T0 = 1_800_000 * 10**12  # the begin of an hour
PLACE = "http://127.0.0.1:8086/ticks?env=prod"


def test_source_is_named_by_its_place() -> None:
    """Which holds no token."""
    assert f"influx:{PLACE}" == open_source(f"influx:{PLACE}").name
    assert not open_source(f"influx:{PLACE}").damage


@pytest.mark.parametrize(
    "text", ["http://x", "http://x/", "http://x/b?bucket=b", "http://x/b?env=prod&z=1"]
)
def test_place_without_a_bucket_is_refused(text: str) -> None:
    """The message shows how to write it."""
    with pytest.raises(SettingsError, match="write --source influx:http://host:8086/BUCKET"):
        influx_source(text, {})


def test_token_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    """The file first, as containers hand secrets in; a missing one is an error."""
    file = tmp_path / "token"
    file.write_text("from-file\n")
    environ = {"INFLUX_TOKEN": "from-environment", "INFLUX_TOKEN_FILE": str(file)}
    assert "from-file" == influx_source(PLACE, environ)._query._token
    del environ["INFLUX_TOKEN_FILE"]
    assert "from-environment" == influx_source(PLACE, environ)._query._token
    with pytest.raises(SettingsError, match="cannot read the token from"):
        influx_source(PLACE, {"INFLUX_TOKEN_FILE": str(tmp_path / "absent")})


def test_slices_hold_neighbouring_hours_until_they_are_full() -> None:
    """Hours without points are passed over, and the window is not left."""
    window = Window(T0 + 5, T0 + 10 * HOUR_NS - 5)
    third = ROWS_WANTED // 3
    points = {T0 + hour * HOUR_NS: third for hour in (0, 1, 5, 7, 9)}
    expected = [(T0, T0 + 6 * HOUR_NS), (T0 + 7 * HOUR_NS, T0 + 10 * HOUR_NS)]
    assert expected == slices(points, window)
    assert [] == slices({}, window)


def test_an_hour_with_too_many_is_cut_evenly() -> None:
    """In whole milliseconds; what comes next is a slice of its own."""
    points = {T0: 2 * ROWS_WANTED + 1, T0 + HOUR_NS: 1}
    third_ns = HOUR_NS // 3
    expected = [
        (T0, T0 + third_ns),
        (T0 + third_ns, T0 + 2 * third_ns),
        (T0 + 2 * third_ns, T0 + HOUR_NS),
        (T0 + HOUR_NS, T0 + 2 * HOUR_NS),
    ]
    assert expected == slices(points, Window(0, 2**62))
    [*_, (start_ns, _)] = slices({T0: 7 * ROWS_WANTED}, Window(0, 2**62))
    assert (6 * HOUR_NS // 7 // NS_PER_MS * NS_PER_MS) == start_ns - T0


@given(
    st.dictionaries(st.integers(0, 60), st.integers(1, 3 * ROWS_WANTED)),
    st.tuples(st.integers(0, 60 * HOUR_NS), st.integers(0, 60 * HOUR_NS)).map(sorted),
)
def test_slices_hold_every_moment_with_points_once(hours: dict[int, int], edges: list[int]) -> None:
    """In order, without overlap, and none is planned for more than wanted."""
    window = Window(T0 + edges[0], T0 + edges[1] + 1)
    points = {T0 + hour * HOUR_NS: count for hour, count in hours.items()}
    points = {
        start_ns: count
        for start_ns, count in points.items()
        if start_ns + HOUR_NS > window.since_ns and start_ns < window.until_ns
    }
    found = slices(points, window)
    assert all(end_ns <= start_ns for (_, end_ns), (start_ns, _) in pairwise(found))
    whole = sum(end_ns - start_ns for start_ns, end_ns in found)
    for hour_ns, count in points.items():
        start_ns = max(hour_ns, window.since_ns // NS_PER_MS * NS_PER_MS)
        end_ns = min(hour_ns + HOUR_NS, -(-window.until_ns // NS_PER_MS) * NS_PER_MS)
        parts = [(max(a, start_ns), min(b, end_ns)) for a, b in found]
        assert end_ns - start_ns == sum(max(0, b - a) for a, b in parts)
        inside = [1 for a, b in parts if b > a]
        assert len(inside) >= min(count / ROWS_WANTED, whole // NS_PER_MS)


@pytest.mark.parametrize("place", ["http://host:port/ticks", "http://[::1/ticks"])
def test_what_is_no_address_is_refused(place: str) -> None:
    """In words, not by the library that reads addresses."""
    with pytest.raises(SettingsError, match="the address of InfluxDB is http://host:port"):
        influx_source(place, {})
