"""Settings of the strategy: defaults that fit $25, and nothing out of bounds."""

from typing import Any

import msgspec
import pytest

from bot.domain.units import CASH_SCALE, PRICE_SCALE, SIZE_SCALE
from bot.strategy.config import BOUNDS, StrategyConfig


def test_defaults_fit_25_dollars() -> None:
    """A full inventory bought at the middle, and one more quote a side, cost less than $25."""
    config = StrategyConfig()
    shares = config.inventory_max + 2 * config.order_size
    assert 5 * SIZE_SCALE == config.order_size
    assert shares * PRICE_SCALE // 2 // PRICE_SCALE < 25 * CASH_SCALE


def test_every_field_has_bounds() -> None:
    """No number of the strategy is free."""
    assert set(StrategyConfig.__struct_fields__) == set(BOUNDS)


@pytest.mark.parametrize("name", sorted(BOUNDS))
def test_a_value_out_of_bounds_is_refused_by_name(name: str) -> None:
    """Below and above the bounds a ValueError names the field."""
    low, high = BOUNDS[name]
    for value in (low - 1, high + 1, float("nan")):
        fields: dict[str, Any] = {name: value}
        with pytest.raises(ValueError, match=f"^{name} "):
            StrategyConfig(**fields)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"order_size": 5_000_001}, "order_size 5000001 is no multiple"),
        ({"inventory_max": 4_000_000}, "inventory_max 4000000 is below order_size"),
        ({"reward_size_max": 21_000_000}, "inventory_max 20000000 is below reward_size_max"),
        ({"price_min": 6_000, "price_max": 6_000}, "price_min 6000 is not below price_max"),
    ],
)
def test_fields_that_contradict_each_other_are_refused(fields: dict[str, int], text: str) -> None:
    """What cannot work together is said at once."""
    with pytest.raises(ValueError, match=text):
        StrategyConfig(**fields)


def test_an_unknown_key_is_refused() -> None:
    """A misspelt setting never passes in silence."""
    with pytest.raises(msgspec.ValidationError, match="gama"):
        msgspec.json.decode(b'{"gama": 1.0}', type=StrategyConfig)
