"""What reconciling and the throttle may be told, with bounds and defaults."""

from __future__ import annotations

import msgspec


class ReconcileConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far off an order may be and stay. Raises ValueError naming a field out of bounds.

    `hysteresis_ticks` is the distance in price; `size_tolerance` the share of the size that
    may be missing or too much; `min_rest_ns` the time an order rests before it is replaced,
    longer where a market's rewards ask for it. `place_beside_cancel` places at once beside an
    order whose cancel is under way: only where the limits carry both.
    """

    hysteresis_ticks: int = 0
    size_tolerance: float = 0.5
    min_rest_ns: int = 1_000_000_000
    place_beside_cancel: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for a field out of bounds."""
        if self.hysteresis_ticks < 0:
            raise ValueError(f"hysteresis_ticks {self.hysteresis_ticks} is negative")
        if not 0.0 <= self.size_tolerance < 1.0:
            raise ValueError(f"size_tolerance {self.size_tolerance} is outside [0, 1)")
        if self.min_rest_ns < 0:
            raise ValueError(f"min_rest_ns {self.min_rest_ns} is negative")


class ThrottleConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Requests a second and bursts; the defaults are 80 % of the Standard tier.

    Raises ValueError naming a field that is not positive.
    """

    order_rate_per_s: int = 32
    order_burst: int = 48
    cancel_rate_per_s: int = 64
    cancel_burst: int = 96

    def __post_init__(self) -> None:
        """Raise ValueError for a field that is not positive."""
        for name in self.__struct_fields__:
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} {getattr(self, name)} is not positive")
