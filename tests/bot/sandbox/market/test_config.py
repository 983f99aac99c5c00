"""The parameters of a generated market."""

import math

import pytest

from bot.sandbox.market import GeneratedMarketConfig


def test_defaults_are_a_day_on_a_grid_of_one_cent() -> None:
    """Nothing has to be set: one day around 0.50, ending where the duration says."""
    config = GeneratedMarketConfig()
    assert (86_400, 100, 5_000) == (config.duration_s, config.tick, config.start_price)
    assert 86_400 * 10**9 == config.end_ns - config.start_ns
    assert 100 == config.level_count


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", -1),
        ("start_ns", -1),
        ("duration_s", 0),
        ("slug", "Not A Slug"),
        ("tick", 7),
        ("start_price", 5_001),
        ("start_price", 400),
        ("start_price", 9_600),
        ("min_order_size", 0),
        ("min_order_size", 10_001),
        ("activity", 0),
        ("activity", math.nan),
        ("activity", math.inf),
        ("trades_per_day", 0),
        ("maker_count", 0),
        ("ladder_levels", 0),
        ("level_size", 1),
        ("churn_per_s", -0.1),
        ("cancel_position_power", 0),
        ("fair_vol_per_day", -1),
        ("jumps_per_day", -1),
        ("jump_size", -1),
        ("no_token_ratio", 1.1),
        ("feed_delay_ms", 0),
        ("feed_spike_ratio", 1),
        ("change_loss_ratio", -0.1),
        ("print_loss_ratio", 1.1),
    ],
)
def test_a_value_out_of_bounds_is_refused_by_name(name: str, value: object) -> None:
    """Whatever is out of bounds or not finite raises ValueError naming the field."""
    with pytest.raises(ValueError, match=f"^{name} "):
        GeneratedMarketConfig(**{name: value})  # type: ignore[arg-type]
