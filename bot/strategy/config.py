"""Every number of the strategy with its unit, its bounds and a default fit for $25."""

from __future__ import annotations

import msgspec

from bot.domain.bounds import Bounds, check_bounds
from bot.domain.units import PRICE_SCALE, SIZE_GRID, SIZE_SCALE

BOUNDS: Bounds = {
    "order_size": (SIZE_GRID, 10_000 * SIZE_SCALE),
    "levels": (1, 5),
    "inventory_max": (SIZE_GRID, 100_000 * SIZE_SCALE),
    "gamma": (1e-6, 1e3),
    "horizon_s": (1.0, 86_400.0),
    "arrival_decay": (1.0, 1e4),
    "min_spread_bps": (1.0, 5_000.0),
    "distance_max": (1, PRICE_SCALE),
    "volatility_half_life_s": (1.0, 86_400.0),
    "volatility_min": (0.0, 100.0),
    "flow_half_life_s": (1.0, 86_400.0),
    "flow_scale": (1, 1_000_000 * SIZE_SCALE),
    "flow_lean": (0.0, 1.0),
    "toxicity_half_life_s": (1.0, 604_800.0),
    "toxicity_weight": (0.0, 10.0),
    "jump_ticks": (1, 1_000),
    "jump_window_ms": (1, 600_000),
    "jump_calm_s": (0.0, 86_400.0),
    "price_min": (0, PRICE_SCALE),
    "price_max": (0, PRICE_SCALE),
    "end_guard_s": (0.0, 31_536_000.0),
    "reward_size_max": (0, 10_000 * SIZE_SCALE),
}
"""Lowest and highest value of each field, both allowed."""


class StrategyConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of one strategy. Raises ValueError naming the field that is out of bounds.

    Size and price fields are fixed-point units (units.py). How they enter the quotes is in
    docs/quoting.md.

    * `order_size`: size of each quote. `levels`: quotes a side, on successive ticks.
    * `inventory_max`: net size (YES minus NO) that no quote may take us beyond, either way.
    * `gamma`: risk aversion per share, of the log odds. `horizon_s`: how long inventory is held.
    * `arrival_decay`: k in the rate of fills A * exp(-k * distance in log odds).
    * `min_spread_bps`: least spread between our quotes, of the mid.
    * `distance_max`: farthest from the mid, in price units; a quote farther out is not made at all.
    * `volatility_half_life_s`; `volatility_min`: price units per square root of a second assumed
      even in a market that stands still, so that inventory is never free.
    * `flow_half_life_s`; `flow_scale`: traded size at which flow counts half; `flow_lean`: how far
      one-sided flow moves the fair price, in half spreads.
    * `toxicity_half_life_s`; `toxicity_weight`: part of the measured cost per fill that is added to
      the half spread.
    * `jump_ticks` within `jump_window_ms` pull the quotes until `jump_calm_s` passed without.
    * `price_min`, `price_max`: the mid must lie between them.
    * `end_guard_s`: no quotes this long before the announced end.
    * `reward_size_max`: largest quote shown to score liquidity rewards; 0 leaves `order_size`.
    """

    order_size: int = 5 * SIZE_SCALE
    levels: int = 1
    inventory_max: int = 20 * SIZE_SCALE
    gamma: float = 0.5
    horizon_s: float = 900.0
    arrival_decay: float = 100.0
    min_spread_bps: float = 50.0
    distance_max: int = 500
    volatility_half_life_s: float = 300.0
    volatility_min: float = 1.0
    flow_half_life_s: float = 60.0
    flow_scale: int = 200 * SIZE_SCALE
    flow_lean: float = 0.25
    toxicity_half_life_s: float = 1_800.0
    toxicity_weight: float = 1.0
    jump_ticks: int = 5
    jump_window_ms: int = 2_000
    jump_calm_s: float = 5.0
    price_min: int = 500
    price_max: int = 9_500
    end_guard_s: float = 86_400.0
    reward_size_max: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for a field out of bounds or two that contradict each other."""
        check_bounds(self, BOUNDS)
        if self.order_size % SIZE_GRID:
            raise ValueError(f"order_size {self.order_size} is no multiple of {SIZE_GRID}")
        if self.inventory_max < self.order_size:
            raise ValueError(f"inventory_max {self.inventory_max} is below order_size")
        if self.inventory_max < self.reward_size_max:
            raise ValueError(f"inventory_max {self.inventory_max} is below reward_size_max")
        if self.price_min >= self.price_max:
            raise ValueError(f"price_min {self.price_min} is not below price_max {self.price_max}")
