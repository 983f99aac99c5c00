"""Which bucket, which bot, which slices. Against a real engine: tests/stack/influx."""

from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from bot.domain.units import NS_PER_MS, NS_PER_S
from extractor.influx_source import (
    GROWTH_MAX,
    ROWS_WANTED,
    SLICE_NS_MAX,
    influx_source,
    next_span_ns,
)
from extractor.sources import open_source

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


def test_slices_find_their_length() -> None:
    """Towards the wanted number of rows, never more than a factor at a time, in whole ms."""
    minute_ns = 60 * NS_PER_S
    assert GROWTH_MAX * minute_ns == next_span_ns(minute_ns, 0)
    assert minute_ns // 2 == next_span_ns(minute_ns, 2 * ROWS_WANTED)
    assert minute_ns // GROWTH_MAX == next_span_ns(minute_ns, 100 * ROWS_WANTED)
    assert SLICE_NS_MAX == next_span_ns(SLICE_NS_MAX, 1)
    assert NS_PER_MS == next_span_ns(NS_PER_MS, 100 * ROWS_WANTED)
    assert 0 == next_span_ns(minute_ns, 7 * ROWS_WANTED // 3) % NS_PER_MS
