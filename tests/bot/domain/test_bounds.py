"""Bounds: both ends are allowed, NaN is not, and the field is named."""

import math

import msgspec
import pytest

from bot.domain.bounds import check_bounds

BOUNDS = {"speed": (1, 10.5)}


class Settings(msgspec.Struct):
    """One bounded field, and one without bounds."""

    speed: float
    name: str = ""


@pytest.mark.parametrize("speed", [1, 1.0, 10.5])
def test_both_ends_are_allowed(speed: float) -> None:
    """As the tables say."""
    check_bounds(Settings(speed), BOUNDS)


@pytest.mark.parametrize("speed", [0, 10.6, math.nan, math.inf, -math.inf])
def test_what_is_outside_is_named(speed: float) -> None:
    """With its value and both bounds."""
    with pytest.raises(ValueError, match=rf"^speed {speed!r} is outside \[1, 10\.5\]$"):
        check_bounds(Settings(speed), BOUNDS)
