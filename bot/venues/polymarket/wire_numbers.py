"""Exact integers from the floats of the wire, or a WireError: nothing is rounded away.

A decimal text read as a float is the nearest double, and so is `units / scale`. When both are
equal the integer is exact; otherwise only float noise far below the unit is forgiven.
"""

from __future__ import annotations

import math

from bot.domain.errors import WireError
from bot.domain.market import TICK_SIZES
from bot.domain.units import NS_PER_MS, PRICE_SCALE, SIZE_MAX, SIZE_SCALE

NOISE_MAX = 1e-3
"""Float noise forgiven, in units: 1e-7 dollar, 1e-9 share."""
TIME_MAX_MS = 9 * 10**12
"""The year 2255: anything above is a damaged number, and would not fit 64 bits in ns."""

SHARES_MAX = SIZE_MAX // SIZE_SCALE
"""A size of more shares is a damaged number."""

LEVEL_UNITS = {units / PRICE_SCALE: units for units in range(1, PRICE_SCALE)}
"""Price units by dollars, for levels and trades: strictly between 0 and 1."""

TOUCH_TEXTS: dict[str | None, int | None] = {
    None: None,
    "": None,
    **{
        f"{units / PRICE_SCALE:.{decimals}f}": units
        for decimals in range(5)
        for units in range(0, PRICE_SCALE + 1, PRICE_SCALE // 10**decimals)
    },
}
"""A stated touch in units by its text, with up to four decimals: "0.4" as well as "0.40".

0 and 1 stand for an empty side, `None` for not stated, which the exchange may write as "".
"""
LEVEL_TEXTS = {
    text: units for text, units in TOUCH_TEXTS.items() if text and units and units < PRICE_SCALE
}
"""The same for levels, strictly between 0 and 1: a text is looked up faster than a float."""


def level_units(dollars: float) -> int:
    """Return a level's price in units. Raises WireError when not within (0, 1) or too fine."""
    units = _nearest(dollars, PRICE_SCALE, "price")
    if not 0 < units < PRICE_SCALE:
        raise WireError(f"price {dollars} is not between 0 and 1")
    return units


def touch_units(dollars: float | None) -> int | None:
    """Return a stated best price in units, `None` for `None`.

    Raises WireError when not within [0, 1] or too fine.
    """
    if dollars is None:
        return None
    units = _nearest(dollars, PRICE_SCALE, "best price")
    if not 0 <= units <= PRICE_SCALE:
        raise WireError(f"best price {dollars} is not within [0, 1]")
    return units


def size_units(shares: float) -> int:
    """Return a size in units. Raises WireError when negative, absurdly large or too fine."""
    if 0.0 <= shares <= SHARES_MAX:
        units = math.floor(shares * SIZE_SCALE + 0.5)
        if units / SIZE_SCALE == shares:
            return units
    units = _nearest(shares, SIZE_SCALE, "size")
    if not 0 <= units <= SIZE_MAX:
        raise WireError(f"size {shares} is not within [0, {SHARES_MAX}]")
    return units


def tick_units(dollars: float) -> int:
    """Return a tick size in price units. Raises WireError when the exchange has no such grid."""
    units = _nearest(dollars, PRICE_SCALE, "tick size")
    if units not in TICK_SIZES:
        raise WireError(f"tick size {dollars} is unknown")
    return units


def time_ns(time_ms: int) -> int:
    """Return a venue time in ns. Raises WireError when it is before 1970 or absurdly late."""
    if not 0 <= time_ms <= TIME_MAX_MS:
        raise WireError(f"timestamp {time_ms} is not a time in ms")
    return time_ms * NS_PER_MS


def _nearest(value: float, scale: int, what: str) -> int:
    if not math.isfinite(value * scale):
        raise WireError(f"{what} {value} is not a finite number")
    units = round(value * scale)
    if units / scale != value and abs(value * scale - units) > NOISE_MAX:
        raise WireError(f"{what} {value} is finer than 1/{scale}")
    return units
