"""Times as people write them."""

import pytest

from bot.domain.errors import SettingsError
from extractor.window import iso, parse_time, parse_window

NOW_NS = 1_800_000_000_000_000_000  # 2027-01-15T08:00:00Z
HOUR_NS = 3_600_000_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW_NS),
        ("24h", NOW_NS - 24 * HOUR_NS),
        ("90m", NOW_NS - 90 * HOUR_NS // 60),
        ("7d", NOW_NS - 168 * HOUR_NS),
        ("1w", NOW_NS - 168 * HOUR_NS),
        ("1.5 h", NOW_NS - 3 * HOUR_NS // 2),
        ("2027-01-15", NOW_NS - 8 * HOUR_NS),
        ("2027-01-15T08:00", NOW_NS),
        ("2027-01-15T08:00:00.000001Z", NOW_NS + 1_000),
        ("2027-01-15T09:00+01:00", NOW_NS),
    ],
)
def test_spans_and_iso_times_are_understood(text: str, expected: int) -> None:
    """A span counts back from now; an ISO time without a zone is UTC."""
    assert expected == parse_time(text, NOW_NS)


@pytest.mark.parametrize("text", ["", "24", "yesterday", "h", "-3h", "2027-13-01", "24x"])
def test_anything_else_is_refused_with_what_may_be_written(text: str) -> None:
    """The message shows the offending text and the forms that work."""
    with pytest.raises(SettingsError, match="is no time: write a span such as 24h") as error:
        parse_time(text, NOW_NS)
    assert repr(text) in str(error.value)


def test_window_must_not_be_empty() -> None:
    """A window that ends before it begins is refused by name."""
    with pytest.raises(SettingsError, match="make --since earlier than --until"):
        parse_window("1h", "2h", NOW_NS)


def test_window_is_read_back_in_utc() -> None:
    """Nanoseconds print as ISO; what is no date prints as it is."""
    window = parse_window("24h", "now", NOW_NS)
    assert "2027-01-14T08:00:00Z" == iso(window.since_ns)
    assert "2027-01-15T08:00:00Z" == iso(window.until_ns)
    assert f"{10**30} ns" == iso(10**30)
