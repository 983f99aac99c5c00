"""Limits: defaults for $25, and nothing out of bounds."""

from typing import Any

import msgspec
import pytest

from bot.domain.units import CASH_SCALE
from bot.risk.limits import BOUNDS, RiskLimits


def test_defaults_are_for_25_dollars_and_5_of_loss() -> None:
    """What the first run with money may cost is written here."""
    limits = RiskLimits()
    assert (25 * CASH_SCALE, 5 * CASH_SCALE) == (limits.capital, limits.loss_max)


def test_every_field_has_bounds() -> None:
    """No limit is free."""
    assert set(RiskLimits.__struct_fields__) == set(BOUNDS)


@pytest.mark.parametrize("name", sorted(BOUNDS))
def test_a_value_out_of_bounds_is_refused_by_name(name: str) -> None:
    """Below and above the bounds a ValueError names the field."""
    low, high = BOUNDS[name]
    for value in (low - 1, high + 1, float("nan")):
        fields: dict[str, Any] = {name: value}
        with pytest.raises(ValueError, match=f"^{name} "):
            RiskLimits(**fields)


def test_an_unknown_key_is_refused() -> None:
    """A misspelt limit never passes in silence."""
    with pytest.raises(msgspec.ValidationError, match="los_max"):
        msgspec.json.decode(b'{"los_max": 1}', type=RiskLimits)
