"""The settings of an exchange have bounds."""

from __future__ import annotations

import msgspec
import pytest

from bot.sandbox.exchange.config import ExchangeConfig


@pytest.mark.parametrize(
    "values",
    [{"speed": 0}, {"cash": -1}, {"power_n": 0}, {"tier": "Wood"}, {"page_size": 0}, {"x": 1}],
)
def test_what_is_out_of_bounds_or_unknown_is_refused(values: dict[str, object]) -> None:
    """As msgspec reports it."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(values, ExchangeConfig)


def test_defaults_are_in_bounds() -> None:
    """25 dollars, real time."""
    config = msgspec.convert(msgspec.to_builtins(ExchangeConfig()), ExchangeConfig)
    assert (25_000_000, 1.0) == (config.cash, config.speed)
