"""How large orders are: round numbers of shares or dollars, and a lognormal remainder."""

from __future__ import annotations

from random import Random

import msgspec

from bot.domain.units import SIZE_GRID, SIZE_SCALE

_SHARES = (5, 10, 20, 25, 50, 100, 200, 500)
_SHARE_WEIGHTS = (22, 44, 58, 68, 80, 92, 98, 100)  # cumulative
_DOLLARS = (1, 2, 5, 10, 20, 25, 50, 100)
_DOLLAR_WEIGHTS = (14, 26, 50, 72, 84, 90, 97, 100)  # cumulative

_ROUND_SHARES = 0.45
_ROUND_DOLLARS = 0.70  # cumulative: 45 % round shares, 25 % round dollars, 30 % anything


class OrderTerms(msgspec.Struct, frozen=True):
    """What every order keeps to: `size_min` in size units, `no_ratio` the share naming NO."""

    size_min: int
    no_ratio: float


def retail_size(rng: Random, price: float, size_min: int) -> int:
    """Return the size of a small trader's order at `price` dollars a share, in size units.

    Never below `size_min`, always on the grid of 0.01 share; about 45 shares on average at 0.50.
    """
    kind = rng.random()
    if kind < _ROUND_SHARES:
        shares: float = rng.choices(_SHARES, cum_weights=_SHARE_WEIGHTS)[0]
    elif kind < _ROUND_DOLLARS:
        shares = rng.choices(_DOLLARS, cum_weights=_DOLLAR_WEIGHTS)[0] / price
    else:
        shares = rng.lognormvariate(3.4, 1.4)
    return max(size_min, on_grid(shares))


def maker_size(rng: Random, median: float, size_min: int) -> int:
    """Return the size of one maker order, near uniform around `median` size units.

    Half of them are round (multiples of 5 shares), the others unique in their cents.
    """
    shares = median / SIZE_SCALE * rng.uniform(0.6, 1.4)
    if rng.random() < 0.5:
        shares = 5 * round(shares / 5)
    return max(size_min, on_grid(shares))


def informed_size(rng: Random, size_min: int) -> int:
    """Return the size a trader with an opinion wants, in size units: median 80 shares."""
    return max(size_min, on_grid(rng.lognormvariate(4.5, 1.0)))


def on_grid(shares: float) -> int:
    """Return `shares` in size units, rounded down to hundredths of a share."""
    return int(shares * (SIZE_SCALE // SIZE_GRID)) * SIZE_GRID
