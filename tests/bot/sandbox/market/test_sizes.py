"""Order sizes: on the grid, above the minimum, with round numbers among them."""

from collections import Counter
from random import Random

import pytest

from bot.domain.units import SIZE_GRID, SIZE_SCALE
from bot.sandbox.market.sizes import informed_size, maker_size, on_grid, retail_size

MIN = 5 * SIZE_SCALE


def draws(count: int = 4_000) -> dict[str, list[int]]:
    """Many sizes of each kind."""
    rng = Random(1)
    return {
        "retail": [retail_size(rng, 0.5, MIN) for _ in range(count)],
        "maker": [maker_size(rng, 250 * SIZE_SCALE, MIN) for _ in range(count)],
        "informed": [informed_size(rng, MIN) for _ in range(count)],
    }


@pytest.mark.parametrize("kind", ["retail", "maker", "informed"])
def test_sizes_are_on_the_grid_and_not_below_the_minimum(kind: str) -> None:
    """Hundredths of a share, five shares at least."""
    sizes = draws()[kind]
    assert [] == [size for size in sizes if size % SIZE_GRID or size < MIN]


def test_retail_sizes_pile_up_on_round_numbers_with_a_long_tail() -> None:
    """Half of them are one of six round sizes, the largest are tens of times the mean."""
    sizes = draws()["retail"]
    common = sum(count for _, count in Counter(sizes).most_common(6))
    mean = sum(sizes) / len(sizes)
    assert 0.4 < common / len(sizes) < 0.8
    assert 30 * SIZE_SCALE < mean < 70 * SIZE_SCALE
    assert max(sizes) > 10 * mean


def test_maker_sizes_are_near_uniform_and_half_round() -> None:
    """Within 40 % of the median; half in multiples of five shares, the others unique."""
    sizes = draws()["maker"]
    assert 149 * SIZE_SCALE < min(sizes)
    assert max(sizes) < 351 * SIZE_SCALE
    assert 0.45 < sum(size % (5 * SIZE_SCALE) == 0 for size in sizes) / len(sizes) < 0.55


def test_shares_are_rounded_down_to_the_grid() -> None:
    """A size is never rounded up."""
    assert 8_050_000 == on_grid(8.0599)
