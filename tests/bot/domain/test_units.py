"""Units: text in and out without a rounding, and cash rounded against us."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import units

PRICES = st.integers(0, units.PRICE_SCALE)
SIZES = st.integers(0, units.SIZE_MAX)


@given(PRICES)
def test_a_price_survives_text(price: int) -> None:
    """Formatting and parsing give the same price, as text and as the float of that text."""
    text = units.format_price(price)
    assert (price, price) == (units.parse_price(text), units.parse_price(float(text)))


@given(SIZES)
def test_a_size_survives_text(size: int) -> None:
    """Formatting and parsing give the same size, up to the largest, even through a float."""
    text = units.format_size(size)
    assert (size, size) == (units.parse_size(text), units.parse_size(float(text)))


@given(st.integers(-(10**18), 10**18))
def test_cash_is_signed_and_exact(cash: int) -> None:
    """Cash has 6 decimals and may be a debt."""
    assert cash == units.parse_cash(str(Decimal(cash).scaleb(-6)))


@pytest.mark.parametrize(
    ("price", "text"), [(5_200, "0.52"), (10, "0.001"), (0, "0"), (10_000, "1"), (1, "0.0001")]
)
def test_prices_are_written_as_the_exchange_does(price: int, text: str) -> None:
    """No trailing zeros, no exponent."""
    assert text == units.format_price(price)


@pytest.mark.parametrize(
    ("size", "text"),
    [(5_149_960_000, "5149.96"), (100_000_000, "100"), (1, "0.000001"), (-2_500_000, "-2.5")],
)
def test_sizes_are_written_as_the_exchange_does(size: int, text: str) -> None:
    """No trailing zeros, no exponent; a signed position has its sign."""
    assert text == units.format_size(size)


@pytest.mark.parametrize(
    ("value", "price"), [("0.520", 5_200), ("5.2e-1", 5_200), (0.1, 1_000), (1, 10_000), ("-0", 0)]
)
def test_the_same_number_may_be_written_in_many_ways(value: str | float, price: int) -> None:
    """Trailing zeros, exponents, floats and whole numbers mean what they say."""
    assert price == units.parse_price(value)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "not a number"),
        ("0,5", "not a number"),
        (True, "not a number"),
        ("nan", "not finite"),
        (float("inf"), "not finite"),
        ("0.52005", "finer"),
        (0.1 + 0.2, "finer"),
        ("0.5" + "0" * 50 + "1", "too fine"),
        ("1e-999999999", "too fine"),
        ("1e999999", "too large"),
        ("-0.01", "outside"),
        ("1.0001", "outside"),
    ],
)
def test_a_senseless_price_is_named(value: str | float, why: str) -> None:
    """A price that is none raises with its text and the reason; it is never rounded."""
    with pytest.raises(ValueError, match=why) as caught:
        units.parse_price(value)
    assert f"price {value!r}" in str(caught.value)


@pytest.mark.parametrize("value", ["-1", "1000000000.000001", "0.0000001"])
def test_a_senseless_size_is_named(value: str) -> None:
    """A size is not negative, not above a billion shares, not finer than its unit."""
    with pytest.raises(ValueError, match=f"size '{value}'"):
        units.parse_size(value)


@given(PRICES, SIZES)
def test_cash_is_rounded_against_us(price: int, size: int) -> None:
    """A buyer pays the next unit up, a seller receives the next down; never a unit further."""
    exact = Fraction(price * size, units.PRICE_SCALE)
    paid, received = units.cash_paid(price, size), units.cash_received(price, size)
    assert exact <= paid < exact + 1
    assert exact - 1 < received <= exact


@given(PRICES, st.integers(0, units.SIZE_MAX // units.SIZE_GRID))
def test_cash_is_exact_on_the_size_grid(price: int, hundredths: int) -> None:
    """Orders lie on the grid of 0.01 share, where nothing is rounded."""
    size = hundredths * units.SIZE_GRID
    assert price * size == units.cash_paid(price, size) * units.PRICE_SCALE
    assert units.cash_paid(price, size) == units.cash_received(price, size)


@given(PRICES, SIZES)
def test_a_pair_costs_one(price: int, size: int) -> None:
    """Paying for YES what a seller of NO receives, rounding included, makes one dollar a share."""
    other = units.complement(price)
    assert price == units.complement(other)
    assert size == units.cash_paid(price, size) + units.cash_received(other, size)


def test_dollars_are_for_reading() -> None:
    """A million units of cash are a dollar."""
    assert -2.5 == units.dollars(-2_500_000)


def test_money_has_its_sign_before_the_dollar() -> None:
    """And nothing is not less than nothing."""
    assert ["$1.50", "-$0.40", "$0.00"] == [units.format_usd(usd) for usd in (1.5, -0.4, -0.001)]
