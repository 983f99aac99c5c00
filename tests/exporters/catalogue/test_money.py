"""The money metrics speak of the horizons that are measured."""

from bot.domain.markout import HORIZONS_S
from exporters.catalogue import money


def test_horizons_are_those_of_the_tracker() -> None:
    """One label value a horizon, in seconds."""
    assert tuple(f"{seconds}s" for seconds in HORIZONS_S) == money.HORIZON.values
