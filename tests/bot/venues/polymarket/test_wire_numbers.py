"""Every number the exchange can state is exact; any other is refused."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import WireError
from bot.domain.market import Side
from bot.domain.messages import (
    LevelChange,
    LevelChanges,
)
from bot.domain.units import PRICE_SCALE, SIZE_MAX, SIZE_SCALE, parse_price
from bot.venues.polymarket.wire_numbers import (
    LEVEL_TEXTS,
    TIME_MAX_MS,
    TOUCH_TEXTS,
    level_units,
    size_units,
    tick_units,
    time_ns,
    touch_units,
)
from tests.bot.venues.polymarket.market_frames import (
    TIME_NS,
    YES,
    entry,
    price_change,
    read,
)


@given(st.integers(1, PRICE_SCALE - 1), st.integers(0, SIZE_MAX))
def test_careful_way_is_as_exact_as_the_fast_one(price: int, size: int) -> None:
    """The nearest double of a decimal text means that decimal."""
    assert price == level_units(float(f"{price / PRICE_SCALE:.4f}"))
    assert price == touch_units(price / PRICE_SCALE)
    assert size == size_units(float(f"{size // SIZE_SCALE}.{size % SIZE_SCALE:06d}"))


def test_text_of_a_price_is_looked_up_exactly() -> None:
    """With up to four decimals, and nothing but a price of a level is one."""
    assert {"0", "0.0", "1", "1.0000", "0.5", "0.50", "0.5000"} <= {*TOUCH_TEXTS}
    assert 5_000 == LEVEL_TEXTS["0.5"] == LEVEL_TEXTS["0.5000"] == TOUCH_TEXTS["0.50"]
    assert (0, PRICE_SCALE, None) == (TOUCH_TEXTS["0"], TOUCH_TEXTS["1"], TOUCH_TEXTS[""])
    for text, units in LEVEL_TEXTS.items():
        assert units == parse_price(text) == TOUCH_TEXTS[text]
    assert {*range(1, PRICE_SCALE)} == {*LEVEL_TEXTS.values()}


@pytest.mark.parametrize("read_units", [level_units, touch_units, size_units, tick_units])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 1e300, 1e308, 0.00000055])
def test_number_that_means_nothing_is_refused(
    read_units: Callable[[float], object], value: float
) -> None:
    """It names the number."""
    with pytest.raises(WireError, match=re.escape(str(value))):
        read_units(value)


def test_touch_may_be_empty_or_not_stated() -> None:
    """A level may not."""
    assert (0, PRICE_SCALE, None) == (touch_units(0.0), touch_units(1.0), touch_units(None))
    for dollars in (0.0, 1.0):
        with pytest.raises(WireError, match="not between 0 and 1"):
            level_units(dollars)


@pytest.mark.parametrize(
    ("dollars", "units"),
    [(0.1, 1000), (0.01, 100), (0.005, 50), (0.0025, 25), (0.001, 10), (0.0001, 1)],
)
def test_every_grid_of_the_exchange_is_known(dollars: float, units: int) -> None:
    """In price units."""
    assert units == tick_units(dollars)


def test_times_fit_64_bits() -> None:
    """From 1970 to 2255."""
    assert time_ns(TIME_MAX_MS) < 2**63
    for time_ms in (-1, TIME_MAX_MS + 1):
        with pytest.raises(WireError, match="is not a time"):
            time_ns(time_ms)


@given(st.integers(1, 9_999), st.integers(0, 10**15), st.sampled_from(Side))
def test_every_number_of_the_exchange_is_exact(price: int, size: int, side: Side) -> None:
    """Text to integer without a unit lost, over the whole range."""
    text = entry(
        price=f"{price / 10_000:.4f}",
        size=f"{size // 10**6}.{size % 10**6:06d}",
        side=side,
    )
    expected = LevelChange(YES, side is Side.BUY, price, size, 5190, 5200, "535ba2")
    assert [LevelChanges(TIME_NS, (expected,))] == read(price_change(text))
