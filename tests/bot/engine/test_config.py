"""The engine's settings: bounds that refuse a bot nobody would want."""

import msgspec
import pytest

from bot.engine import EngineConfig


@pytest.mark.parametrize(
    "field",
    ["decision_interval_ms", "refresh_interval_ms", "sample_interval_ms", "report_interval_ms"],
)
@pytest.mark.parametrize("value", [0, -1, 86_400_001])
def test_intervals_are_positive_and_at_most_a_day(field: str, value: int) -> None:
    """An interval of 0 would spin, one of a week is a mistake."""
    with pytest.raises(msgspec.ValidationError, match=field):
        msgspec.convert({field: value}, EngineConfig)


def test_unknown_settings_are_refused() -> None:
    """A misspelt limit is no limit."""
    with pytest.raises(msgspec.ValidationError, match="decision_pace"):
        msgspec.convert({"decision_pace_ms": 1}, EngineConfig)


def test_settings_of_the_rooms_below_are_checked_where_they_are_read() -> None:
    """The bounds of a room hold when its settings come from a file."""
    with pytest.raises(msgspec.ValidationError, match="loss_max"):
        msgspec.convert({"risk": {"loss_max": 0}}, EngineConfig)


def test_cash_is_not_negative() -> None:
    """An account cannot start in debt."""
    with pytest.raises(msgspec.ValidationError, match="cash"):
        msgspec.convert({"cash": -1}, EngineConfig)
