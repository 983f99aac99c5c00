"""Settings of the execution: what cannot be is refused by name."""

from typing import Any

import pytest

from bot.execution.config import ReconcileConfig, ThrottleConfig


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"hysteresis_ticks": -1}, "hysteresis_ticks -1"),
        ({"size_tolerance": 1.0}, "size_tolerance 1.0"),
        ({"size_tolerance": -0.1}, "size_tolerance -0.1"),
        ({"min_rest_ns": -1}, "min_rest_ns -1"),
    ],
)
def test_reconciling_out_of_bounds_is_refused_by_name(fields: dict[str, Any], name: str) -> None:
    """A ValueError names the field."""
    with pytest.raises(ValueError, match=name):
        ReconcileConfig(**fields)


@pytest.mark.parametrize("name", ThrottleConfig.__struct_fields__)
def test_a_throttle_of_nothing_is_refused_by_name(name: str) -> None:
    """Zero of anything is a mistake."""
    with pytest.raises(ValueError, match=f"^{name} 0"):
        ThrottleConfig(**{name: 0})


def test_defaults_are_four_fifths_of_the_standard_tier() -> None:
    """40 orders and 80 cancels a second, bursts of 60 and 120 (polymarket.md 2.7)."""
    config = ThrottleConfig()
    actual = [getattr(config, name) for name in config.__struct_fields__]
    assert [0.8 * limit for limit in (40, 60, 80, 120)] == actual
