"""Fixed-point units: every price, size and amount of cash in the house is one of these integers.

* a *price* counts 1/10,000 dollar: every tick size of the exchange is a multiple, and
  NO = 10,000 - YES exactly;
* a *size* counts 1/1,000,000 outcome share;
* *cash* counts 1/1,000,000 dollar (the collateral token has 6 decimals).

Text and floats are turned into these once, at the edge, by the parsers below.
"""

from __future__ import annotations

from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow

PRICE_SCALE = 10_000
SIZE_SCALE = 1_000_000
CASH_SCALE = 1_000_000
SIZE_GRID = 10_000
"""Orders are placed in hundredths of a share, on every tick size (polymarket.md 2.1)."""
SIZE_MAX = 10**15
"""A billion shares: anything above is a damaged number, and still exact as a float."""

_EXACT = Context(prec=40, Emax=40, Emin=-40, traps=[Inexact, Overflow])
"""Products of 40 digits at most, and an error instead of a rounding."""

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000


def parse_price(value: str | float) -> int:
    """Return the price in 1/10,000 dollar; `value` is dollars.

    Raises ValueError when it is no number, outside [0, 1], or finer than the unit.
    """
    scaled = _scaled(value, PRICE_SCALE, "price")
    if not 0 <= scaled <= PRICE_SCALE:
        raise ValueError(f"price {value!r} is outside [0, 1]")
    return scaled


def parse_size(value: str | float) -> int:
    """Return the size in 1/1,000,000 share; `value` is shares.

    Raises ValueError when it is no number, negative, absurdly large, or finer than the unit.
    """
    scaled = _scaled(value, SIZE_SCALE, "size")
    if not 0 <= scaled <= SIZE_MAX:
        raise ValueError(f"size {value!r} is outside [0, {SIZE_MAX // SIZE_SCALE}]")
    return scaled


def parse_cash(value: str | float) -> int:
    """Return the cash in 1/1,000,000 dollar; `value` is dollars, below zero for a debt.

    Raises ValueError when it is no number, absurdly large, or finer than the unit.
    """
    return _scaled(value, CASH_SCALE, "cash")


def format_price(price: int) -> str:
    """Return the price in dollars as the exchange writes it: no trailing zeros, `0.52`, `0.001`."""
    return _plain(price, 4)


def format_size(size: int) -> str:
    """Return the size in shares as the exchange writes it: no trailing zeros, `5149.96`, `100`."""
    return _plain(size, 6)


def dollars(cash: int) -> float:
    """Return cash as float dollars, for statistics and display only."""
    return cash / CASH_SCALE


def format_usd(usd: float) -> str:
    """Return an amount in dollars as people write it, the sign first: -$0.40."""
    return f"{'-' if round(usd, 2) < 0.0 else ''}${abs(usd):,.2f}"


def cash_paid(price: int, size: int) -> int:
    """Return the cash a buyer pays, rounded up to the unit: never in our favour.

    Exact without rounding whenever `size` lies on the 0.01-share grid.
    """
    return -(-price * size // PRICE_SCALE)


def cash_received(price: int, size: int) -> int:
    """Return the cash a seller receives, rounded down to the unit: never in our favour."""
    return price * size // PRICE_SCALE


def complement(price: int) -> int:
    """Return the same price seen from the other outcome: NO = 1 - YES."""
    return PRICE_SCALE - price


def _scaled(value: str | float, scale: int, what: str) -> int:
    # Exact decimal scaling; a value finer than the unit is an error, not a rounding.
    try:
        number = Decimal(value) if isinstance(value, str) else Decimal(repr(value))
    except InvalidOperation as error:
        raise ValueError(f"{what} {value!r} is not a number") from error
    if not number.is_finite():
        raise ValueError(f"{what} {value!r} is not finite")
    try:
        scaled = _EXACT.multiply(number, scale)
    except DecimalException as error:
        raise ValueError(f"{what} {value!r} is too large or too fine") from error
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{what} {value!r} is finer than 1/{scale}")
    return int(scaled)


def _plain(value: int, decimals: int) -> str:
    sign = "-" if value < 0 else ""
    whole, part = divmod(abs(value), 10**decimals)
    fraction = f"{part:0{decimals}d}".rstrip("0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"
