"""What may never be exceeded, with defaults for a first run with $25."""

from __future__ import annotations

import msgspec

from bot.domain.bounds import Bounds, check_bounds
from bot.domain.units import CASH_SCALE, PRICE_SCALE, SIZE_GRID, SIZE_SCALE

BOUNDS: Bounds = {
    "order_size_max": (SIZE_GRID, 10_000 * SIZE_SCALE),
    "position_max": (SIZE_GRID, 100_000 * SIZE_SCALE),
    "open_notional_max": (1, 1_000_000 * CASH_SCALE),
    "capital": (1, 1_000_000 * CASH_SCALE),
    "open_orders_max": (1, 1_000),
    "price_band": (1, PRICE_SCALE),
    "loss_max": (1, 1_000_000 * CASH_SCALE),
    "unknown_outcomes_max": (1, 1_000),
    "unknown_window_s": (1.0, 86_400.0),
}
"""Lowest and highest value of each field, both allowed."""


class RiskLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of one bot, in fixed-point units. Raises ValueError naming a field out of bounds.

    * `order_size_max`: size of one order. `position_max`: net size (YES minus NO) in one market,
      with every open order filled.
    * `open_notional_max`: cash value of all open orders. `capital`: cash at work in all, in tokens
      and reserved by open orders. `open_orders_max`: number of open orders.
    * `price_band`: farthest an order may be from the mid, in price units.
    * `loss_max`: cash lost since the reference at which the kill switch trips.
    * `unknown_outcomes_max` within `unknown_window_s` trip it too.
    """

    order_size_max: int = 10 * SIZE_SCALE
    position_max: int = 25 * SIZE_SCALE
    open_notional_max: int = 25 * CASH_SCALE
    capital: int = 25 * CASH_SCALE
    open_orders_max: int = 10
    price_band: int = 1_000
    loss_max: int = 5 * CASH_SCALE
    unknown_outcomes_max: int = 3
    unknown_window_s: float = 60.0

    def __post_init__(self) -> None:
        """Raise ValueError for a field out of bounds."""
        check_bounds(self, BOUNDS)
